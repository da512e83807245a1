import Kernels

/// One direction of an alignment: which words of one side explain those of the other, IBM model 1 with a prior for the diagonal.
///
/// What it reads and writes belongs to no other direction, so both can be trained at the same time.
///
/// Memory: 8 bytes a pair of words, 8 bytes a word.
///
/// `@unchecked Sendable`: one thread uses it at a time.
final class AlignmentDirection: @unchecked Sendable {
    /// Which side is explained by the other: the target by the source, or the reverse.
    enum Kind { case forward, backward }

    /// A line as a direction sees it: `K` words are explained by `O` others; pair `(k, o)` is at `k * step + o * otherStep` of its cells.
    private struct Line {
        let words: UnsafePointer<UInt32>
        let K, O: Int
        let cells: UnsafePointer<UInt32>
        let step, otherStep: Int
    }

    private let kind: Kind
    private let nullProbability: Float
    private var prior: DiagonalPrior
    /// `[end of the numbers, 2]` probability of the explained word given the other one, and its expected count in the pass at hand, which lie side by side
    /// because both are needed at once. Number 0 is of the pairs that have no number, and stays 0.
    private let table: FloatBuffer
    /// By word: probability that the empty word makes it, and its expected count.
    private let null: FloatBuffer
    private let nullCounts: FloatBuffer
    private var scores = FloatBuffer(count: 1 << 7)

    /// Begins with the same probability for all.
    ///
    /// - Parameters:
    ///   - wordCount: Every word is below it.
    ///   - wordsMet: Those that there are, on both sides.
    init(_ kind: Kind, _ settings: WordAligner.Settings, _ pairs: WordPairs, wordCount: Int, wordsMet: Int) {
        self.kind = kind
        nullProbability = settings.nullProbability
        prior = DiagonalPrior(tension: settings.tension)
        table = FloatBuffer(count: 2 * pairs.end, isReadAtRandom: true)
        null = FloatBuffer(count: wordCount)
        nullCounts = FloatBuffer(count: wordCount)
        let uniform = 1 / Float(max(1, wordsMet))
        for pair in 1..<pairs.end { table.pointer[2 * pair] = uniform }
        for word in 0..<wordCount { null.pointer[word] = uniform }
    }

    func probability(_ pair: Int) -> Float { table[2 * pair] }

    /// Adds what is expected of the lines of a block to the counts.
    func expect(_ block: PairedLines) {
        forEachLine(block) { line in
            guard line.O > 0 else { return }
            for k in 0..<line.K {
                let (total, priors) = explain(k, line)
                let word = Int(line.words[k])
                let share = (1 - nullProbability) / priors
                let nullScore = nullProbability * null.pointer[word]
                let sum = total * share + nullScore
                let factor = share / sum
                guard factor.isFinite else { continue }
                let cells = line.cells + k * line.step, table = table.pointer, scores = scores.pointer
                for o in 0..<line.O { table[2 * Int(cells[o * line.otherStep]) + 1] += scores[o] * factor }
                nullCounts.pointer[word] += nullScore / sum
            }
        }
    }

    /// Makes probabilities of the counts.
    ///
    func maximize(_ pairs: WordPairs) {
        let given = kind == .forward ? pairs.sources : pairs.targets
        var sums = [Double](repeating: 0, count: null.count)
        sums.withUnsafeMutableBufferPointer { sums in
            for pair in 1..<pairs.end { sums[Int(given.pointer[pair])] += Double(table.pointer[2 * pair + 1]) }
            for pair in 1..<pairs.end {
                let sum = sums[Int(given.pointer[pair])]
                table.pointer[2 * pair] = sum > 0 ? Float(Double(table.pointer[2 * pair + 1]) / sum) : 0
                table.pointer[2 * pair + 1] = 0
            }
        }
        let total = (0..<null.count).reduce(0) { $0 + Double(nullCounts.pointer[$1]) }
        for word in 0..<null.count {
            null.pointer[word] = total > 0 ? Float(Double(nullCounts.pointer[word]) / total) : 0
        }
        nullCounts.zero()
    }

    /// The place of the token that explains each token of the block best, within its line; -1 where the empty word is better.
    func best(_ block: PairedLines) -> [Int32] {
        var best: [Int32] = []
        best.reserveCapacity(kind == .forward ? block.lines.target.count : block.lines.source.count)
        forEachLine(block) { line in
            guard line.O > 0 else { return best.append(contentsOf: repeatElement(-1, count: line.K)) }
            for k in 0..<line.K {
                let (_, priors) = explain(k, line)
                var place: Int32 = -1, score: Float = 0
                for o in 0..<line.O where scores.pointer[o] > score {
                    (place, score) = (Int32(o), scores.pointer[o])
                }
                let isNull =
                    score * (1 - nullProbability) / priors < nullProbability * null.pointer[Int(line.words[k])]
                best.append(isNull ? -1 : place)
            }
        }
        return best
    }

    private func forEachLine(_ block: PairedLines, _ body: (Line) -> Void) {
        let lines = block.lines
        lines.source.withUnsafeBufferPointer { source in
            lines.target.withUnsafeBufferPointer { target in
                var cell = 0
                for number in 0..<lines.lineCount {
                    let sources = lines.sourceRange(number), targets = lines.targetRange(number)
                    let (I, J) = (sources.count, targets.count)
                    let isForward = kind == .forward
                    let own =
                        isForward ? UnsafeBufferPointer(rebasing: target[targets]) : .init(rebasing: source[sources])
                    prior.reach(max(I, J))
                    if scores.count < max(I, J) { scores = FloatBuffer(count: 2 * max(I, J)) }
                    guard let words = own.baseAddress, !own.isEmpty else { continue }
                    let line = Line(
                        words: words, K: own.count, O: isForward ? I : J, cells: block.cells.pointer + cell,
                        step: isForward ? 1 : J, otherStep: isForward ? J : 1)
                    body(line)
                    cell += I * J
                }
            }
        }
    }

    /// Fills the scores with how well each token of the other side explains token `k`.
    ///
    /// - Precondition: There is one.
    /// - Returns: Their sum, and that of the prior, by which they are still to be divided.
    private func explain(_ k: Int, _ line: Line) -> (total: Float, priors: Float) {
        let row = prior.row(k, of: line.K, count: line.O)
        let cells = line.cells + k * line.step, scores = scores.pointer, table = table.pointer
        let total = prior.withFactors(count: line.O) { rises, falls in
            var total: Float = 0
            for o in 0..<row.turn {
                scores[o] = table[2 * Int(cells[o * line.otherStep])] * (row.near * rises[o])
                total += scores[o]
            }
            for o in row.turn..<line.O {
                scores[o] = table[2 * Int(cells[o * line.otherStep])] * (row.far * falls[o])
                total += scores[o]
            }
            return total
        }
        return (total, row.sum)
    }
}
