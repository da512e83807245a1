import Diagnostics
import Kernels
import Locks
import Streams

/// The first pass over a corpus: which words meet in its lines.
///
/// `@unchecked Sendable`: the index is written by one thread at a time.
final class MeetingPairs: @unchecked Sendable {
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

    /// Numbers a block while the next one is read.
    func run(_ threads: ComputeThreads, progress: (Double) -> Void) throws {
        let next = Locked<EncodedLines?>(nil)
        @Sendable func read(_ number: Int) throws {
            guard number < corpus.blockCount else { return }
            let lines = try corpus.lines(number)
            next.withLock { $0 = lines }
        }
        try read(0)
        for number in 0..<corpus.blockCount {
            try Interruption.check("interrupted while aligning; run the same command again")
            guard let lines = next.withLock({ $0 }) else { preconditionFailure("block \(number) was not read") }
            try threads.run(2) { item, _ in
                if item == 1 { try read(number + 1) } else { try add(lines) }
            }
            progress(Double(number + 1) / Double(corpus.blockCount))
        }
    }

    private func add(_ lines: EncodedLines) throws {
        try cells.append(PairedLines(lines, index.insert).cells)
        for word in lines.source { isMet[Int(word)] = true }
        for word in lines.target { isMet[Int(word)] = true }
    }
}
