package import ArgumentParser
import Corpora
package import Shards

/// Keeps a share of the documents, chosen by the hash of their identifiers: the same ones in every run, wherever the stage
/// stands and however the text is cut into blocks or shards.
///
/// A second `sample` in the same stream draws anew, so shares multiply.
package struct SampleStage: Stage {
    package static let help = StageHelp(
        "sample", abstract: "Keeps a share of the documents of a stream, chosen by hash.",
        discussion: """
            EXAMPLES
              nerpipe sample --share 0.1 embedded.zst -o tenth.zst
              nerpipe tokenize --lang sw 'news/*.jsonl.zst' | nerpipe sample --share 0.01 \\
                | nerpipe shard cat

            Which documents are kept depends on their identifiers and --sample-seed alone. A plain text file is one document.
            """)
    package static let kinds: [StreamHeader.Kind] = [.tokens, .embedded, .scored]

    @Option(help: "Share of the documents that are kept, above 0 and at most 1.")
    package var share: Double

    @Option(name: .customLong("sample-seed"), help: "Another seed keeps other documents.")
    package var seed: UInt64 = 1

    package init() {}

    package func validate() throws {
        guard share > 0, share <= 1 else { throw ValidationError("--share must be above 0 and at most 1") }
    }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        var sampled = header
        let draw = UInt64(header.samples?.count ?? 0)
        sampled.samples = (header.samples ?? []) + ["\(share) of the documents, seed \(seed)"]
        // Hashes are even over all 64 bits; those below the bound are the share.
        let bound = share == 1 ? UInt64.max : UInt64(share * 0x1p64)
        let seed = seed
        var stage = OpenStage(header: sampled) { batch, counters in
            let kept = batch.keepingDocuments { identifier in
                let key = withUnsafeBytes(of: (seed.littleEndian, draw.littleEndian)) { Array($0) }
                return Digest.xxh3(key + identifier) <= bound
            }
            counters.note("documents left out", batch.counts.documents - kept.counts.documents)
            counters.leaveOut(
                "sentences of documents left out", sentences: batch.sentenceCount - kept.sentenceCount, isSaid: true)
            return kept
        }
        stage.changesSentences = true
        return stage
    }
}
