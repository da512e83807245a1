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
        /// Sketches of a fixed size, 30 MiB, and a tally of some 14 MiB while text is read.
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
    /// N-grams of running text, when they were asked for.
    private(set) var running: RunningNGrams?
    /// Pieces of its words as they are written, when they were asked for.
    private(set) var pieces: PieceCounts?
    /// Words that are counted, and not yet looked at: in their comparable forms, and as they are written.
    private var tally: FormTally, written = WordTally()
    /// Different tokens after which they are looked at.
    private let fullCount: Int
    /// Of the tokens of a batch: their hashes, and what ``FormTally`` found; room that is used again.
    private var hashes: [UInt64] = [], forms: [Int] = []

    /// - Parameters:
    ///   - others: Texts that were read before, of whose words this one's are counted.
    ///   - sampleSize: Distinct words that a sketch keeps; all texts that are compared must have the same.
    ///   - isRunning: Whether n-grams over the borders of words are counted.
    ///   - cutter: Cuts words into pieces.
    package init(
        _ detail: Detail, form: ComparableForm, foundIn others: [TextProfile] = [], sampleSize: Int = 1 << 14,
        isRunning: Bool = false, cutter: PieceCutter? = nil
    ) {
        tally = FormTally(form)
        // Less than 2^17: with those of another block the tables are still half full, 4 MiB.
        fullCount = detail == .exact ? .max : 120_000
        contents =
            detail == .exact
            ? .exact(words: TypeCounts(), ngrams: TypeCounts())
            : .sketch(
                words: TypeSample(size: sampleSize), frequencies: HashedCounts(), filter: TypeFilter(),
                ngrams: HashedCounts())
        self.others = others.compactMap {
            if case .sketch(_, _, let filter, _) = $0.completed.contents { filter } else { nil }
        }
        found = Array(repeating: 0, count: self.others.count)
        running = isRunning ? RunningNGrams(isExact: detail == .exact) : nil
        pieces = cutter.map(PieceCounts.init)
    }

    package mutating func add(_ batch: SentenceBatch) {
        sentenceCount += batch.sentenceCount
        hashes.removeAll(keepingCapacity: true)
        batch.text.withUnsafeBufferPointer { text in
            var start = 0
            for end in batch.textEnds {
                let bytes = UnsafeBufferPointer(rebasing: text[start..<Int(end)])
                hashes.append(XXH3_64bits(bytes.baseAddress, bytes.count))
                start = Int(end)
            }
        }
        tally.add(batch, hashes: hashes, found: &forms)
        let others = forms.count { $0 < 0 }
        otherTokenCount += others
        wordCount += forms.count - others
        addWritten(batch)
        addRunning(batch)
        if tally.count >= fullCount { takeTally() }
    }

    private mutating func addWritten(_ batch: SentenceBatch) {
        guard pieces != nil else { return }
        batch.text.withUnsafeBufferPointer { text in
            for token in forms.indices where forms[token] > 0 {
                written.add(hashes[token], UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)]))
            }
        }
    }

    private mutating func addRunning(_ batch: SentenceBatch) {
        guard running != nil else { return }
        var sentence: [UInt8] = []
        for number in 0..<batch.sentenceCount {
            sentence.removeAll(keepingCapacity: true)
            sentence.append(0x20)
            for form in forms[batch.tokens(ofSentence: number)] where form > 0 {
                sentence += tally.words.word(form - 1)
                sentence.append(0x20)
            }
            running?.add(sentence: sentence)
        }
    }

    package mutating func merge(_ other: consuming TextProfile) {
        wordCount += other.wordCount
        otherTokenCount += other.otherTokenCount
        sentenceCount += other.sentenceCount
        scripts.merge(other.scripts, uniquingKeysWith: +)
        for number in found.indices { found[number] += other.found[number] }
        contents.merge(other.contents)
        if let more = other.running { running?.merge(more) }
        if let more = other.pieces { pieces?.merge(more) }
        // What parts have only counted yet is looked at once, and not by each of them.
        tally.merge(other.tally)
        written.merge(other.written)
        if tally.count >= fullCount { takeTally() }
    }

    /// With all its words looked at.
    var completed: TextProfile {
        guard tally.count > 0 else { return self }
        var copy = self
        copy.takeTally()
        return copy
    }

    /// Looks at the words that are only counted yet, once for a text and not whenever it is compared, and gives their memory back.
    package mutating func complete() {
        takeTally()
        tally = FormTally(tally.form)
        written = WordTally()
    }

    private mutating func takeTally() {
        let others = others
        var found = found, scripts: [UnsafePointer<UInt8>: (name: StaticString, count: Int)] = [:]
        tally.words.forEach { hash, form, count in
            let name = WordScript.name(of: form)
            scripts[name.utf8Start, default: (name, 0)].count += count
            for (number, other) in others.enumerated() where other.contains(hash) { found[number] += count }
        }
        for (name, count) in scripts.values { self.scripts["\(name)", default: 0] += count }
        self.found = found
        contents.add(tally.words)
        tally.removeAll()
        written.forEach { _, word, count in pieces?.add(word, count) }
        written.removeAll()
    }
}

extension TextProfile.Contents {
    fileprivate mutating func add(_ tally: WordTally) {
        // Loops of their own, which do little else than wait for memory: so they wait for several places at once.
        switch consume self {
        case .exact(var words, var ngrams):
            tally.forEach { hash, _, count in words.add(hash, count) }
            tally.forEachNGrams { ngrams.add($0, $1) }
            self = .exact(words: words, ngrams: ngrams)
        case .sketch(var words, var frequencies, var filter, var ngrams):
            tally.forEach { hash, _, count in words.add(hash, count) }
            tally.forEach { hash, _, count in frequencies.add(hash, count) }
            tally.forEach { hash, _, _ in filter.insert(hash) }
            tally.forEachNGrams { ngrams.add($0, $1) }
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

extension WordTally {
    /// Calls `body` with the hashes of the character n-grams of each word, and how often it was.
    fileprivate func forEachNGrams(_ body: (_ hashes: [UInt64], _ count: Int) -> Void) {
        var scalars: [UInt32] = [], hashes: [UInt64] = []
        forEach { _, word, count in
            hashes.removeAll(keepingCapacity: true)
            CharacterNGrams.forEach(of: word, &scalars) { hashes.append($0) }
            body(hashes, count)
        }
    }
}
