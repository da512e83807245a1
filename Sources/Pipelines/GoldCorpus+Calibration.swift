import Corpora
import Diagnostics
import Shards
package import Taggers
package import Vectors

extension GoldCorpus {
    /// Holds the scores of a model's entities against the share of them that is right, at many temperatures.
    package func calibrate(_ model: Model, table: VectorTable, language: String) throws -> CalibrationFit {
        let tags = try model.tagSet(place: "model")
        let tagger = try TaggerInference(model, vectors: table)
        let embedder = try Embedder(table: table, for: model.configuration)
        let reader = Reader(corpus: self)
        var fit = CalibrationFit(), sentenceCount = 0
        while let batch = try reader.next() {
            let gold = iob2(batch)
            let embedded = embedder.embed(batch.sentences, language: batch.language ?? language).0
            let labels = tagger.tag(embedded, tags: tags)
            var distributions = CalibrationFit.temperatures.map { _ in
                LabelDistributions(labelCount: tags.count)
            }
            var plain = LabelDistributions(labelCount: tags.count)
            tagger.forEachSentence(of: embedded) { sentence in
                let found = EntitySpan.spans(ofLabels: labels[sentence.tokens].lazy.map(Int.init))
                defer { sentenceCount += 1 }
                guard !found.isEmpty else { return }
                for (number, temperature) in CalibrationFit.temperatures.enumerated() {
                    distributions[number].fill(
                        sentence.logits, tokenCount: sentence.tokens.count, temperature: temperature)
                }
                plain.fill(sentence.logits, tokenCount: sentence.tokens.count, temperature: 1)
                let truth = Array(gold[sentence.tokens])
                for span in found {
                    guard let type = self.labels.name(of: tags.types[span.type]) else { continue }
                    fit.add(sentence: sentenceCount, isRight: Self.has(truth, span.tokens, type)) { temperature in
                        let number = CalibrationFit.temperatures.firstIndex(of: temperature)
                        return (number.map { distributions[$0] } ?? plain).score(span, labels[sentence.tokens])
                    }
                }
            }
        }
        return fit
    }

    /// Whether just these tokens are an entity of a type, in well-formed IOB2.
    private static func has(_ tags: [String], _ tokens: Range<Int>, _ type: String) -> Bool {
        tags[tokens.lowerBound] == "B-\(type)"
            && tokens.dropFirst().allSatisfy { tags[$0] == "I-\(type)" }
            && (tokens.upperBound == tags.count || tags[tokens.upperBound] != "I-\(type)")
    }
}
