import Diagnostics
import Glibc

/// Word alignment of one language pair: IBM model 1 with a prior for the diagonal, in both directions.
///
/// Brown et al. 1993, "The mathematics of statistical machine translation" (model 1); the prior exp(-λ |i/I - j/J|) of Dyer,
/// Chahuneau and Smith, "A simple, fast, and effective reparameterization of IBM model 2" (NAACL 2013), with λ fixed. A target
/// token is linked to the source token that explains it best, unless the empty word does, and the reverse; of both
/// together a ``Symmetrization`` makes one alignment.
///
/// `I` source tokens, `J` target tokens of a line.
package struct WordAligner {
    package struct Settings: Sendable, Equatable {
        package var iterations = 5
        /// λ.
        package var tension: Float = 4
        /// Probability of the empty word.
        package var nullProbability: Float = 0.08
        /// Memory of the table of word pairs: 24 bytes each.
        package var maximumSlotCount = 1 << 25

        package init() {}

        /// - Parameter tableBytes: Memory of the table of word pairs; the largest table within it is taken.
        package init(tableBytes: Int) {
            maximumSlotCount = 1 << 12
            while maximumSlotCount < TranslationTable.largestSlotCount,
                maximumSlotCount * 2 * MemoryLayout<TranslationTable.Entry>.stride <= tableBytes
            {
                maximumSlotCount *= 2
            }
        }
    }

    private let settings: Settings
    package let table: TranslationTable
    /// By word: probability that the empty word makes it, and its expected count.
    private var null: [Float]
    private var nullCounts: [Float]
    /// Whether a word is one of the target language.
    private var isTarget: [Bool]
    private var workspace = Workspace()

    /// What one line needs, kept between lines.
    private struct Workspace {
        var slots: [UInt32] = []
        var homes: [Int] = []
        var scores: [Float] = []
        var sourceRise: [Float] = []
        var sourceFall: [Float] = []
        var targetRise: [Float] = []
        var targetFall: [Float] = []
        var bestSource: [Int] = []
        var bestTarget: [Int] = []
    }

    package init(_ settings: Settings, wordCount: Int) {
        self.settings = settings
        table = TranslationTable(maximumSlotCount: settings.maximumSlotCount)
        null = [Float](repeating: 0, count: wordCount)
        nullCounts = null
        isTarget = [Bool](repeating: false, count: wordCount)
    }

    /// Learns from all lines of `corpus`, which is read `iterations + 1` times.
    package mutating func train(_ corpus: EncodedCorpus.Reader, progress: (Double) -> Void) throws {
        let passes = Double(settings.iterations + 1)
        for index in 0..<corpus.blockCount {
            try Interruption.check("interrupted while aligning; run the same command again")
            let lines = try corpus.lines(index)
            for line in 0..<lines.lineCount {
                for source in lines.source[lines.sourceRange(line)] {
                    for target in lines.target[lines.targetRange(line)] {
                        table.insert(TranslationTable.key(source, target))
                    }
                }
            }
            for word in lines.source { null[Int(word)] = 1 }
            for word in lines.target {
                null[Int(word)] = 1
                isTarget[Int(word)] = true
            }
            progress(Double(index) / Double(corpus.blockCount) / passes)
        }
        setUniform()
        for iteration in 0..<settings.iterations {
            for index in 0..<corpus.blockCount {
                try Interruption.check("interrupted while aligning; run the same command again")
                let lines = try corpus.lines(index)
                for line in 0..<lines.lineCount { expect(lines, line) }
                progress((Double(iteration + 1) + Double(index) / Double(corpus.blockCount)) / passes)
            }
            maximize()
        }
    }

    /// Links of all lines of a block that both directions find, as ``EncodedLines/links`` has them; counts them in
    /// ``table``.
    package mutating func link(_ lines: EncodedLines) -> [UInt16] {
        var links = [UInt16](repeating: EncodedLines.noLink, count: lines.target.count)
        for line in 0..<lines.lineCount {
            let sources = lines.sourceRange(line), targets = lines.targetRange(line)
            guard !sources.isEmpty && !targets.isEmpty else { continue }
            prepare(lines, sources, targets)
            findBest(lines, sources, targets)
            for j in 0..<targets.count {
                let i = workspace.bestSource[j]
                guard i >= 0, workspace.bestTarget[i] == j else { continue }
                links[targets.lowerBound + j] = UInt16(i)
                table.entries[Int(workspace.slots[i * targets.count + j])].links += 1
            }
        }
        return links
    }

    /// What each direction says of a line.
    package mutating func directedLinks(_ lines: EncodedLines, line: Int) -> DirectedLinks {
        let sources = lines.sourceRange(line), targets = lines.targetRange(line)
        guard !sources.isEmpty && !targets.isEmpty else {
            return DirectedLinks(
                sourceOfTarget: targets.map { _ in nil }, targetOfSource: sources.map { _ in nil })
        }
        prepare(lines, sources, targets)
        findBest(lines, sources, targets)
        func places(_ best: [Int]) -> [Int?] { best.map { $0 < 0 ? nil : $0 } }
        return DirectedLinks(
            sourceOfTarget: places(workspace.bestSource), targetOfSource: places(workspace.bestTarget))
    }

    private mutating func setUniform() {
        let wordCount = null.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        let uniform = 1 / Float(max(1, wordCount))
        table.seal(probability: uniform)
        for word in null.indices where null[word] > 0 { null[word] = uniform }
    }

    /// Looks up the slots of all pairs of a line, and what the prior is made of.
    private mutating func prepare(_ lines: EncodedLines, _ sources: Range<Int>, _ targets: Range<Int>) {
        let I = sources.count, J = targets.count
        let count = I * J
        if workspace.slots.count < count {
            workspace.slots = [UInt32](repeating: 0, count: count)
            workspace.homes = [Int](repeating: 0, count: count)
            workspace.scores = [Float](repeating: 0, count: count)
        }
        let table = table
        lines.source.withUnsafeBufferPointer { source in
            lines.target.withUnsafeBufferPointer { target in
                workspace.homes.withUnsafeMutableBufferPointer { homes in
                    workspace.slots.withUnsafeMutableBufferPointer { slots in
                        var cell = 0
                        for i in sources {
                            for j in targets {
                                homes[cell] = table.home(TranslationTable.key(source[i], target[j]))
                                cell += 1
                            }
                        }
                        // Independent look-ups: the processor overlaps their cache misses.
                        cell = 0
                        for i in sources {
                            for j in targets {
                                slots[cell] = table.find(
                                    TranslationTable.key(source[i], target[j]), from: homes[cell])
                                cell += 1
                            }
                        }
                    }
                }
            }
        }
        // exp(-λ|x - y|) is a product of one factor per token of either side.
        func exponentials(_ count: Int, _ sign: Float) -> [Float] {
            (0..<count).map { expf(sign * settings.tension * Float($0 + 1) / Float(count)) }
        }
        workspace.sourceRise = exponentials(I, 1)
        workspace.sourceFall = exponentials(I, -1)
        workspace.targetRise = exponentials(J, 1)
        workspace.targetFall = exponentials(J, -1)
    }

    @inline(__always)
    private func prior(_ i: Int, _ I: Int, _ j: Int, _ J: Int) -> Float {
        (i + 1) * J > (j + 1) * I
            ? workspace.sourceFall[i] * workspace.targetRise[j] : workspace.sourceRise[i] * workspace.targetFall[j]
    }

    /// Fills ``Workspace/scores`` with how well each token of the other side explains a token, which is token `k` of the
    /// target for p(target | source), of the source for p(source | target).
    ///
    /// - Returns: The sum of the scores, and that of the prior, by which they are still to be divided.
    private mutating func explain(_ k: Int, _ direction: TranslationTable.Direction, _ I: Int, _ J: Int) -> (
        total: Float, priors: Float
    ) {
        let entries = table.entries
        let isForward = direction == .forward
        var total: Float = 0, priors: Float = 0
        for other in 0..<(isForward ? I : J) {
            let (i, j) = isForward ? (other, k) : (k, other)
            let slot = workspace.slots[i * J + j]
            let p = prior(i, I, j, J)
            priors += p
            let score =
                slot == TranslationTable.noSlot ? 0 : entries[Int(slot)].probabilities[direction.rawValue] * p
            workspace.scores[other] = score
            total += score
        }
        return (total, priors)
    }

    private mutating func expect(_ lines: EncodedLines, _ line: Int) {
        let sources = lines.sourceRange(line), targets = lines.targetRange(line)
        guard !sources.isEmpty && !targets.isEmpty else { return }
        prepare(lines, sources, targets)
        expect(lines.target[targets], .forward, sources.count, targets.count)
        expect(lines.source[sources], .backward, sources.count, targets.count)
    }

    /// - Parameter words: The side that is explained.
    private mutating func expect(
        _ words: ArraySlice<UInt32>, _ direction: TranslationTable.Direction, _ I: Int, _ J: Int
    ) {
        let entries = table.entries
        for (k, word) in words.enumerated() {
            let (total, priors) = explain(k, direction, I, J)
            let share = (1 - settings.nullProbability) / priors
            let nullScore = settings.nullProbability * null[Int(word)]
            let factor = share / (total * share + nullScore)
            guard factor.isFinite else { continue }
            for other in 0..<(direction == .forward ? I : J) {
                let slot = workspace.slots[direction == .forward ? other * J + k : k * J + other]
                if slot != TranslationTable.noSlot {
                    entries[Int(slot)].counts[direction.rawValue] += workspace.scores[other] * factor
                }
            }
            nullCounts[Int(word)] += nullScore / (total * share + nullScore)
        }
    }

    private mutating func maximize() {
        var sums = [[Double]](repeating: [Double](repeating: 0, count: null.count), count: 2)
        for slot in 0..<table.slotCount where table.entries[slot].key != TranslationTable.empty {
            let entry = table.entries[slot]
            for direction in TranslationTable.Direction.allCases {
                sums[direction.rawValue][entry.given(direction)] += Double(entry.counts[direction.rawValue])
            }
        }
        for slot in 0..<table.slotCount where table.entries[slot].key != TranslationTable.empty {
            let entry = table.entries[slot]
            for direction in TranslationTable.Direction.allCases {
                let d = direction.rawValue
                let sum = sums[d][entry.given(direction)]
                table.entries[slot].probabilities[d] = sum > 0 ? Float(Double(entry.counts[d]) / sum) : 0
            }
            table.entries[slot].counts = .zero
        }
        var totals = (source: 0.0, target: 0.0)
        for word in null.indices {
            if isTarget[word] {
                totals.target += Double(nullCounts[word])
            } else {
                totals.source += Double(nullCounts[word])
            }
        }
        for word in null.indices {
            let total = isTarget[word] ? totals.target : totals.source
            null[word] = total > 0 ? Float(Double(nullCounts[word]) / total) : 0
            nullCounts[word] = 0
        }
    }

    /// The source token that explains each target token best, and the reverse; -1 where the empty word is better.
    private mutating func findBest(_ lines: EncodedLines, _ sources: Range<Int>, _ targets: Range<Int>) {
        workspace.bestSource = best(lines.target[targets], .forward, sources.count, targets.count)
        workspace.bestTarget = best(lines.source[sources], .backward, sources.count, targets.count)
    }

    private mutating func best(
        _ words: ArraySlice<UInt32>, _ direction: TranslationTable.Direction, _ I: Int, _ J: Int
    ) -> [Int] {
        var result = [Int](repeating: -1, count: words.count)
        for (k, word) in words.enumerated() {
            let (_, priors) = explain(k, direction, I, J)
            var best: Float = 0
            for other in 0..<(direction == .forward ? I : J) where workspace.scores[other] > best {
                best = workspace.scores[other]
                result[k] = other
            }
            if best * (1 - settings.nullProbability) / priors < settings.nullProbability * null[Int(word)] {
                result[k] = -1
            }
        }
        return result
    }
}
