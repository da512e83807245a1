package import ArgumentParser
import Corpora
import Formats
package import Shards

/// Leaves out sentences that stand in other texts, above all those that a tagger is tested on.
package struct ExcludeStage: Stage {
    package static let help = StageHelp(
        "exclude", abstract: "Leaves out the sentences of a stream that stand in other texts.",
        discussion: """
            EXAMPLE
              nerpipe tokenize --lang sw news.txt.zst \\
                | nerpipe exclude --sentences dev.conll --sentences test.conll \\
                | nerpipe embed --vectors en-sw.vectors -o embedded.zst

            Sentences are compared by their letters and digits alone: case, spaces and punctuation differ between editions. One is left out when it holds the \
            first 28 letters of a given sentence anywhere, or is a shorter one. How many, is said at the end.
            """)
    package static let kinds: [StreamHeader.Kind] = [.tokens, .embedded, .scored]

    @Option(
        help: ArgumentHelp(
            "Text, JSON lines or columns whose sentences are left out; tags are not read. Repeatable.",
            valueName: "file"))
    package var sentences: [String]

    package init() {}

    package func requireInputs(in context: PipelineContext) throws {
        for path in sentences.flatMap(Directory.expand) { _ = try FileInput(path: path) }
    }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        let paths = sentences.flatMap(Directory.expand)
        let excluded = try ExcludedSentences(paths: paths)
        var filtered = header
        filtered.samples =
            (header.samples ?? []) + [
                "without the \(excluded.sentenceCount) sentences of \(try InputIdentity.ofContent(paths))"
            ]
        var stage = OpenStage(header: filtered) { batch, counters in
            let kept = (0..<batch.sentenceCount).filter { !excluded.contains(sentence: $0, of: batch) }
            counters.leaveOut(
                "sentences left out that stand in --sentences", sentences: batch.sentenceCount - kept.count)
            return kept.count == batch.sentenceCount ? batch : batch.keeping(sentences: kept)
        }
        stage.changesSentences = true
        return stage
    }
}
