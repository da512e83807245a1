import Corpora
import Diagnostics
import Glibc
import Kernels
import NERPipeTesting
import Teachers
import Testing

@Suite struct SourceSimilarityTests {
    private static func learner(K: Int = 3, D: Int = 5, R: Int = 4, gamma: Double = 0.01, seed: UInt64 = 1)
        -> LanguageLearner
    {
        var random = SeededGenerator(seed: seed)
        let values = random.floats(LanguageLearner.parameterCount(K, D, R))
        return LanguageLearner(languageCount: K, dimension: D, rank: R, gamma: gamma, parameters: FloatBuffer(values))
    }

    /// The definition, in double precision and without any trick: the regulariser in its D x D form.
    private static func reference(_ learner: LanguageLearner, _ features: [Float], _ labels: [Int]) -> Double {
        let (K, D, R) = (learner.languageCount, learner.dimension, learner.rank)
        let p = (0..<learner.parameters.count).map { Double(learner.parameters[$0]) }
        let u = K * D, uBias = u + R * D, v = uBias + R, vBias = v + R * D
        func map(_ x: [Double], _ weights: Int, _ bias: Int) -> [Double] {
            (0..<R).map { r in p[bias + r] + (0..<D).reduce(0) { $0 + p[weights + r * D + $1] * x[$1] } }
        }
        var loss = 0.0
        for (row, label) in labels.enumerated() {
            let a = map(features[row * D..<(row + 1) * D].map(Double.init), u, uBias)
            let g = (0..<K).map { k in
                zip(a, map(Array(p[k * D..<(k + 1) * D]), v, vBias)).reduce(0) { $0 + $1.0 * $1.1 }
            }
            loss += log(g.map { exp($0) }.reduce(0, +)) - g[label]
        }
        var regularizer = 0.0
        for i in 0..<D {
            for j in 0..<D {
                let product = (0..<K).reduce(0) { $0 + p[$1 * D + i] * p[$1 * D + j] } - (i == j ? 1 : 0)
                regularizer += product * product
            }
        }
        return loss / Double(labels.count) + learner.gamma * regularizer
    }

    /// METHODS 11.7: the cheap form of the regulariser is the same number; and the loss is the definition's.
    @Test(arguments: [0, 0.01, 1])
    func lossIsThatOfTheDefinition(_ gamma: Double) {
        let learner = Self.learner(gamma: gamma)
        var random = SeededGenerator(seed: 9)
        let features = random.floats(7 * 5), labels = [0, 1, 2, 2, 1, 0, 0]
        let gradient = FloatBuffer(count: learner.parameters.count)
        let found = features.withUnsafeBufferPointer {
            learner.loss(features: $0.baseAddress!, labels: labels[...], gradient: gradient)
        }
        let expected = Self.reference(learner, features, labels)
        #expect(abs(found - expected) < 1e-4 * max(1, expected))
    }

    @Test func gradientIsThatOfTheLoss() {
        let learner = Self.learner(gamma: 0.3)
        var random = SeededGenerator(seed: 9)
        let features = random.floats(6 * 5), labels = [0, 1, 2, 2, 1, 0]
        let gradient = FloatBuffer(count: learner.parameters.count)
        _ = features.withUnsafeBufferPointer {
            learner.loss(features: $0.baseAddress!, labels: labels[...], gradient: gradient)
        }
        for index in 0..<learner.parameters.count {
            let value = learner.parameters[index], step: Float = 1e-3
            learner.parameters[index] = value + step
            let above = Self.reference(learner, features, labels)
            learner.parameters[index] = value - step
            let below = Self.reference(learner, features, labels)
            learner.parameters[index] = value
            let expected = (above - below) / (2 * Double(step))
            #expect(abs(Double(gradient[index]) - expected) < 2e-3 * max(1, abs(expected)), "parameter \(index)")
        }
    }

    private static func sample(_ centre: [Float], count: Int, spread: Float, number: Int) -> FeatureSample {
        var sample = FeatureSample(dimension: centre.count, limit: 10_000, seed: 1, number: number)
        var random = SeededGenerator(seed: UInt64(number + 50))
        for _ in 0..<count {
            sample.offer(centre.map { $0 + spread * Float.random(in: -1...1, using: &random) }[...])
        }
        return sample
    }

