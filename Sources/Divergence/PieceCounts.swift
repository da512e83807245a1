/// Cuts words into the pieces of a tokenizer.
package struct PieceCutter: Sendable {
    /// All pieces are below.
    package let pieceCount: Int
    /// The piece of what the tokenizer does not know, and of a word of which nothing is left.
    package let unknown: Int32
    /// The pieces of a word, UTF-8.
    package let cut: @Sendable (UnsafeBufferPointer<UInt8>) -> [Int32]

    package init(
        pieceCount: Int, unknown: Int32, cut: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> [Int32]
    ) {
        (self.pieceCount, self.unknown, self.cut) = (pieceCount, unknown, cut)
    }
}

/// How often each piece of a tokenizer occurs in the words of a text; exact, in 8 bytes for each piece of the vocabulary.
package struct PieceCounts: Sendable {
    private let cutter: PieceCutter
    private var counts: [Int]
    package private(set) var wordCount = 0, pieceCount = 0, unknownCount = 0

    init(_ cutter: PieceCutter) {
        self.cutter = cutter
        counts = Array(repeating: 0, count: cutter.pieceCount)
    }

    mutating func add(_ word: UnsafeBufferPointer<UInt8>, _ count: Int) {
        wordCount += count
        let pieces = cutter.cut(word)
        pieceCount += count * max(1, pieces.count)
        if pieces.isEmpty { unknownCount += count }
        for piece in pieces {
            if piece == cutter.unknown { unknownCount += count } else { counts[Int(piece)] += count }
        }
    }

    mutating func merge(_ other: PieceCounts) {
        precondition(counts.count == other.counts.count)
        for index in counts.indices { counts[index] += other.counts[index] }
        wordCount += other.wordCount
        pieceCount += other.pieceCount
        unknownCount += other.unknownCount
    }

    /// What two texts share of a tokenizer's pieces; the formulas are those of words (``LexicalMeasures``). The unknown piece is no piece that
    /// both have.
    package struct Comparison: Sendable {
        /// Distinct pieces.
        package let sourceTypes, targetTypes: Int
        package let jaccard, overlap, typeCoverage, tokenCoverage, frequencyOverlap: Double
        /// Pieces of a word, on average.
        package let sourceFertility, targetFertility: Double
        /// The share of pieces that are unknown.
        package let sourceUnknown, targetUnknown: Double
    }

    package static func compare(source: PieceCounts, target: PieceCounts) -> Comparison {
        var types = (source: 0, target: 0), both = 0, known = 0, shared = 0.0
        let totals = (Double(max(1, source.pieceCount)), Double(max(1, target.pieceCount)))
        for (s, t) in zip(source.counts, target.counts) where s | t != 0 {
            if s > 0 { types.source += 1 }
            if t > 0 { types.target += 1 }
            guard s > 0, t > 0 else { continue }
            both += 1
            known += t
            shared += min(Double(s) / totals.0, Double(t) / totals.1)
        }
        func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        let jaccard = share(both, types.source + types.target - both)
        return Comparison(
            sourceTypes: types.source, targetTypes: types.target, jaccard: jaccard, overlap: jaccard / (1 + jaccard),
            typeCoverage: share(both, types.target), tokenCoverage: share(known, target.pieceCount),
            frequencyOverlap: shared, sourceFertility: share(source.pieceCount, source.wordCount),
            targetFertility: share(target.pieceCount, target.wordCount),
            sourceUnknown: share(source.unknownCount, source.pieceCount),
            targetUnknown: share(target.unknownCount, target.pieceCount))
    }
}
