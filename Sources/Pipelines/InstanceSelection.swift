import Corpora
package import Distillation
import Shards
import Vectors

/// What is to choose the sentences of each update, and the labelled source text by which it is rewarded.
package struct InstanceSelection: Sendable {
    package var settings: InstanceSelector.Settings
    /// None for a selector that does not learn.
    package var files: [GoldCorpus.File]
    /// Sentences of the files that a reward is computed on.
    package var sentenceCount: Int

    package init(_ settings: InstanceSelector.Settings, files: [GoldCorpus.File], sentenceCount: Int) {
        (self.settings, self.files, self.sentenceCount) = (settings, files, sentenceCount)
    }

    var identity: String {
        get throws {
            settings.identity + " seed \(settings.seed)"
                + (files.isEmpty
                    ? ""
                    : ", \(sentenceCount) sentences of \(try InputIdentity.ofContent(files.map(\.path))) "
                        + files.map { $0.language ?? "und" }.joined(separator: " "))
        }
    }

    /// The sentences, embedded like the stream that is learnt from.
    func development(_ table: VectorTable, _ header: StreamHeader, _ labels: TagSet) throws -> UpdateBatch? {
        guard !files.isEmpty else { return nil }
        let corpus = GoldCorpus(files: files, mapping: try TagMapping(""), types: labels.types)
        return try corpus.sample(
            sentenceCount: sentenceCount,
            Embedder(table: table, features: header.features ?? [], numbers: TokenNumbers(names: header.numbers ?? [])),
            tags: labels, language: "und", seed: settings.seed)
    }
}
