import Kernels
import Randomness

/// F1 of many systems on the same drawn test files, so that any of them are compared without drawing again.
///
/// Every comparison draws the same sentences, since the draws depend on the seed and the number of sentences alone. So
/// the counts of all systems are summed at once: how often each sentence was drawn, `[replicates, sentences]`, times
/// the counts, `[sentences, 1 + 2 systems]`. Sums are whole numbers below 2^24 in 32-bit floats, and so exact: the
/// results are those of ``PairedBootstrap/compareSeeds(_:_:)``, bit for bit.
package struct DrawnScores: Sendable {
    private let test: PairedBootstrap
    private let sentenceCount: Int
    /// Of each system, on all sentences.
    private let observed: [Double]
    /// Of each system, replicate by replicate: `[systems, replicates]`.
    private let drawn: [Double]

    /// Replicates whose sums are taken together.
    private static let blockCount = 64
    /// Whole numbers up to here are exact in a float.
    private static let largestExactSum = 1 << 24

    /// - Parameter systems: Counts of each sentence, the same sentences for all.
    /// - Throws: ``EvaluationError`` when they were not all scored on the same sentences.
    /// - Precondition: There is at least one system.
    package init(_ systems: [[PhraseCounts]], test: PairedBootstrap) throws(EvaluationError) {
        precondition(!systems.isEmpty, "no system to compare")
        for counts in systems { _ = try PairedCounts.difference(systems[0], counts) }
        self.test = test
        sentenceCount = systems[0].count
        observed = systems.map(\.sum.f1)
        let largest = systems.joined().reduce(0) { max($0, $1.gold, $1.predicted) }
        let (bound, overflow) = largest.multipliedReportingOverflow(by: max(sentenceCount, 1))
        drawn =
            !overflow && bound < Self.largestExactSum
            ? Self.multiplied(systems, test) : Self.added(systems, test)
    }

    /// Compares some systems with as many others, one of each seed, in the same order.
    ///
    /// - Parameters:
    ///   - systems: Their numbers.
    ///   - base: Of what they are compared with.
    /// - Precondition: There is at least one, and as many on both sides.
    package func comparison(of systems: [Int], with base: [Int]) -> SeedComparison {
        precondition(!systems.isEmpty && systems.count == base.count, "\(systems.count) and \(base.count) seeds")
        let difference = zip(systems, base).reduce(0.0) { $0 + (observed[$1.0] - observed[$1.1]) }
        let resampled = drawn.withUnsafeBufferPointer { drawn in
            test.summary(observed: difference / Double(systems.count), seedCount: systems.count) {
                replicate, differences in
                for number in systems.indices {
                    differences[number] =
                        drawn[systems[number] * test.replicates + replicate]
                        - drawn[base[number] * test.replicates + replicate]
                }
            }
        }
        return SeedComparison(
            base: base.map { observed[$0] }, system: systems.map { observed[$0] }, sentenceCount: sentenceCount,
            resampled: resampled)
    }

    /// The scores by a product of matrices.
    private static func multiplied(_ systems: [[PhraseCounts]], _ test: PairedBootstrap) -> [Double] {
        let width = 1 + 2 * systems.count
        // Sentences in which nobody found anything, and nothing was to be found, add nothing.
        let counted = systems[0].indices.filter { sentence in systems.contains { $0[sentence] != PhraseCounts() } }
        var place = [Int](repeating: -1, count: systems[0].count)
        let counts = FloatBuffer(count: counted.count * width)
        for (row, sentence) in counted.enumerated() {
            place[sentence] = row
            counts.pointer[row * width] = Float(systems[0][sentence].gold)
            for (number, system) in systems.enumerated() {
                counts.pointer[row * width + 1 + 2 * number] = Float(system[sentence].correct)
                counts.pointer[row * width + 2 + 2 * number] = Float(system[sentence].predicted)
            }
        }
        let packed = PackedMatrix(rowCount: counted.count, columnCount: width)
        packed.pack(counts.pointer, rowStride: width, columnStride: 1)
        let times = FloatBuffer(count: blockCount * counted.count), sums = FloatBuffer(count: blockCount * width)
        var generator = SplitMix64(seed: test.seed)
        var scores = [Double](repeating: 0, count: systems.count * test.replicates)
        for start in stride(from: 0, to: test.replicates, by: blockCount) {
            let rows = min(blockCount, test.replicates - start)
            times.zero()
            place.withUnsafeBufferPointer { place in
                for row in 0..<rows {
                    let line = times.pointer + row * counted.count
                    for _ in 0..<place.count {
                        let sentence = place[generator.index(below: place.count)]
                        if sentence >= 0 { line[sentence] += 1 }
                    }
                }
            }
            Kernel.multiply(
                rowCount: rows, a: times.pointer, aRowStride: counted.count, b: packed, c: sums.pointer, cStride: width)
            for row in 0..<rows {
                let line = sums.pointer + row * width
                for number in systems.indices {
                    scores[number * test.replicates + start + row] =
                        PhraseCounts(
                            correct: Int(line[1 + 2 * number]), predicted: Int(line[2 + 2 * number]), gold: Int(line[0])
                        ).f1
                }
            }
        }
        return scores
    }

    /// The same by its definition, for counts whose sums are too large for a float.
    static func added(_ systems: [[PhraseCounts]], _ test: PairedBootstrap) -> [Double] {
        var generator = SplitMix64(seed: test.seed)
        var scores = [Double](repeating: 0, count: systems.count * test.replicates)
        for replicate in 0..<test.replicates {
            let sentences = systems[0].indices.map { _ in generator.index(below: systems[0].count) }
            for (number, system) in systems.enumerated() {
                scores[number * test.replicates + replicate] = sentences.lazy.map { system[$0] }.sum.f1
            }
        }
        return scores
    }
}
