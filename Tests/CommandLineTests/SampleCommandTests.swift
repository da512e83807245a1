import ProgramTesting
import Testing

/// `sample`: the same documents wherever it stands, and any place in a definition.
struct SampleCommandTests {
    private static let documents = """
        awk '{ printf "{\\"id\\": \\"d%d\\", \\"text\\": \\"%s\\"}\\n", NR, $0 }' text.txt > a.jsonl
        names() { nerpipe shard cat - | sed 's/.*"doc":"\\([^"]*\\)".*/\\1/' | sort -u; }

        """

    @Test func theSameDocumentsWhereverItStands() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            "set -e -o pipefail\n" + Self.documents + """
                tokens="nerpipe tokenize -q --lang xx a.jsonl" sample="nerpipe sample -q --share 0.4"
                $tokens | $sample | names > one
                $tokens --block-bytes 100 | $sample -j 3 | names | cmp - one
                $tokens | nerpipe embed -q --dense --vectors v.vectors | $sample -o e.zst; names < e.zst | cmp - one
                $tokens | nerpipe embed -q --vectors v.vectors | nerpipe score --teacher teacher | $sample | names | cmp - one
                nerpipe shard verify e.zst > verified
                $tokens | $sample --sample-seed 2 | names > other
                ! cmp -s one other
                $tokens | $sample | $sample | names > two
                test $(comm -12 one two | wc -l) = $(wc -l < two)
                wc -l one two | awk '{ print $1 }'
                nerpipe shard info e.zst | grep -c 'of the documents'
                """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        let counts = outcome.text.split(separator: "\n").compactMap { Int($0) }
        try #require(counts.count >= 2)
        // 60 documents: 24 and 9.6 are expected; a second draw is another one.
        #expect((12...36).contains(counts[0]) && counts[1] < counts[0] && counts[1] > 2, "\(counts)")
    }

    @Test func anyPlaceInADefinitionAndTwice() async throws {
        let folder = try await Fixture.folder()
        let network = "width: 16, convolutions: 1, feature-buckets: 64, epochs: 2, batch-tokens: 60"
        try folder.write(
            "p.yaml",
            """
            inputs: [a.jsonl]
            stages:
              - tokenize: {lang: xx, block-bytes: 300}
              - sample: {share: 0.8}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher}
              - mix: {gold: xx=train.conll, share: 0.2}
              - sample: {share: 0.9}
              - select: {smooth: 0.5}
              - update: {output: joined, \(network)}

            """)
        try folder.write(
            "q.yaml",
            "inputs: [scored.zst]\noutput: new.zst\nstages: [{select: {keep: 0.5}}, {select: {smooth: 0.5}}, {sample: {share: 1}}]\n"
        )
        let outcome = try await folder.shell(
            "set -e -o pipefail\n" + Self.documents + """
                nerpipe run -q p.yaml; mv joined one
                nerpipe run p.yaml --print-shell > s.sh; bash s.sh 2> /dev/null; cmp one/model.safetensors joined/model.safetensors
                nerpipe run -q q.yaml; mv new.zst one.zst
                nerpipe run q.yaml --print-shell > s.sh; bash s.sh 2> /dev/null; cmp one.zst new.zst
                """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        try await folder.expectFailure(
            "run p.yaml --set sample.share=0.5", 78,
            "p.yaml: --set sample.share: there are 2 stages 'sample'; say which, as sample#2.share")
    }
}
