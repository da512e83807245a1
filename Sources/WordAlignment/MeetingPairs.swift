import Streams

/// The first pass over a corpus: which words meet in its lines.
final class MeetingPairs {
    private let corpus: EncodedCorpus.Reader
    private let index: PairIndex
    let cells: PairCells
    private var isMet: [Bool]

    /// Different words of both sides.
    var wordsMet: Int { isMet.reduce(0) { $0 + ($1 ? 1 : 0) } }

    init(_ index: PairIndex, _ corpus: EncodedCorpus.Reader, wordCount: Int, beside neighbour: String) throws {
        (self.index, self.corpus) = (index, corpus)
        cells = try PairCells(beside: neighbour)
        isMet = [Bool](repeating: false, count: wordCount)
    }

    func run(_ threads: ComputeThreads, progress: (Double) -> Void) throws {
        let (corpus, index) = (corpus, index)
        try threads.forEachBlock(
            corpus.blockCount, read: { PairedLines(try corpus.lines($0)) }, ways: PairIndex.tableCount,
            look: { index.insert($0, table: $1) },
            finish: { number, block, _ in
                try cells.append(block.cells)
                for word in block.lines.source { isMet[Int(word)] = true }
                for word in block.lines.target { isMet[Int(word)] = true }
                progress(Double(number + 1) / Double(corpus.blockCount))
            })
    }
}
