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

    /// The words of all names, as they are written, UTF-8; one that occurs again is there again.
    package func entityWords() throws -> [[UInt8]] {
        var words: [[UInt8]] = [], conversion = Conversion(self)
        while let (batch, labels) = try conversion.next() {
            for (token, label) in (batch.gold ?? []).enumerated() where labels[Int(label)] != "O" {
                words.append(Array(batch.text[batch.textRange(ofToken: token)]))
            }
        }
        _ = try conversion.notes()
        return words
    }
}
