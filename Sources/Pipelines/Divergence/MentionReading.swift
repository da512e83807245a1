import Corpora
package import Divergence

extension GoldCorpus {
    /// The names of the files, in comparable forms; types by their new names, those that do not count left out.
    package func mentions(_ form: ComparableForm) throws -> MentionOverlap.Mentions {
        var mentions = MentionOverlap.Mentions(), conversion = Conversion(self)
        while let (batch, labels) = try conversion.next() {
            let gold = batch.gold ?? []
            for sentence in 0..<batch.sentenceCount {
                var words: [[UInt8]] = [], type: String?
                func end() {
                    if let type { mentions.add(words, type: type) }
                    (words, type) = ([], nil)
                }
                for token in batch.tokens(ofSentence: sentence) {
                    let label = labels[Int(gold[token])]
                    if !label.hasPrefix("I-") { end() }
                    guard label != "O" else { continue }
                    type = String(label.dropFirst(2))
                    var word: [UInt8] = []
                    let bytes = batch.text[batch.textRange(ofToken: token)]
                    if bytes.withUnsafeBufferPointer({ form.append($0, to: &word) }) { words.append(word) }
                }
                end()
            }
        }
        _ = try conversion.notes()
        return mentions
    }
}
