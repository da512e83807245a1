import Glibc
import Kernels
import Randomness

/// Pairs of words of a part of an update, as many that have the same label as that have different ones (MTMT: Li et al.,
/// ACL 2022, section 3; its sampler is not public).
///
/// A pair begins alternately with a token that is an entity's, while there are such, and with any. By which labels pairs are balanced is
/// the caller's choice: gold ones of the source, a teacher's on the target.
struct WordPairs {
    /// Tokens of the part.
    private(set) var pairs: [(Int, Int)] = []

    /// - Parameters:
    ///   - labels: Of the tokens; 0 is O.
    ///   - count: Pairs that are drawn; none of a single token.
    init(labels: [Int], labelCount: Int, count: Int, random: inout RandomSource) {
        var groups = [[Int]](repeating: [], count: labelCount)
        for (token, label) in labels.enumerated() { groups[label].append(token) }
        let entities = groups.dropFirst().flatMap { $0 }
        guard labels.count > 1 else { return }
        pairs.reserveCapacity(count)
        let paired = labels.indices.filter { groups[labels[$0]].count > 1 }
        let pairedEntities = entities.filter { groups[labels[$0]].count > 1 }
        let isMixed = groups[labels[0]].count < labels.count
        for number in 0..<count {
            // The same label where there is no other, another where none has a partner.
            let isSame = !isMixed || number & 1 == 0 && !paired.isEmpty
            let some = isSame ? pairedEntities : entities
            let first =
                number & 2 == 0 && !some.isEmpty
                ? some[random.below(some.count)]
                : isSame ? paired[random.below(paired.count)] : random.below(labels.count)
            if isSame {
                let group = groups[labels[first]]
                // Any of the group but the token itself.
                let second = group[random.below(group.count - 1)]
                pairs.append((first, second == first ? group[group.count - 1] : second))
            } else {
                var second = random.below(labels.count)
                while labels[second] == labels[first] { second = random.below(labels.count) }
                pairs.append((first, second))
            }
        }
    }
}

/// How alike two words are to a network: `sigmoid(cos(u, v))` of their states, from 0.269 to 0.731 (MTMT).
enum WordSimilarity {
    /// The smallest norm that is divided by.
    static let epsilon: Float = 1e-6

    static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

    /// - Parameters:
    ///   - u: `[count]`; so is `v`.
    static func cosine(_ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, count: Int) -> Float {
        let (dot, uu, vv) = products(u, v, count)
        return dot / max((uu * vv).squareRoot(), epsilon)
    }

    static func similarity(_ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, count: Int) -> Float {
        sigmoid(cosine(u, v, count: count))
    }

    private static func products(_ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ count: Int) -> (
        Float, Float, Float
    ) {
        var dot: Float = 0, uu: Float = 0, vv: Float = 0
        for i in 0..<count {
            dot += u[i] * v[i]
            uu += u[i] * u[i]
            vv += v[i] * v[i]
        }
        return (dot, uu, vv)
    }

    /// `weight` times the binary cross-entropy between the pair's similarity and `target`, with its gradient added to
    /// `du` and `dv`.
    static func addLoss(
        _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, count: Int, target: Float, weight: Float,
        du: UnsafeMutablePointer<Float>, dv: UnsafeMutablePointer<Float>
    ) -> Double {
        let (dot, uu, vv) = products(u, v, count)
        let norm = max((uu * vv).squareRoot(), epsilon), cosine = dot / norm
        let s = sigmoid(cosine)
        // d BCE / d cos = s - target; d cos / du = v / (|u| |v|) - cos u / |u|^2
        let slope = weight * (s - target)
        let (a, b, c) = (slope / norm, slope * cosine / max(uu, epsilon), slope * cosine / max(vv, epsilon))
        for i in 0..<count {
            du[i] += a * v[i] - b * u[i]
            dv[i] += a * u[i] - c * v[i]
        }
        return -Double(weight) * Double(target * logf(s) + (1 - target) * logf(1 - s))
    }
}

extension ObjectiveSlice {
    /// As many pairs of the slice's words as it has tokens, the labels they were balanced by, and what each counts in the
    /// mean over the update's pairs.
    func drawPairs() -> (pairs: [(Int, Int)], labels: [Int], share: Float) {
        let K = network.labelCount
        let labels = tokenRows.indices.map { Kernel.indexOfLargest(count: K, x: targets + $0 * K) }
        var random = moment.random(.pairs)
        let drawn = WordPairs(labels: labels, labelCount: K, count: labels.count, random: &random)
        return (drawn.pairs, labels, 1 / Float(moment.tokenCount))
    }

    /// What a pair counts by what its tokens count: their geometric mean.
    func weight(ofPair pair: (Int, Int)) -> Float {
        weights.weights.isEmpty ? 1 : (weights.weights[pair.0] * weights.weights[pair.1]).squareRoot()
    }

    /// The loss of a pair's similarity, with its gradient added to that of the states.
    func addSimilarityLoss(ofPair pair: (Int, Int), target: Float, weight: Float) -> Double {
        guard let states = network.states else { preconditionFailure("no states were asked for") }
        let (u, v) = (Int(tokenRows[pair.0]), Int(tokenRows[pair.1]))
        return WordSimilarity.addLoss(
            states.rows.from(row: u).pointer, states.rows.from(row: v).pointer, count: states.width, target: target,
            weight: weight, du: states.gradient.from(row: u).pointer, dv: states.gradient.from(row: v).pointer)
    }
}