    /// Three languages in three corners, a target near the second.
    @Test(arguments: SourceSimilarity.Kind.allCases)
    func theNearestSourceHasMostToSay(_ kind: SourceSimilarity.Kind) throws {
        let centres: [[Float]] = [[0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 0.5, 0.1]]
        let samples = centres.enumerated().map { Self.sample($1, count: 200, spread: 0.2, number: $0) }
        var settings = LanguageLearner.Settings()
        settings.learningRate = 0.01
        settings.rank = 8
        let learner = LanguageLearner(means: samples.map(\.mean), settings: settings)
        if kind == .learned {
            let losses = learner.train(samples, settings: settings)
            #expect(losses.last ?? 1 < 0.7 * (losses.first ?? 0))
        }
        var similarity = SourceSimilarity(kind: kind, sources: ["a", "b", "c"], tableDigest: "d", learner: learner)
        try similarity.fit(Self.sample([0.1, 0.4, 0, 0], count: 300, spread: 0.2, number: 7))
        #expect(abs(similarity.weights.reduce(0, +) - 1) < 1e-9)
        #expect(similarity.weights[1] > similarity.weights[0] && similarity.weights[1] > similarity.weights[2])
        #expect(similarity.weights[0] > similarity.weights[2])
        #expect(SourceSimilarity.entropy(similarity.weights) < log(3.0))
        // The file gives the same, of a sentence too.
        let folder = ScratchFolder()
        let path = try folder.write([], as: "w")
        try similarity.write(to: path)
        let read = try SourceSimilarity(path: path)
        let feature: [Float] = [0.2, 0.3, 0.1, 0]
        feature.withUnsafeBufferPointer {
            #expect(read.weights(ofSentence: $0.baseAddress!) == similarity.weights(ofSentence: $0.baseAddress!))
        }
        #expect(
            read.weights == similarity.weights && read.digest == similarity.digest && read.sources == ["a", "b", "c"])
    }

    /// METHODS 11.6: U by c makes Z by c and tau by 1 / c^2, without biases.
    @Test func temperatureIsOneByTheVariance() throws {
        let (K, D, R) = (3, 5, 4)
        let learner = Self.learner(K: K, D: D, R: R)
        let u = K * D, v = u + R * D + R
        for bias in [u + R * D..<v, v + R * D..<learner.parameters.count] {
            for i in bias { learner.parameters[i] = 0 }
        }
        let target = Self.sample([0.1, 0.2, 0.3, 0.4, 0.5], count: 50, spread: 1, number: 3)
        var similarity = SourceSimilarity(kind: .learned, sources: ["a", "b", "c"], tableDigest: "", learner: learner)
        try similarity.fit(target)
        let Z = target.features.withUnsafeBufferPointer { f in
            (0..<50).flatMap { similarity.similarities(f.baseAddress! + $0 * D).map(Double.init) }
        }
        let mean = Z.reduce(0, +) / 150, variance = Z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 149
        #expect(abs(similarity.tau * variance - 1) < 1e-5)
        for i in u..<u + R * D { learner.parameters[i] *= 3 }
        var scaled = SourceSimilarity(kind: .learned, sources: ["a", "b", "c"], tableDigest: "", learner: learner)
        try scaled.fit(target)
        #expect(abs(scaled.tau * 9 / similarity.tau - 1) < 1e-4)
    }

    @Test func oneSourceHasAllToSay() throws {
        let samples = [Self.sample([1, 0], count: 20, spread: 0.3, number: 0)]
        let learner = LanguageLearner(means: samples.map(\.mean), settings: LanguageLearner.Settings())
        var similarity = SourceSimilarity(kind: .learned, sources: ["a"], tableDigest: "", learner: learner)
        try similarity.fit(samples[0])
        #expect(similarity.weights == [1])
    }

    @Test func samplesAreDrawnEvenlyFromAllOfAStream() {
        var seen = [Int](repeating: 0, count: 100)
        for seed in 0..<400 {
            var sample = FeatureSample(dimension: 1, limit: 10, seed: UInt64(seed), number: 0)
            for value in 0..<100 { sample.offer([Float(value)]) }
            #expect(sample.count == 10 && sample.offered == 100)
            for value in sample.features { seen[Int(value)] += 1 }
        }
        // 40 expected of each, with a standard deviation of 6.
        #expect(seen.allSatisfy { (15...70).contains($0) })
        #expect((1500...2500).contains(seen[..<50].reduce(0, +)))
    }

    @Test func featuresAreMeansOfTheVectorsThatThereAre() {
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 2)
        var corpus = TinyCorpus(seed: 4)
        let batch = corpus.embedded([4, 1, 7])
        let found = SentenceFeature.vectors(vectors).features(of: batch)
        for sentence in 0..<3 {
            var sum = [Float](repeating: 0, count: 5), count: Float = 0
            for token in batch.tokens(ofSentence: sentence) {
                let row = batch.embedding!.rows[token]
                if row == EmbeddedColumns.absent { continue }
                count += 1
                for i in 0..<5 {
                    sum[i] +=
                        row & EmbeddedColumns.composedBit == 0
                        ? vectors.values[Int(row) * 5 + i]
                        : Float(
                            Float16(
                                bitPattern: batch.embedding!.composed[Int(row & ~EmbeddedColumns.composedBit) * 5 + i]))
                }
            }
            for i in 0..<5 { #expect(abs(found[sentence * 5 + i] - (count == 0 ? 0 : sum[i] / count)) < 1e-5) }
        }
    }

    @Test(arguments: ["format", "kind", "sources", "tau", "weights"])
    func filesThatAreNoneAreRefused(_ key: String) throws {
        let folder = ScratchFolder()
        let learner = Self.learner(K: 2)
        let similarity = SourceSimilarity(kind: .learned, sources: ["a", "b"], tableDigest: "d", learner: learner)
        let path = try folder.write([], as: "w")
        try similarity.write(to: path)
        let text = String(decoding: try folder.bytes(of: "w"), as: Unicode.ASCII.self)
        #expect(text.contains("\"\(key)\""))
        var bytes = try folder.bytes(of: "w")
        let range = bytes.firstRange(of: Array("\"\(key)\"".utf8))!
        bytes[range.lowerBound + 1] = UInt8(ascii: "x")
        _ = try folder.write(bytes, as: "w")
        #expect(throws: Failure.self) { try SourceSimilarity(path: path) }
    }
}
