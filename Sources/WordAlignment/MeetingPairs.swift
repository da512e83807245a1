import Diagnostics
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
        for number in 0..<corpus.blockCount {
            try Interruption.check("interrupted while aligning; run the same command again")
            let lines = try corpus.lines(number)
            try cells.append(index.insert(lines, threads).cells)
            for word in lines.source { isMet[Int(word)] = true }
            for word in lines.target { isMet[Int(word)] = true }
            progress(Double(number + 1) / Double(corpus.blockCount))
        }
    }
}
