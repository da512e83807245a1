import Glibc
import Kernels

/// Finds how much each of several teachers should say from words whose labels are known: the weights of their mean under which these
/// labels are most probable, `argmax_w sum_n log sum_k w_k q_k(y_n)`.
///
/// The mean is a linear opinion pool (Stone 1961); its weights are those of a mixture with known parts, which EM finds (Dempster, Laird
/// and Rubin 1977, section 4.3). The likelihood is concave in the weights, so there is one best answer. A word of which all teachers
/// think alike moves nothing.
package struct MixtureFit: Sendable {
    /// Words that are kept at most: `4 * teachers` bytes each.
    package static let maximumWordCount = 1 << 20
    private static let maximumRoundCount = 5000
    /// The sum of the changes of the weights in a round below which nothing happens any more.
    private static let tolerance = 1e-7
    /// What a teacher that finds a label impossible is taken to give it.
    private static let least: Float = 1e-4

    private let teacherCount: Int
    /// `[N, teachers]`
    private var likelihoods: [Float] = []
    /// Words that were offered.
    package private(set) var offeredCount = 0

    package init(teacherCount: Int) { self.teacherCount = teacherCount }

    /// Words that are looked at.
    package var wordCount: Int { likelihoods.count / teacherCount }

    /// The probability that a teacher gives to the label that is right, `[N]`.
    ///
    /// - Parameters:
    ///   - places: Of its labels among those that `right` counts.
    ///   - right: `[N]`
    package static func given(_ scores: TeacherScores, places: [Int], right: [UInt8]) -> [Float] {
        let K = places.count
        var own = places
        for (label, place) in places.enumerated() { own[place] = label }
        return right.indices.map { scores.probabilities[$0 * K + own[Int(right[$0])]] }
    }

    /// - Parameter given: `[teachers][N]`, the probability that each gave to the label that is right.
    package mutating func add(_ given: [[Float]]) {
        precondition(given.count == teacherCount, "\(given.count) teachers instead of \(teacherCount)")
        for word in given[0].indices {
            offeredCount += 1
            guard wordCount < Self.maximumWordCount else { continue }
            for teacher in given { likelihoods.append(max(teacher[word], Self.least)) }
        }
    }

    /// `[teachers]`, sums to 1; all the same without words.
    package func weights() -> [Double] {
        let K = teacherCount
        var weights = [Double](repeating: 1 / Double(K), count: K)
        guard wordCount > 0 else { return weights }
        for _ in 0..<Self.maximumRoundCount {
            let next = round(weights)
            let change = zip(next, weights).reduce(0) { $0 + abs($1.0 - $1.1) }
            weights = next
            if change < Self.tolerance { break }
        }
        return weights
    }

    /// One step of EM: the mean share that each teacher has in the probability of the labels.
    private func round(_ weights: [Double]) -> [Double] {
        let K = teacherCount
        var shares = [Double](repeating: 0, count: K)
        likelihoods.withUnsafeBufferPointer { given in
            for start in stride(from: 0, to: given.count, by: K) {
                var sum = 0.0
                for teacher in 0..<K { sum += weights[teacher] * Double(given[start + teacher]) }
                for teacher in 0..<K { shares[teacher] += weights[teacher] * Double(given[start + teacher]) / sum }
            }
        }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }

    /// The mean log-likelihood of the labels, in nats a word.
    package func logLikelihood(_ weights: [Double]) -> Double {
        let K = teacherCount
        var sum = 0.0
        for start in stride(from: 0, to: likelihoods.count, by: K) {
            sum += log((0..<K).reduce(0) { $0 + weights[$1] * Double(likelihoods[start + $1]) })
        }
        return sum / Double(max(1, wordCount))
    }
}
