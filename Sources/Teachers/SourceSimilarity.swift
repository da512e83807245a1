import Diagnostics
import Glibc
import Kernels
package import Shards
import Taggers

/// How much each source has to say to sentences of the target (Wu et al., ACL 2020, section 3.2).
///
/// `Z_nk`: the similarity of target sentence n and source k. `tau = 1 / Var(Z)`, unbiased, over all of `Z`. Of a sentence:
/// `A_n = softmax_k(tau Z_n)`; of the target as a whole: `alpha`, the mean of `A`.
package struct SourceSimilarity: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// The logits of a ``LanguageLearner``.
        case learned
        /// Cosine, and negative distances, to the mean feature of the source: nothing is learnt.
        case cosine, l1, l2
    }

    package let kind: Kind
    /// Names of the sources, in the order of the teachers.
    package let sources: [String]
    /// Digest of the vector table that features are made of.
    package let tableDigest: String
    /// Digest of the tagger whose states features are made of; nil when they are made of vectors.
    package let modelDigest: String?
    package private(set) var tau = 1.0
    /// `[K]`: sums to 1.
    package private(set) var weights: [Double]
    private let learner: LanguageLearner
    /// Numbers of a sentence's feature.
    package var dimension: Int { learner.dimension }

    /// - Parameter learner: Its language embeddings are the means that the other kinds compare with.
    package init(
        kind: Kind, sources: [String], tableDigest: String, modelDigest: String? = nil, learner: LanguageLearner
    ) {
        (self.kind, self.sources, self.tableDigest, self.learner) = (kind, sources, tableDigest, learner)
        self.modelDigest = modelDigest
        weights = Array(repeating: 1 / Double(sources.count), count: sources.count)
    }

    /// Of a distribution, in nats; at most log K, when all weigh the same.
    package static func entropy(_ weights: [Double]) -> Double {
        -weights.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
    }

    /// `Z_n`, `[K]`.
    package func similarities(_ feature: UnsafePointer<Float>) -> [Float] {
        let D = learner.dimension
        if kind == .learned { return learner.logits(feature) }
        return sources.indices.map { k in
            let mean = learner.parameters.pointer + k * D
            var dot = 0.0, xx = 0.0, mm = 0.0, l1 = 0.0, l2 = 0.0
            for i in 0..<D {
                let (x, m) = (Double(feature[i]), Double(mean[i]))
                dot += x * m
                xx += x * x
                mm += m * m
                l1 += abs(x - m)
                l2 += (x - m) * (x - m)
            }
            return switch kind {
            case .cosine: xx > 0 && mm > 0 ? Float(dot / (xx * mm).squareRoot()) : 0
            case .l1: Float(-l1)
            case .l2, .learned: Float(-l2.squareRoot())
            }
        }
    }

    /// `A_n`, `[K]`.
    package func weights(ofSentence feature: UnsafePointer<Float>) -> [Double] {
        LanguageLearner.softmax(similarities(feature), scale: tau)
    }

    /// Finds `tau` and `alpha` from features of the target, `[N, D]`.
    package mutating func fit(_ target: FeatureSample) throws {
        let K = sources.count, N = target.count
        let Z = target.features.withUnsafeBufferPointer { features in
            (0..<N).map { similarities(UnsafePointer(features.baseAddress! + $0 * target.dimension)) }
        }
        let mean = Z.joined().reduce(0) { $0 + Double($1) } / Double(max(1, N * K))
        let squares = Z.joined().reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let variance = squares / Double(max(1, N * K - 1))
        // With one source, or when all are equally similar, every temperature gives the same.
        tau = variance > 0 ? 1 / variance : 1
        guard variance.isFinite else {
            throw Failure.learnerFailed()
        }
        guard tau.isFinite else {
            throw Failure.equallySimilar()
        }
        var sums = [Double](repeating: 0, count: K)
        for z in Z { for (k, a) in LanguageLearner.softmax(z, scale: tau).enumerated() { sums[k] += a } }
        weights = sums.map { min(1, $0 / Double(max(1, N))) }
    }

    // MARK: The file

    /// Products of three of these, summed, stay far from overflow.
    private static let largestParameter: Float = 1e6
    private static let format = "nerpipe source similarity 1"

    /// A safetensors file: the learner's tensors, the rest as metadata.
    package func write(to path: String, _ rule: OutputRule = OutputRule()) throws {
        var offset = 0
        let tensors = LanguageLearner.shapes(learner.languageCount, learner.dimension, learner.rank).map {
            name, shape in
            let count = shape.reduce(1, *)
            defer { offset += count }
            return Safetensors.Tensor(
                name: name, shape: shape, values: (offset..<offset + count).map { learner.parameters[$0] })
        }
        var metadata = [
            "format": Self.format, "kind": kind.rawValue, "sources": sources.joined(separator: "\t"),
            "table": tableDigest, "tau": "\(tau)", "gamma": "\(learner.gamma)",
            "weights": weights.map { "\($0)" }.joined(separator: "\t"),
        ]
        if let modelDigest { metadata["model"] = modelDigest }
        try AtomicFile.write(Safetensors.encode(tensors, metadata: metadata), to: path, rule)
    }

    package init(path: String) throws {
        let content = try Safetensors.decode(Directory.contents(of: path), path: path)
        let metadata = content.metadata
        guard metadata["format"] == Self.format, let kind = metadata["kind"].flatMap(Kind.init),
            let sources = metadata["sources"]?.split(separator: "\t").map(String.init), let table = metadata["table"],
            let tau = metadata["tau"].flatMap(Double.init), tau.isFinite, tau > 0,
            let gamma = metadata["gamma"].flatMap(Double.init),
            let weights = metadata["weights"]?.split(separator: "\t").map({ Double($0) ?? .nan }),
            weights.count == sources.count, weights.allSatisfy({ (0...1).contains($0) }), !sources.isEmpty
        else { throw Failure.noSourceWeights(path, "its metadata are incomplete") }
        let K = sources.count
        guard let mu = content.tensors["mu"], let u = content.tensors["u"], mu.shape.count == 2, u.shape.count == 2,
            mu.shape[0] == K, u.shape[1] == mu.shape[1]
        else { throw Failure.noSourceWeights(path, "its tensors do not fit together") }
        let (D, R) = (mu.shape[1], u.shape[0])
        var values: [Float] = []
        for (name, shape) in LanguageLearner.shapes(K, D, R) {
            guard let tensor = content.tensors[name], tensor.shape == shape else {
                throw Failure.noSourceWeights(path, "tensor \(name) is missing or has another shape")
            }
            guard tensor.values.allSatisfy({ $0.magnitude <= Self.largestParameter }) else {
                throw Failure.noSourceWeights(path, "tensor \(name) has numbers beyond \(Self.largestParameter)")
            }
            values += tensor.values
        }
        let learner = LanguageLearner(
            languageCount: K, dimension: D, rank: R, gamma: gamma, parameters: FloatBuffer(values))
        self.init(
            kind: kind, sources: sources, tableDigest: table, modelDigest: metadata["model"], learner: learner)
        (self.tau, self.weights) = (tau, weights)
    }

    /// Identity of all that decides the weights of a sentence.
    package var digest: String {
        var bytes = Array("\(kind.rawValue) \(tableDigest) \(tau) \(weights)\(modelDigest.map { " \($0)" } ?? "")".utf8)
        for index in 0..<learner.parameters.count { bytes.appendInteger(learner.parameters[index].bitPattern) }
        return Digest.hex(bytes)
    }
}
