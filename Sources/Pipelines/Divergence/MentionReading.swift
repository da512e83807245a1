import Corpora
package import Divergence
import Evaluation

extension GoldCorpus {
    /// The names of the files, in comparable forms; types by their new names, those that do not count left out.
    package func mentions(_ form: ComparableForm) throws -> MentionOverlap.Mentions {
        var mentions = MentionOverlap.Mentions(), conversion = Conversion(self)
        while let (batch, labels) = try conversion.next() {
            let gold = batch.gold ?? []
            for sentence in 0..<batch.sentenceCount {
                let tokens = batch.tokens(ofSentence: sentence)
                for span in TypedSpan.spans(ofIOB2: tokens.lazy.map { labels[Int(gold[$0])] }) {
                    let words = span.words.compactMap { place -> [UInt8]? in
                        var word: [UInt8] = []
                        let bytes = batch.text[batch.textRange(ofToken: tokens.lowerBound + place)]
                        return bytes.withUnsafeBufferPointer { form.append($0, to: &word) } ? word : nil
                    }
                    mentions.add(words, type: span.type)
                }
            }
        }
        _ = try conversion.notes()
        return mentions
    }
}
