import Glibc
package import Kernels
import Randomness
import Taggers

/// Tells the source languages of sentences apart by a low-rank bilinear form, and so learns which of them a sentence is
/// like (Wu et al., ACL 2020, section 3.2).
///
/// `g(x, k) = (U f(x) + b_U) . (V mu_k + b_V)` with trainable language embeddings `mu` `[K, D]`, which begin as the means
/// of the languages' features, and affine maps `U`, `V` of rank `R`. Loss: cross-entropy of `softmax_k g(x, .)`, plus
/// `gamma ||mu^T mu - I_D||_F^2`, computed as `||mu mu^T - I_K||_F^2 + D - K`.
package struct LanguageLearner: Sendable {
    package struct Settings: Sendable {
        package var rank = 64
        package var gamma = 0.01
        package var epochs = 10
        package var batchSentenceCount = 32
        package var learningRate = 1e-4
        package var weightDecay = 1e-5
        package var maximumGradientNorm = 1.0
        package var seed: UInt64 = 1

        package init() {}
    }

    package let languageCount: Int
    package let dimension: Int
    package let rank: Int
    package let gamma: Double
    /// `mu` `[K, D]`, `U` `[R, D]`, `b_U` `[R]`, `V` `[R, D]`, `b_V` `[R]`, one after the other.
    package let parameters: FloatBuffer

    package init(languageCount K: Int, dimension D: Int, rank R: Int, gamma: Double, parameters: FloatBuffer) {
        precondition(parameters.count == Self.parameterCount(K, D, R), "\(parameters.count) parameters")
        (languageCount, dimension, rank, self.gamma, self.parameters) = (K, D, R, gamma, parameters)
    }

    /// Names and shapes of the parameters, in their order.
    static func shapes(_ K: Int, _ D: Int, _ R: Int) -> [(name: String, shape: [Int])] {
        [("mu", [K, D]), ("u", [R, D]), ("u.bias", [R]), ("v", [R, D]), ("v.bias", [R])]
    }

    package static func parameterCount(_ K: Int, _ D: Int, _ R: Int) -> Int {
        shapes(K, D, R).reduce(0) { $0 + $1.shape.reduce(1, *) }
    }

    /// Starts with the languages' means; maps uniform in ±1/sqrt(D), as the original's layers.
    package init(means: [[Float]], settings: Settings) {
        let K = means.count, D = means[0].count, R = settings.rank
        let parameters = FloatBuffer(count: Self.parameterCount(K, D, R))
        for (index, value) in means.joined().enumerated() { parameters[index] = value }
        var random = RandomSource(seed: settings.seed, stream: .similarity, 1 << 32)
        let bound = 1 / Double(D).squareRoot()
        for index in K * D..<parameters.count {
            parameters[index] = Float((2 * random.nextUniform() - 1) * bound)
        }
        self.init(languageCount: K, dimension: D, rank: R, gamma: settings.gamma, parameters: parameters)
    }

    private var mu: Int { 0 }
    private var u: Int { languageCount * dimension }
    private var uBias: Int { u + rank * dimension }
    private var v: Int { uBias + rank }
    private var vBias: Int { v + rank * dimension }

    /// `V mu_k + b_V` of every language, `[K, R]`.
    private func languageSides() -> [Float] {
        (0..<languageCount).flatMap { side(of: parameters.pointer + mu + $0 * dimension, map: v, bias: vBias) }
    }

    private func side(of x: UnsafePointer<Float>, map: Int, bias: Int) -> [Float] {
        var out = [Float](repeating: 0, count: rank), squares = out
        out.withUnsafeMutableBufferPointer { out in
            squares.withUnsafeMutableBufferPointer { squares in
                guard let out = out.baseAddress, let squares = squares.baseAddress else { return }
                Kernel.dotRows(
                    rowCount: rank, columnCount: dimension, x: parameters.pointer + map, xStride: dimension, q: x,
                    dots: out, squares: squares)
                Kernel.add(count: rank, x: parameters.pointer + bias, y: out)
            }
        }
        return out
    }

    /// `g(x, k)` of one feature and every language, `[K]`.
    package func logits(_ feature: UnsafePointer<Float>) -> [Float] {
        Self.products(side(of: feature, map: u, bias: uBias), languageSides(), languageCount)
    }

    private static func products(_ a: [Float], _ sides: [Float], _ K: Int) -> [Float] {
        (0..<K).map { k in (0..<a.count).reduce(Float(0)) { $0 + a[$1] * sides[k * a.count + $1] } }
    }

    static func softmax(_ logits: [Float], scale: Double = 1) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(scale * (Double($0) - largest)) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The loss of a batch, and its gradient added to `gradient`.
    ///
    /// - Parameters:
    ///   - features: `[labels.count, D]`.
    ///   - labels: The language of each sentence.
    package func loss(
        features: UnsafePointer<Float>, labels: ArraySlice<Int>, gradient: FloatBuffer
    ) -> Double {
        let (K, D, R, N) = (languageCount, dimension, rank, labels.count)
        let sides = languageSides()
        var sideGradients = [Float](repeating: 0, count: K * R)
        var loss = 0.0
        for (row, label) in labels.enumerated() {
            let feature = features + row * D
            let a = side(of: feature, map: u, bias: uBias)
            let p = Self.softmax(Self.products(a, sides, K))
            loss -= log(max(p[label], 1e-300)) / Double(N)
            var da = [Float](repeating: 0, count: R)
            for k in 0..<K {
                let dg = Float((p[k] - (k == label ? 1 : 0)) / Double(N))
                for i in 0..<R {
                    da[i] += dg * sides[k * R + i]
                    sideGradients[k * R + i] += dg * a[i]
                }
            }
            for i in 0..<R { Kernel.axpy(count: D, a: da[i], x: feature, y: gradient.pointer + u + i * D) }
            for i in 0..<R { gradient.pointer[uBias + i] += da[i] }
        }
        for k in 0..<K {
            let language = parameters.pointer + mu + k * D
            for i in 0..<R {
                let db = sideGradients[k * R + i]
                Kernel.axpy(count: D, a: db, x: language, y: gradient.pointer + v + i * D)
                Kernel.axpy(count: D, a: db, x: parameters.pointer + v + i * D, y: gradient.pointer + mu + k * D)
                gradient.pointer[vBias + i] += db
            }
        }
        return loss + gamma * addRegularizer(to: gradient)
    }

    /// `||mu^T mu - I_D||_F^2`, and `4 gamma (mu mu^T - I_K) mu` added to the gradient of `mu`.
    private func addRegularizer(to gradient: FloatBuffer) -> Double {
        let (K, D) = (languageCount, dimension)
        var sum = Double(D - K)
        for k in 0..<K {
            for l in 0..<K {
                var product = k == l ? -1.0 : 0.0
                for i in 0..<D {
                    product += Double(parameters.pointer[mu + k * D + i]) * Double(parameters.pointer[mu + l * D + i])
                }
                sum += product * product
                Kernel.axpy(
                    count: D, a: Float(4 * gamma * product), x: parameters.pointer + mu + l * D,
                    y: gradient.pointer + mu + k * D)
            }
        }
        return sum
    }

    /// Learns from samples of every language, and returns the mean loss of each epoch.
    package func train(_ samples: [FeatureSample], settings: Settings) -> [Double] {
        let D = dimension
        var features: [Float] = [], labels: [Int] = []
        for (language, sample) in samples.enumerated() {
            features += sample.features
            labels += Array(repeating: language, count: sample.count)
        }
        let batch = settings.batchSentenceCount, batches = (labels.count + batch - 1) / batch
        let schedule = LearningRateSchedule.linear(
            updateCount: batches * settings.epochs, warmUpFraction: 0, floor: 0)
        let optimizer = AdamW(
            learningRate: settings.learningRate, beta1: 0.9, beta2: 0.999, weightDecay: settings.weightDecay,
            maximumGradientNorm: settings.maximumGradientNorm)
        let (first, second) = (FloatBuffer(count: parameters.count), FloatBuffer(count: parameters.count))
        let gradient = FloatBuffer(count: parameters.count), rows = FloatBuffer(count: batch * D)
        var update = 0
        return (0..<settings.epochs).map { epoch in
            var random = RandomSource(seed: settings.seed, stream: .similarity, 2 << 32, UInt64(epoch))
            let order = random.permutation(labels.count)
            var sum = 0.0
            for start in stride(from: 0, to: order.count, by: batch) {
                let chosen = order[start..<min(order.count, start + batch)]
                for (row, sentence) in chosen.enumerated() {
                    for i in 0..<D { rows.pointer[row * D + i] = features[sentence * D + i] }
                }
                gradient.zero()
                update += 1
                sum += loss(features: rows.pointer, labels: chosen.map { labels[$0] }[...], gradient: gradient)
                let norm = Kernel.sumOfSquares(count: gradient.count, x: gradient.pointer).squareRoot()
                Kernel.adamW(
                    count: parameters.count, weights: parameters.pointer, gradient: gradient.pointer,
                    firstMoment: first.pointer, secondMoment: second.pointer,
                    update: optimizer.step(
                        update: update, scheduleFactor: schedule.factor(atUpdate: update), gradientNorm: norm))
            }
            return sum / Double(max(1, batches))
        }
    }
}
