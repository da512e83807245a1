import Kernels
package import Streams

/// Word alignment of one language pair: IBM model 1 with a prior for the diagonal, in both directions.
///
/// Brown et al. 1993, "The mathematics of statistical machine translation" (model 1); the prior exp(-λ |i/I - j/J|) of Dyer,
/// Chahuneau and Smith, "A simple, fast, and effective reparameterization of IBM model 2" (NAACL 2013), with λ fixed. A target
/// token is linked to the source token that explains it best, unless the empty word does, and the reverse; of both
/// together a ``Symmetrization`` makes one alignment.
///
/// `I` source tokens, `J` target tokens of a line. All pairs of words get numbers in a first pass (``PairIndex``), which are kept in a file
/// (``PairCells``: 4 bytes for each pair of tokens of a line); the passes of the EM algorithm read it, both directions at the same time.
/// The result is the same for any number of threads.
package struct WordAligner {
    package struct Settings: Sendable, Equatable {
        package var iterations = 5
        /// λ.
        package var tension: Float = 4
        /// Probability of the empty word.
        package var nullProbability: Float = 0.08
        /// Of the table of word pairs, of which 7 in 10 are used: ``bytesPerSlot`` each.
        package var maximumSlotCount = 1 << 25

        /// Of the index, and in 7 of 10 slots of words, links, probabilities and counts.
        static let bytesPerSlot = PairTable.bytesPerSlot + (12 + 16) * 7 / 10

        package init() {}

        /// - Parameter tableBytes: Memory of the table of word pairs; the largest table within it is taken.
        package init(tableBytes: Int) {
            maximumSlotCount = 1 << 12
            while maximumSlotCount < PairIndex.largestSlotCount, maximumSlotCount * 2 * Self.bytesPerSlot <= tableBytes
            {
                maximumSlotCount *= 2
            }
        }
    }

    /// A pair of words, p(target | source) and p(source | target), and how often they were linked.
    package struct Pair {
        package let source, target: UInt32
        package let forward, backward: Float
        package let links: Int
    }

    private let corpus: EncodedCorpus.Reader
    private let threads: ComputeThreads
    /// For lines that are not of the corpus.
    private let index: PairIndex?
    private let cells: PairCells
    private let pairs: WordPairs
    private let forward, backward: AlignmentDirection

    /// Times that a pair of words was met for which the table had no room, and which is no candidate.
    package let refusedCount: Int

    /// Learns from all lines of `corpus`, which is read `iterations + 1` times.
    ///
    /// - Parameters:
    ///   - wordCount: Every word of the corpus is below it.
    ///   - neighbour: What is too large for memory lies beside it, without a name.
    ///   - isForOtherLines: Keeps what ``directedLinks(_:)`` needs.
    package init(
        _ settings: Settings, _ corpus: EncodedCorpus.Reader, wordCount: Int, beside neighbour: String,
        isForOtherLines: Bool = false, threads: ComputeThreads = .single, progress: (Double) -> Void = { _ in }
    ) throws {
        (self.corpus, self.threads) = (corpus, threads)
        let passes = Double(settings.iterations + 1)
        let index = PairIndex(maximumSlotCount: settings.maximumSlotCount)
        let meeting = try MeetingPairs(index, corpus, wordCount: wordCount, beside: neighbour)
        try meeting.run(threads) { progress($0 / passes) }
        refusedCount = index.refusedCount
        cells = meeting.cells
        let pairs = WordPairs(index, threads), wordsMet = meeting.wordsMet
        self.index = isForOtherLines ? index : nil
        let (forward, backward) = (
            AlignmentDirection(.forward, settings, pairs, wordCount: wordCount, wordsMet: wordsMet),
            AlignmentDirection(.backward, settings, pairs, wordCount: wordCount, wordsMet: wordsMet)
        )
        (self.pairs, self.forward, self.backward) = (pairs, forward, backward)
        for iteration in 0..<settings.iterations {
            try forEachBlock({ $1.expect($0) }) { number, _, _ in
                progress((Double(iteration + 1) + Double(number + 1) / Double(corpus.blockCount)) / passes)
            }
            threads.run(2) { item, _ in (item == 0 ? forward : backward).maximize(pairs) }
        }
    }

    /// Calls `body` with every block, its links being those that both directions find; counts them.
    package func forEachLinkedBlock(_ body: (EncodedLines) throws -> Void) throws {
        try forEachBlock({ $1.best($0) }) { _, block, best in
            var lines = block.lines
            lines.links = link(block, sourceOfTarget: best[0], targetOfSource: best[1])
            try body(lines)
        }
    }

    private func link(_ block: PairedLines, sourceOfTarget: [Int32], targetOfSource: [Int32]) -> [UInt16] {
        var links = [UInt16](repeating: EncodedLines.noLink, count: block.lines.target.count)
        var cell = 0
        for line in 0..<block.lines.lineCount {
            let sources = block.lines.sourceRange(line), targets = block.lines.targetRange(line)
            for (j, target) in targets.enumerated() {
                let i = Int(sourceOfTarget[target])
                guard i >= 0, Int(targetOfSource[sources.lowerBound + i]) == j else { continue }
                links[target] = UInt16(i)
                pairs.links.pointer[Int(block.cells.pointer[cell + i * targets.count + j])] += 1
            }
            cell += sources.count * targets.count
        }
        return links
    }

    /// What each direction says of lines that need not be of the corpus; words that it has not are below the number of words all the
    /// same.
    package func directedLinks(_ lines: EncodedLines) -> [DirectedLinks] {
        guard let index else { preconditionFailure("an aligner that keeps no index") }
        let block = index.find(lines)
        let sourceOfTarget = forward.best(block), targetOfSource = backward.best(block)
        func places(_ best: ArraySlice<Int32>) -> [Int?] { best.map { $0 < 0 ? nil : Int($0) } }
        return (0..<lines.lineCount).map {
            DirectedLinks(
                sourceOfTarget: places(sourceOfTarget[lines.targetRange($0)]),
                targetOfSource: places(targetOfSource[lines.sourceRange($0)]))
        }
    }

    package func forEachPair(_ body: (Pair) -> Void) {
        for pair in 1..<pairs.end where pairs.isPair(pair) {
            body(
                Pair(
                    source: pairs.sources.pointer[pair], target: pairs.targets.pointer[pair],
                    forward: forward.probability(pair), backward: backward.probability(pair),
                    links: Int(pairs.links.pointer[pair])))
        }
    }

    /// Looks at every block in both directions; `finish` gets what the forward and the backward one found.
    private func forEachBlock<Found: Sendable>(
        _ look: @Sendable (PairedLines, AlignmentDirection) -> Found,
        finish: (_ number: Int, PairedLines, [Found]) throws -> Void
    ) throws {
        let (corpus, cells, forward, backward) = (corpus, cells, forward, backward)
        try threads.forEachBlock(
            corpus.blockCount, read: { PairedLines(lines: try corpus.lines($0), cells: try cells.block($0)) }, ways: 2,
            look: { look($0, $1 == 0 ? forward : backward) }, finish: finish)
    }
}
