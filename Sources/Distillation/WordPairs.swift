import Glibc
package import Randomness

/// Pairs of words of a part of an update, as many that have the same label as that have different ones (MTMT: Li et al.,
/// ACL 2022, section 3; its sampler is not public).
///
/// A pair begins alternately with a token that is an entity's, while there are such, and with any. By which labels pairs are balanced is
/// the caller's choice: gold ones of the source, a teacher's on the target.
package struct WordPairs {
    /// Tokens of the part.
    package private(set) var pairs: [(Int, Int)] = []

    /// - Parameters:
    ///   - labels: Of the tokens; 0 is O.
    ///   - count: Pairs that are drawn; none of a single token.
    package init(labels: [Int], labelCount: Int, count: Int, random: inout RandomSource) {
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
package enum WordSimilarity {
    /// The smallest norm that is divided by.
    static let epsilon: Float = 1e-6

    static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

    /// - Parameters:
    ///   - u: `[count]`; so is `v`.
    package static func cosine(_ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, count: Int) -> Float {
        let (dot, uu, vv) = products(u, v, count)
        return dot / max((uu * vv).squareRoot(), epsilon)
    }

    package static func similarity(_ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, count: Int) -> Float {
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

/// What MTMT makes of a pair's teachers: how sure the recognizer is of a word, the evaluator of the pair, and how much the two
/// agree (Li et al., ACL 2022, equations for alpha, beta and gamma).
package enum PairWeights {
    /// `(max_k q_k)^2`
    package static func alpha(_ q: UnsafePointer<Float>, labelCount K: Int) -> Float {
        var largest = q[0]
        for k in 1..<K { largest = max(largest, q[k]) }
        return largest * largest
    }

    /// `min(1, (2 y - 1)^2 + 0.5)`: from 0.5 to 0.714, as y is from 0.269 to 0.731.
    package static func beta(_ y: Float) -> Float { min(1, (2 * y - 1) * (2 * y - 1) + 0.5) }

    /// `1 - |sigmoid(cos(q_1, q_2)) - y|`: from 0.538 to 1.
    package static func gamma(_ q1: UnsafePointer<Float>, _ q2: UnsafePointer<Float>, labelCount K: Int, _ y: Float)
        -> Float
    {
        1 - abs(WordSimilarity.similarity(q1, q2, count: K) - y)
    }
}
