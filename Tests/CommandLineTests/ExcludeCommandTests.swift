import ProgramTesting
import Testing

/// `exclude`: sentences of other texts are not learnt from.
struct ExcludeCommandTests {
    @Test func sentencesOfATestSetAreLeftOutAndCounted() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            "text.txt", "The committee of nineteen met in Geneva yesterday. Nobody came. Another sentence stays here.\n"
        )
        try folder.write(
            "test.conll",
            "the\tO\nCommittee\tO\nof\tO\nNineteen\tO\nmet\tO\nin\tO\nGeneva\tB-LOC\n\nnobody\tO\ncame\tO\n\n")
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe tokenize -q --lang en text.txt -o tokens.zst
            nerpipe exclude --sentences test.conll tokens.zst -o kept.zst
            nerpipe shard cat kept.zst
            nerpipe shard info kept.zst | grep -c 'without the 2 sentences'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("stays") && !outcome.text.contains("Geneva") && !outcome.text.contains("Nobody"))
        #expect(outcome.errors.contains("2 sentences left out that stand in --sentences"))
    }
}
