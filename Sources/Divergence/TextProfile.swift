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
    private(set) var scripts: [String: Int] = [:]
    /// Words that other texts have, in the order of these texts; only where they are sketches.
    private(set) var found: [Int]
    private let others: [TypeFilter]
    private let form: ComparableForm
    /// N-grams of running text, when they were asked for.
    private(set) var running: RunningNGrams?
    /// Pieces of its words as they are written, when they were asked for.
    private(set) var pieces: PieceCounts?
    /// Words that are counted, and not yet looked at: in their comparable forms, and as they are written.
    private var tally = WordTally(), written = WordTally()

    /// - Parameters:
    ///   - others: Texts that were read before, of whose words this one's are counted.
    ///   - sampleSize: Distinct words that a sketch keeps; all texts that are compared must have the same.
    ///   - isRunning: Whether n-grams over the borders of words are counted.
    ///   - cutter: Cuts words into pieces.
    package init(
        _ detail: Detail, form: ComparableForm, foundIn others: [TextProfile] = [], sampleSize: Int = 1 << 14,
        isRunning: Bool = false, cutter: PieceCutter? = nil
    ) {
        self.form = form
        contents =
            detail == .exact
            ? .exact(words: TypeCounts(), ngrams: TypeCounts())
            : .sketch(
                words: TypeSample(size: sampleSize), frequencies: HashedCounts(), filter: TypeFilter(),
                ngrams: HashedCounts())
        self.others = others.compactMap {
            if case .sketch(_, _, let filter, _) = $0.complete.contents { filter } else { nil }
        }
        found = Array(repeating: 0, count: self.others.count)
        running = isRunning ? RunningNGrams(isExact: detail == .exact) : nil
        pieces = cutter.map(PieceCounts.init)
    }

    package mutating func add(_ batch: SentenceBatch) {
        var form: [UInt8] = [], sentence: [UInt8] = []
        sentenceCount += batch.sentenceCount
        for number in 0..<batch.sentenceCount {
            if running != nil { sentence = [0x20] }
            batch.text.withUnsafeBufferPointer { text in
                for token in batch.tokens(ofSentence: number) {
                    form.removeAll(keepingCapacity: true)
                    let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                    guard self.form.append(bytes, to: &form) else {
                        otherTokenCount += 1
                        continue
                    }
                    wordCount += 1
                    tally.add(XXH3_64bits(form, form.count), form)
                    if pieces != nil { written.add(XXH3_64bits(bytes.baseAddress, bytes.count), bytes) }
                    if running != nil { sentence += form + [0x20] }
                }
            }
            running?.add(sentence: sentence)
        }
        if tally.isFull { takeTally() }
        if written.isFull { takeWritten() }
    }

    package mutating func merge(_ other: TextProfile) {
        let other = other.complete
        wordCount += other.wordCount
        otherTokenCount += other.otherTokenCount
        sentenceCount += other.sentenceCount
        scripts.merge(other.scripts, uniquingKeysWith: +)
        for number in found.indices { found[number] += other.found[number] }
        contents.merge(other.contents)
        if let more = other.running { running?.merge(more) }
        if let more = other.pieces { pieces?.merge(more) }
    }

    /// With all its words looked at.
    var complete: TextProfile {
        guard tally.count > 0 || written.count > 0 else { return self }
        var copy = self
        copy.takeTally()
        copy.takeWritten()
        return copy
    }

    private mutating func takeTally() {
        let others = others
        var found = found, scripts: [UnsafePointer<UInt8>: (name: StaticString, count: Int)] = [:]
        tally.forEach { hash, form, count in
            let name = WordScript.name(of: form)
            scripts[name.utf8Start, default: (name, 0)].count += count
            for (number, other) in others.enumerated() where other.contains(hash) { found[number] += count }
        }
        for (name, count) in scripts.values { self.scripts["\(name)", default: 0] += count }
        self.found = found
        contents.add(tally)
        tally.removeAll()
    }

    private mutating func takeWritten() {
        written.forEach { _, word, count in pieces?.add(word, count) }
        written.removeAll()
    }
}

extension TextProfile.Contents {
    fileprivate mutating func add(_ tally: WordTally) {
        var scalars: [UInt32] = []
        switch consume self {
        case .exact(var words, var ngrams):
            tally.forEach { hash, form, count in
                words.add(hash, count)
                CharacterNGrams.forEach(of: form, &scalars) { ngrams.add($0, count) }
            }
            self = .exact(words: words, ngrams: ngrams)
        case .sketch(var words, var frequencies, var filter, var ngrams):
            tally.forEach { hash, form, count in
                words.add(hash, count)
                frequencies.add(hash, count)
                filter.insert(hash)
                CharacterNGrams.forEach(of: form, &scalars) { ngrams.add($0, count) }
            }
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
