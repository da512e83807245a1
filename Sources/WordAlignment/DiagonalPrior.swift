import Glibc

/// The prior exp(-λ |x - y|) of two tokens at `x` and `y`, places from 1 to the length of their side, divided by it.
///
/// It is a product of a factor for either token, which depends on place and length alone: of λ, there is one table for all lines.
struct DiagonalPrior {
    /// λ.
    let tension: Float
    /// Lengths that have tables.
    private var longest = 0
    /// For each length `L` from 1 on, `[L]`: exp(λ x) and exp(-λ x).
    private var rises: [Float] = []
    private var falls: [Float] = []
    /// For each length, `[L + 1]`: the sum of the rises before a place, and of the falls from it on.
    private var riseSums: [Float] = []
    private var fallSums: [Float] = []

    init(tension: Float) { self.tension = tension }

    /// Makes the tables up to a length.
    mutating func reach(_ length: Int) {
        while longest < length {
            longest += 1
            let places = (1...longest).map { tension * Float($0) / Float(longest) }
            let rise = places.map { expf($0) }, fall = places.map { expf(-$0) }
            rises += rise
            falls += fall
            riseSums += rise.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
            fallSums += fall.reversed().reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }.reversed()
        }
    }

    /// What `body` does with factors for a token on one side and those of the other side.
    struct Row {
        /// Tokens of the other side before `turn` have `near * rises`, those from it on `far * falls`.
        let turn: Int
        let near, far: Float
        /// Sum over the other side.
        let sum: Float
    }

    /// - Parameters:
    ///   - k: Token of a side of `K` tokens.
    ///   - count: Tokens of the other side. Both lengths must have been reached.
    func row(_ k: Int, of K: Int, count: Int) -> Row {
        let own = Self.start(K) + k, sums = Self.sumStart(count)
        let turn = (k + 1) * count / K
        let (near, far) = (falls[own], rises[own])
        return Row(
            turn: turn, near: near, far: far,
            sum: near * riseSums[sums + turn] + far * fallSums[sums + turn])
    }

    /// Lends the rises and falls of the tokens of a side.
    func withFactors<Result>(
        count: Int, _ body: (_ rises: UnsafePointer<Float>, _ falls: UnsafePointer<Float>) -> Result
    ) -> Result {
        precondition((1...longest).contains(count), "no prior for \(count) tokens")
        return rises.withUnsafeBufferPointer { rises in
            falls.withUnsafeBufferPointer { falls in
                guard let rises = rises.baseAddress, let falls = falls.baseAddress else {
                    preconditionFailure("an empty prior")
                }
                return body(rises + Self.start(count), falls + Self.start(count))
            }
        }
    }

    private static func start(_ length: Int) -> Int { length * (length - 1) / 2 }
    private static func sumStart(_ length: Int) -> Int { (length - 1) * (length + 2) / 2 }
}
