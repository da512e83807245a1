import CXXHash
package import Corpora
import UnicodeText

/// What one reading of a text keeps of it, to be compared with other texts.
///
/// Profiles of parts merge into that of the whole, whatever the parts are: everything in it is a sum, a union or the smallest of something.
package struct TextProfile: Sendable {
    /// How much is kept.
    package enum Detail: Sendable, Equatable {
        /// Everything distinct; memory grows with the vocabulary, some 32 bytes for each word and each n-gram.
        case exact
        /// Sketches of a fixed size: 30 MiB.
        case sketch
    }

    enum Contents: Sendable {
        case exact(words: TypeCounts, ngrams: TypeCounts)
        case sketch(words: TypeSample, frequencies: HashedCounts, filter: TypeFilter, ngrams: HashedCounts)
    }

    private(set) var contents: Contents
    /// Words, and tokens that are none: without letter and digit.
    package private(set) var wordCount = 0, otherTokenCount = 0, sentenceCount = 0
    /// Words by the script of their first letter.
    package private(set) var scripts: [String: Int] = [:]
    /// Words that other texts have, in the order of these texts; only where they are sketches.
    package private(set) var found: [Int]
    private let others: [TypeFilter]
    private let form: ComparableForm

    /// - Parameters:
    ///   - others: Texts that were read before, of whose words this one's are counted.
    ///   - sampleSize: Distinct words that a sketch keeps; all texts that are compared must have the same.
    package init(
        _ detail: Detail, form: ComparableForm, foundIn others: [TextProfile] = [], sampleSize: Int = 1 << 14
    ) {
        self.form = form
        contents =
            detail == .exact
            ? .exact(words: TypeCounts(), ngrams: TypeCounts())
            : .sketch(
                words: TypeSample(size: sampleSize), frequencies: HashedCounts(), filter: TypeFilter(),
                ngrams: HashedCounts())
        self.others = others.compactMap { if case .sketch(_, _, let filter, _) = $0.contents { filter } else { nil } }
        found = Array(repeating: 0, count: self.others.count)
    }

    /// The words of a batch, each once.
    private struct Block {
        var counts = TypeCounts()
        /// Where the form of each word stands, in the order in which they were met.
        var words: [(hash: UInt64, bytes: Range<Int>)] = []
        var forms: [UInt8] = []
    }

    private func block(of batch: SentenceBatch, _ other: inout Int) -> Block {
        var block = Block(), form: [UInt8] = []
        batch.text.withUnsafeBufferPointer { text in
            for token in 0..<batch.tokenCount {
                form.removeAll(keepingCapacity: true)
                let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                guard self.form.append(bytes, to: &form) else {
                    other += 1
                    continue
                }
                let hash = XXH3_64bits(form, form.count), before = block.counts.count
                block.counts.add(hash)
                guard block.counts.count > before else { continue }
                block.words.append((hash, block.forms.count..<block.forms.count + form.count))
                block.forms += form
            }
        }
        return block
    }

    package mutating func add(_ batch: SentenceBatch) {
        let block = block(of: batch, &otherTokenCount)
        wordCount += block.counts.total
        sentenceCount += batch.sentenceCount
        var scalars: [UInt32] = []
        block.forms.withUnsafeBufferPointer { forms in
            for (hash, bytes) in block.words {
                let form = UnsafeBufferPointer(rebasing: forms[bytes]), count = block.counts.of(hash)
                scripts["\(WordScript.name(of: form))", default: 0] += count
                for (number, other) in others.enumerated() where other.contains(hash) { found[number] += count }
                contents.add(hash, form, count, &scalars)
            }
        }
    }

    package mutating func merge(_ other: TextProfile) {
        wordCount += other.wordCount
        otherTokenCount += other.otherTokenCount
        sentenceCount += other.sentenceCount
        scripts.merge(other.scripts, uniquingKeysWith: +)
        for number in found.indices { found[number] += other.found[number] }
        contents.merge(other.contents)
    }
}

extension TextProfile.Contents {
    fileprivate mutating func add(
        _ hash: UInt64, _ form: UnsafeBufferPointer<UInt8>, _ count: Int, _ scalars: inout [UInt32]
    ) {
        switch consume self {
        case .exact(var words, var ngrams):
            words.add(hash, count)
            CharacterNGrams.forEach(of: form, &scalars) { ngrams.add($0, count) }
            self = .exact(words: words, ngrams: ngrams)
        case .sketch(var words, var frequencies, var filter, var ngrams):
            words.add(hash, count)
            frequencies.add(hash, count)
            filter.insert(hash)
            CharacterNGrams.forEach(of: form, &scalars) { ngrams.add($0, count) }
            self = .sketch(words: words, frequencies: frequencies, filter: filter, ngrams: ngrams)
        }
    }

    fileprivate mutating func merge(_ other: Self) {
        switch (consume self, other) {
        case (.exact(var words, var ngrams), .exact(let otherWords, let otherNGrams)):
            words.merge(otherWords)
            ngrams.merge(otherNGrams)
            self = .exact(words: words, ngrams: ngrams)
        case (
            .sketch(var words, var frequencies, var filter, var ngrams),
            .sketch(let otherWords, let otherFrequencies, let otherFilter, let otherNGrams)
        ):
            words.merge(otherWords)
            frequencies.merge(otherFrequencies)
            filter.merge(otherFilter)
            ngrams.merge(otherNGrams)
            self = .sketch(words: words, frequencies: frequencies, filter: filter, ngrams: ngrams)
        default: preconditionFailure("an exact profile and a sketch do not merge")
        }
    }
}
