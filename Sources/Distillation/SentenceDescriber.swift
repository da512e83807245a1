import Glibc
package import Kernels
import Randomness

/// Tells a policy what is known of a sentence (RIKD's state; a reconstruction).
package struct SentenceDescriber: Sendable {
    let labelCount: Int
    let taggerWidth: Int
    /// `[taggerWidth, projectionWidth]`: a fixed random projection of the entities' states.
    private let projection: [Float]
    private static let projectionWidth = 32

    package init(labelCount: Int, taggerWidth: Int, seed: UInt64) {
        self.labelCount = labelCount
        self.taggerWidth = taggerWidth
        var random = RandomSource(seed: seed, stream: .selection, 2)
        let scale = 1 / Double(taggerWidth).squareRoot()
        projection = (0..<taggerWidth * Self.projectionWidth).map { _ in Float(random.nextNormal() * scale) }
    }

    /// Numbers that describe a sentence.
    package var stateWidth: Int { 6 + labelCount + Self.projectionWidth }

    /// What the policy is asked about a sentence.
    package struct Sentence {
        /// `[n, K]` each: the teacher's and the student's distributions.
        package var teacher: UnsafePointer<Float>
        package var student: UnsafePointer<Float>
        /// `[n, H]` in rows: the student's states.
        package var states: RowsPointer
        package var tokenCount: Int
    }

    /// What is known of a sentence: share of predicted entities, inference loss, weakest token, entropy, disagreement of
    /// teacher and student, length, histogram of labels, and where its entities lie.
    package func describe(_ sentence: Sentence) -> [Float] {
        let K = labelCount, n = sentence.tokenCount
        var s = [Float](repeating: 0, count: stateWidth)
        var entities = 0, weakest: Float = 1
        var mean = [Float](repeating: 0, count: taggerWidth)
        for token in 0..<n {
            let q = sentence.teacher + token * K, p = sentence.student + token * K
            let label = Kernel.indexOfLargest(count: K, x: q)
            if label > 0 {
                entities += 1
                Kernel.add(count: taggerWidth, x: sentence.states.from(row: token).pointer, y: &mean)
            }
            weakest = min(weakest, q[label])
            s[1] -= logf(max(q[label], 1e-30))
            for k in 0..<K {
                if q[k] > 0 { s[3] -= q[k] * logf(q[k]) }
                s[4] += (q[k] - p[k]) * (q[k] - p[k])
                s[6 + k] += q[k]
            }
        }
        let share = 1 / Float(max(1, n))
        s[0] = Float(entities) * share
        s[1] *= share
        s[2] = weakest
        s[3] *= share / logf(Float(max(2, K)))
        s[4] *= share
        s[5] = logf(1 + Float(n))
        for k in 0..<K { s[6 + k] *= share }
        if entities > 0 {
            for i in 0..<taggerWidth {
                for j in 0..<Self.projectionWidth {
                    s[6 + K + j] += mean[i] / Float(entities) * projection[i * Self.projectionWidth + j]
                }
            }
        }
        return s
    }
}
