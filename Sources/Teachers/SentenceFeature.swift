package import Corpora
import Kernels
import Randomness
import Taggers

/// What a sentence is to a similarity.
///
/// Wu et al. (ACL 2020, section 3.2) take the pooled state of a multilingual encoder. That mixes language, domain and
/// topic, and so do these.
package enum SentenceFeature: Sendable {
    /// The mean of its words' vectors in the multilingual space; zeros when no word has one.
    case vectors(any FrozenVectors)
    /// The mean of the states of its words.
    case states(any WordEncoder)

    package var dimension: Int {
        switch self {
        case .vectors(let vectors): vectors.dimension
        case .states(let encoder): encoder.stateWidth
        }
    }

    /// The features of all sentences of an embedded batch, `[S, D]`.
    package func features(of batch: SentenceBatch) -> [Float] {
        switch self {
        case .vectors(let vectors): Self.features(of: batch, vectors: vectors)
        case .states(let encoder): Self.features(of: batch, encoder: encoder)
        }
    }

    private static func features(of batch: SentenceBatch, encoder: some WordEncoder) -> [Float] {
        let D = encoder.stateWidth
        var features = [Float](repeating: 0, count: batch.sentenceCount * D)
        encoder.forEachSentence(of: batch) { sentence in
            features.withUnsafeMutableBufferPointer { features in
                guard let sum = features.baseAddress.map({ $0 + sentence.number * D }) else { return }
                for token in 0..<sentence.tokens.count {
                    Kernel.add(count: D, x: sentence.states.from(row: token).pointer, y: sum)
                }
                Kernel.scale(count: D, a: 1 / Float(sentence.tokens.count), y: sum)
            }
        }
        return features
    }

    private static func features(of batch: SentenceBatch, vectors: any FrozenVectors) -> [Float] {
        guard let embedding = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        let D = embedding.dimension
        let composedRow = FloatBuffer(count: D), row = FloatBuffer(count: D)
        var features = [Float](repeating: 0, count: batch.sentenceCount * D)
        for sentence in 0..<batch.sentenceCount {
            var count = 0
            features.withUnsafeMutableBufferPointer { features in
                guard let sum = features.baseAddress.map({ $0 + sentence * D }) else { return }
                for token in batch.tokens(ofSentence: sentence) {
                    let number = embedding.rows[token]
                    if number == EmbeddedColumns.absent { continue }
                    count += 1
                    if let vector = embedding.composedRange(ofToken: token) {
                        embedding.composed.withUnsafeBufferPointer {
                            if let base = $0.baseAddress {
                                Kernel.halfToFloat(count: D, x: base + vector.lowerBound, y: composedRow.pointer)
                            }
                        }
                        Kernel.add(count: D, x: composedRow.pointer, y: sum)
                    } else {
                        withUnsafePointer(to: number) {
                            vectors.gather(.init(start: $0, count: 1), scale: 1, into: row.pointer, stride: D)
                        }
                        Kernel.add(count: D, x: row.pointer, y: sum)
                    }
                }
                if count > 0 { Kernel.scale(count: D, a: 1 / Float(count), y: sum) }
            }
        }
        return features
    }
}

/// Some of the features of a stream of any length, each as probable as any other (Vitter 1985, algorithm R).
package struct FeatureSample: Sendable {
    package let dimension: Int
    /// Features that are kept at most.
    package let limit: Int
    /// `[count, dimension]`
    package private(set) var features: [Float] = []
    /// How many were offered.
    package private(set) var offered = 0
    private var random: RandomSource

    /// - Parameter number: Of the sample among those of one seed.
    package init(dimension: Int, limit: Int, seed: UInt64, number: Int) {
        self.dimension = dimension
        self.limit = limit
        random = RandomSource(seed: seed, stream: .similarity, UInt64(number))
    }

    package var count: Int { features.count / max(1, dimension) }

    package mutating func offer(_ feature: ArraySlice<Float>) {
        precondition(feature.count == dimension, "\(feature.count) numbers, not \(dimension)")
        offered += 1
        if count < limit {
            features += feature
            return
        }
        let place = Int(random.next().multipliedFullWidth(by: UInt64(offered)).high)
        if place < limit { features.replaceSubrange(place * dimension..<(place + 1) * dimension, with: feature) }
    }

    /// `[dimension]`: the mean of what is kept.
    package var mean: [Float] {
        var sum = [Double](repeating: 0, count: dimension)
        for (index, value) in features.enumerated() { sum[index % dimension] += Double(value) }
        return sum.map { Float($0 / Double(max(1, count))) }
    }
}
