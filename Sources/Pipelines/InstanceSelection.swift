import Corpora
import Diagnostics
package import Distillation
import Randomness
import Shards
import Vectors

/// What is to choose the sentences of each update, and the labelled source text by which it is rewarded.
package struct InstanceSelection: Sendable {
    package var settings: InstanceSelector.Settings
    /// None for a selector that does not learn.
    package var files: [GoldCorpus.File]
    /// Sentences of the files that a reward is computed on.
    package var sentenceCount: Int
    /// Types of the files that are renamed or dropped: `MISC=O`.
    package var map = ""

    package init(_ settings: InstanceSelector.Settings, files: [GoldCorpus.File], sentenceCount: Int) {
        (self.settings, self.files, self.sentenceCount) = (settings, files, sentenceCount)
    }

    /// What must be the same when a run is continued.
    struct Identity: Codable {
        var settings: InstanceSelector.Settings
        /// nil when nothing is read.
        var text: Text?

        struct Text: Codable {
            var files: String
            var languages: [String]
            var sentences: Int
            var map: String
        }
    }

    var identity: Identity {
        get throws {
            Identity(
                settings: settings,
                text: files.isEmpty
                    ? nil
                    : .init(
                        files: try InputIdentity.ofContent(files.map(\.path)),
                        languages: files.map { $0.language ?? "und" }, sentences: sentenceCount, map: map))
        }
    }

    /// The sentences, embedded like the stream that is learnt from.
    ///
    /// - Parameter log: Is told what a user should know of their labels and words.
    func development(_ table: VectorTable, _ header: StreamHeader, _ labels: TagSet, log: (String) -> Void) throws
        -> UpdateBatch?
    {
        guard !files.isEmpty else { return nil }
        let corpus = GoldCorpus(files: files, labels: LabelFilter(mapping: try TagMapping(map)))
        for note in try corpus.notes(labels, knower: "the student", mapOption: "--selector-map") { log(note) }
        return try corpus.keeping(labels.types).sample(
            sentenceCount: sentenceCount,
            Embedder(table: table, features: header.features ?? [], numbers: TokenNumbers(names: header.numbers ?? [])),
            tags: labels, language: "und", seed: settings.seed, log: log)
    }
}

extension GoldCorpus {
    /// Some sentences of the corpus, embedded, each as probable as any other: what a selector is rewarded by.
    fileprivate func sample(
        sentenceCount: Int, _ embedder: Embedder, tags: TagSet, language: String, seed: UInt64,
        log: (String) -> Void
    ) throws -> UpdateBatch {
        for language in languages(default: language) {
            try embedder.requireKnown(language, option: "--selector-dev LANGUAGE=FILE")
        }
        var random = RandomSource(seed: seed, stream: .selection, 4)
        var kept: [SentenceBatch] = [], offered = 0
        var coverage = Embedder.Coverage()
        let next = labelled(tags)
        while let (batch, own) = try next() {
            let (embedded, found) = embedder.embed(batch, language: own ?? language)
            coverage += found
            for sentence in 0..<embedded.sentenceCount {
                offered += 1
                let place = kept.count < sentenceCount ? kept.count : random.below(offered)
                if place < sentenceCount {
                    let one = embedded.keeping(sentences: [sentence])
                    if place == kept.count { kept.append(one) } else { kept[place] = one }
                }
            }
        }
        for note in coverage.notes { log("\(place): \(note)") }
        var result = UpdateBatch()
        for batch in kept where batch.sentenceCount > 0 { result.append(batch, sentence: 0) }
        guard result.tokenCount > 0 else {
            throw Failure.noLabelledSentence(paths)
        }
        return result
    }
}
