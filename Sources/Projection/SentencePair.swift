import Corpora
import Diagnostics
import Formats
import Shards
import Tokenization
import UnicodeText

/// One side of a sentence pair, tokenized as the stages tokenize, and clitics apart as labelled corpora have them.
struct PairSide: Sendable {
    /// The bytes of the tokens, laid end to end.
    var text: [UInt8] = []
    /// `[N]`: end of each token in ``text``.
    var ends: [Int] = []
    /// `[S]`: token after the last one of each sentence; a line may have several.
    var sentenceEnds: [Int] = []

    var count: Int { ends.count }

    func range(_ token: Int) -> Range<Int> { (token == 0 ? 0 : ends[token - 1])..<ends[token] }

    mutating func append(_ token: UnsafeBufferPointer<UInt8>) {
        text.append(contentsOf: token)
        ends.append(text.count)
    }
}

struct SentencePair: Sendable {
    var source = PairSide()
    var target = PairSide()
}

/// Reads sentence pairs, in memory bounded by the longest line.
final class PairReader {
    private let paths: [String]
    private var source: LanguageTokenizer
    private var target: LanguageTokenizer
    private let bad: BadRecords
    private let limit: Int
    private let excluded: ExcludedSentences
    /// Pairs that were handed on.
    private(set) var pairCount = 0
    /// Lines of which a side has no word.
    private var emptyCount = 0
    /// Pairs of which a side is, or contains, an excluded sentence.
    private var excludedCount = 0
    private(set) var bytesRead = 0

    /// What was left out or not understood so far, as lines for the user.
    var notes: [String] {
        var tokens = source.unsegmentedTokenCounts
        tokens.merge(target.unsegmentedTokenCounts, uniquingKeysWith: +)
        return UnspacedScript.notes(tokens)
            + (excludedCount > 0 ? ["\(excludedCount) pairs left out by --exclude"] : [])
            + (emptyCount > 0 ? ["\(emptyCount) lines without words on both sides left out"] : [])
    }

    /// Ends the reading when there are enough pairs.
    private struct Enough: Error {}

    /// - Parameter limit: Pairs that are read at most.
    init(
        _ paths: [String], source: String, target: String, excluding excluded: ExcludedSentences = ExcludedSentences(),
        bad: BadRecords, limit: Int
    ) {
        self.paths = paths
        self.source = LanguageTokenizer(language: source)
        self.target = LanguageTokenizer(language: target)
        self.bad = bad
        self.excluded = excluded
        self.limit = limit
    }

    func forEach(_ body: (SentencePair) throws -> Void) throws {
        do {
            for path in paths {
                let lines = LineReader(try BufferedInput(FileInput(path: path)))
                defer { bytesRead += lines.offset }
                try lines.forEachLine(bad) { try read($0, lines, body) }
            }
        } catch is Enough {}
    }

    private func read(_ line: [UInt8], _ lines: LineReader, _ body: (SentencePair) throws -> Void) throws {
        if lines.lineNumber % 4096 == 0 { try Interruption.check("interrupted while reading \(lines.name)") }
        guard line.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw Failure.lineIsNotUTF8(lines.name, lines.lineNumber)
        }
        guard let sides = try SentencePairs.sides(of: line, in: lines) else { return }
        let isExcluded = line.withUnsafeBufferPointer { text in
            [sides.source, sides.target].contains { excluded.contains(.init(rebasing: text[$0])) }
        }
        guard !isExcluded else {
            excludedCount += 1
            return
        }
        let pair = line.withUnsafeBufferPointer { text in
            SentencePair(
                source: side(.init(rebasing: text[sides.source]), &source),
                target: side(.init(rebasing: text[sides.target]), &target))
        }
        guard pair.source.count > 0 && pair.target.count > 0 else {
            emptyCount += 1
            return
        }
        guard pairCount < limit else { throw Enough() }
        pairCount += 1
        try body(pair)
    }

    private func side(_ text: UnsafeBufferPointer<UInt8>, _ tokenizer: inout LanguageTokenizer) -> PairSide {
        var side = PairSide()
        tokenizer.forEachToken(of: text) { token, startsSentence in
            if startsSentence && side.count > 0 { side.sentenceEnds.append(side.count) }
            side.append(token)
        }
        if side.count > 0 { side.sentenceEnds.append(side.count) }
        return side
    }
}
