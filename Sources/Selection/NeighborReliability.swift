package import Corpora
import Glibc
import Kernels
import Taggers
package import Teachers

/// Tokens count by how many of their nearest neighbours have their type: CoLaDa's reliability (Ma et al., ACL 2023, section 3.3).
///
/// `c` of the K nearest tokens by the cosine of a tagger's states, itself the first of them, have the type of the token (the
/// teacher's most probable label, B- and I- as one, O one of the types); `r = c / max c` of the type;
/// `w = sigmoid(6 (r - mean r of the type))`, divided by its largest value in the type. The paper looks among all words with K = 500; here among a sample of them, with a K that is the same
/// share, so that memory does not grow with the text; a token counts itself whether it is in the sample or not. Types are those of the scores as they come, before any smoothing.
package final class NeighborReliability: SurveyingRule, @unchecked Sendable {
    // `@unchecked Sendable`: written by the survey, one batch at a time, and read afterwards.
    package struct Settings: Sendable {
        package var sampleCount = 4096
        /// Neighbours among all tokens.
        package var neighborCount = 500
        package var seed: UInt64 = 1

        package init() {}
    }

    private let encoder: any WordEncoder
    private let types: [Int]
    private let settings: Settings
    /// `[count, H + 1]`: unit states and, in the last column, the type.
    private var sample: FeatureSample
    /// `[count, H]`, and the same packed for the products.
    private var anchorStates = FloatBuffer(count: 0)
    private var anchors = PackedMatrix(rowCount: 1, columnCount: 1)
    private var anchorTypes: [Int] = []
    private var neighborCount = 0
    /// By type.
    private var largestCount: [Float] = []
    private var meanShare: [Float] = []
    private var largestWeight: [Float] = []

    /// Bytes of the sample, its states, and these packed.
    package static func memoryByteCount(stateWidth: Int) -> Int {
        3 * Settings().sampleCount * (stateWidth + 1) * MemoryLayout<Float>.stride
    }

    /// - Parameter labels: Of the stream.
    package init(encoder: any WordEncoder, labels: [String], settings: Settings) {
        (self.encoder, self.settings) = (encoder, settings)
        types = Self.types(of: labels)
        sample = FeatureSample(
            dimension: encoder.stateWidth + 1, limit: settings.sampleCount, seed: settings.seed, number: 2 << 40)
    }

    package var identity: String {
        "weight reliability, states of \(encoder.digest), seed \(settings.seed), "
            + "\(settings.neighborCount) neighbours, sample \(settings.sampleCount)"
    }

    /// The type of each label: 0 for O, then in the order of their first label.
    static func types(of labels: [String]) -> [Int] {
        var names: [String] = ["O"]
        return labels.map { label in
            let name = label == "O" ? "O" : String(label.dropFirst(2))
            if let known = names.firstIndex(of: name) { return known }
            names.append(name)
            return names.count - 1
        }
    }

    package func survey(_ batch: SentenceBatch) {
        let scores = batch.requiredScores, H = encoder.stateWidth
        var states = [Float](repeating: 0, count: H + 1)
        encoder.forEachSentence(of: batch) { sentence in
            for token in 0..<sentence.tokens.count {
                Self.copyUnit(sentence.states.from(row: token).pointer, into: &states, count: H)
                states[H] = Float(types[scores.label(ofToken: sentence.tokens.lowerBound + token)])
                sample.offer(states[...])
            }
        }
    }

    private static func copyUnit(_ state: UnsafePointer<Float>, into row: inout [Float], count: Int) {
        let norm = Float(Kernel.sumOfSquares(count: count, x: state).squareRoot())
        // A model of extreme weights has states that are no numbers; they are like nothing.
        guard norm.isFinite else { return row.replaceSubrange(0..<count, with: repeatElement(0, count: count)) }
        for i in 0..<count { row[i] = state[i] / max(norm, 1e-12) }
    }

    package func finishSurvey() {
        let H = encoder.stateWidth, count = sample.count
        guard count > 1 else { return }
        anchorStates = FloatBuffer(count: count * H)
        for row in 0..<count {
            for i in 0..<H { anchorStates[row * H + i] = sample.features[row * (H + 1) + i] }
            anchorTypes.append(Int(sample.features[row * (H + 1) + H]))
        }
        anchors = PackedMatrix(rowCount: H, columnCount: count)
        anchors.pack(anchorStates.pointer, rowStride: 1, columnStride: H)
        let share = Double(settings.neighborCount) / Double(max(1, sample.offered))
        neighborCount = min(count, max(5, Int((share * Double(count)).rounded())))
        let typeCount = (types.max() ?? 0) + 1
        let counts = sameTypeCounts(anchorStates.pointer, rowCount: count, types: anchorTypes)
        largestCount = [Float](repeating: 1, count: typeCount)
        meanShare = [Float](repeating: 0, count: typeCount)
        largestWeight = [Float](repeating: 0, count: typeCount)
        var totals = [Float](repeating: 0, count: typeCount)
        for (type, c) in zip(anchorTypes, counts) { largestCount[type] = max(largestCount[type], c) }
        for (type, c) in zip(anchorTypes, counts) {
            meanShare[type] += c / largestCount[type]
            totals[type] += 1
        }
        for type in 0..<typeCount { meanShare[type] /= max(1, totals[type]) }
        for (type, c) in zip(anchorTypes, counts) {
            largestWeight[type] = max(largestWeight[type], rawWeight(c, type))
        }
    }

    private func rawWeight(_ count: Float, _ type: Int) -> Float {
        1 / (1 + expf(-6 * (count / largestCount[type] - meanShare[type])))
    }

    package func apply(to batch: inout SentenceBatch) {
        let scores = batch.requiredScores, H = encoder.stateWidth
        guard neighborCount > 0 else { return }
        let states = FloatBuffer(count: batch.tokenCount * H)
        var row = [Float](repeating: 0, count: H)
        encoder.forEachSentence(of: batch) { sentence in
            for token in 0..<sentence.tokens.count {
                Self.copyUnit(sentence.states.from(row: token).pointer, into: &row, count: H)
                (states.pointer + (sentence.tokens.lowerBound + token) * H).update(from: row, count: H)
            }
        }
        let tokenTypes = (0..<batch.tokenCount).map { types[scores.label(ofToken: $0)] }
        let counts = sameTypeCounts(states.pointer, rowCount: batch.tokenCount, types: tokenTypes)
        batch.weigh { token in
            let type = tokenTypes[token]
            guard largestWeight[type] > 0 else { return 1 }  // a type that the sample does not have
            return min(1, rawWeight(min(counts[token], largestCount[type]), type) / largestWeight[type])
        }
    }

    /// How many of its K nearest have the type of each row: itself, and of the anchors, without the one that it is, the
    /// nearest K - 1.
    private func sameTypeCounts(
        _ states: UnsafePointer<Float>, rowCount: Int, types rowTypes: [Int]
    ) -> [Float] {
        let H = encoder.stateWidth, count = anchorTypes.count, block = 64, others = neighborCount - 1
        let stride = RowsPointer.stride(forWidth: count)
        let cosines = FloatBuffer(count: block * stride)
        var result: [Float] = []
        result.reserveCapacity(rowCount)
        for start in Swift.stride(from: 0, to: rowCount, by: block) {
            let rows = min(block, rowCount - start)
            Kernel.multiply(
                rowCount: rows, a: states + start * H, aRowStride: H, b: anchors, c: cosines.pointer, cStride: stride)
            for row in 0..<rows {
                let values = cosines.pointer + row * stride
                if let own = ownAnchor(states + (start + row) * H, cosines: values) { values[own] = -2 }
                let threshold = Self.largest(others, of: UnsafeBufferPointer(start: values, count: count))
                var same = 1, above = 0
                for anchor in 0..<count where values[anchor] > threshold {
                    above += 1
                    if anchorTypes[anchor] == rowTypes[start + row] { same += 1 }
                }
                // Of those at the threshold itself, the first that make the number full.
                for anchor in 0..<count where values[anchor] == threshold && above < others {
                    above += 1
                    if anchorTypes[anchor] == rowTypes[start + row] { same += 1 }
                }
                result.append(Float(same))
            }
        }
        return result
    }

    /// The anchor that a state is: the first that is equal to it.
    private func ownAnchor(_ state: UnsafePointer<Float>, cosines: UnsafePointer<Float>) -> Int? {
        let H = encoder.stateWidth
        return (0..<anchorTypes.count).first {
            cosines[$0] > 0.999 && memcmp(state, anchorStates.pointer + $0 * H, H * MemoryLayout<Float>.stride) == 0
        }
    }

    /// The `count`-th largest value: cosines, found by their histogram and then among those of one of its bins.
    static func largest(_ count: Int, of values: UnsafeBufferPointer<Float>) -> Float {
        let binCount = 256
        func bin(_ value: Float) -> Int { min(binCount - 1, max(0, Int((value + 1) * Float(binCount / 2)))) }
        var bins = [Int](repeating: 0, count: binCount)
        for value in values { bins[bin(value)] += 1 }
        var above = 0, place = binCount - 1
        while place > 0, above + bins[place] < count {
            above += bins[place]
            place -= 1
        }
        let candidates = values.filter { bin($0) == place }.sorted(by: >)
        return candidates[min(candidates.count, count - above) - 1]
    }
}

extension RuleKind {
    static let reliability = RuleKind(
        "reliability", "how many of the nearest words have the same type", needs: [.states, .survey],
        memoryByteCount: NeighborReliability.memoryByteCount
    ) { inputs in
        var settings = NeighborReliability.Settings()
        settings.seed = inputs.seed
        return NeighborReliability(encoder: inputs.requiredEncoder, labels: inputs.labels, settings: settings)
    }
}
