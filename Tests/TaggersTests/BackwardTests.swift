import Corpora
import Kernels
import NERPipeTesting
import Taggers
import Testing

/// The gradient of every tensor against central differences of the plain network in double precision.
///
/// The loss is the mean squared error, computed here from its formula.
@Suite struct BackwardTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var hidden: Int, convolutions: Int, dropout: Double, vectorDropout: Double, statistics = 0, positions = false
        /// Tokens are alike.
        var repeats = false
        var testDescription: String {
            "H \(hidden), \(convolutions) convolutions, dropout \(dropout), vector dropout \(vectorDropout), \(statistics) statistics, positions \(positions), repeats \(repeats)"
        }
    }

    @Test(arguments: [
        Case(hidden: 7, convolutions: 2, dropout: 0, vectorDropout: 0),
        Case(hidden: 7, convolutions: 2, dropout: 0.3, vectorDropout: 0.3),
        Case(hidden: 5, convolutions: 0, dropout: 0.2, vectorDropout: 0),
        Case(hidden: 4, convolutions: 3, dropout: 0, vectorDropout: 0.5),
        Case(hidden: 6, convolutions: 1, dropout: 0.3, vectorDropout: 0.4, statistics: 2, positions: true),
        Case(hidden: 5, convolutions: 1, dropout: 0.2, vectorDropout: 0.2, statistics: 3),
        Case(hidden: 5, convolutions: 1, dropout: 0, vectorDropout: 0.2, positions: true),
        Case(hidden: 7, convolutions: 2, dropout: 0.3, vectorDropout: 0.3, repeats: true),
        Case(
            hidden: 5, convolutions: 1, dropout: 0.2, vectorDropout: 0.4, statistics: 2, positions: true, repeats: true),
        Case(hidden: 5, convolutions: 1, dropout: 0, vectorDropout: 0.99, repeats: true),
    ])
    func gradientAgreesWithFiniteDifferences(_ test: Case) {
        let configuration = tinyConfiguration(
            hidden: test.hidden, convolutions: test.convolutions, statistics: test.statistics,
            hasPositions: test.positions)
        let parameters = perturbedParameters(configuration, seed: 21)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: test.statistics, seed: 22)
        var corpus = TinyCorpus(seed: 23)
        corpus.hasPositions = test.positions
        if test.repeats { (corpus.rowCount, corpus.featureMask) = (2, 1) }
        let batch = corpus.embedded(test.repeats ? [9, 1, 6] : [4, 1, 3])
        let targets = (0..<batch.tokenCount).map { _ in corpus.distribution().map(Double.init) }
        let noise = TrainingNoise(dropout: test.dropout, vectorDropout: test.vectorDropout, key: 24)
        let all = sentences(of: batch)
        let rows = ReferenceTagger.rows(all)
        let tokenRows = rows.indices.filter { rows[$0] != nil }
        let K = configuration.labelCount
        let scale = 1 / Double(batch.tokenCount * K)

        var reference = ReferenceTagger(configuration, vectors: vectors, parameters: parameters)
        let masks = reference.masks(rows, noise: noise)
        func loss(_ reference: ReferenceTagger) -> Double {
            let logits = reference.logits(rows, masks: masks)
            return zip(tokenRows, targets).reduce(0) { sum, pair in
                let p = ReferenceTagger.softmax(logits[pair.0])
                return sum + scale * (0..<K).reduce(0) { $0 + (p[$1] - pair.1[$1]) * (p[$1] - pair.1[$1]) }
            }
        }

        let laidOut = laidOut(all, hasPositions: test.positions)
        #expect(!test.repeats || laidOut.distinctCount < laidOut.tokenCount)
        #expect(laidOut.tokenRows.map(Int.init) == tokenRows)
        let tagger = PackedTagger(configuration, parameters: parameters)
        let workspace = TaggerWorkspace(configuration)
        let targetOfRow = Dictionary(uniqueKeysWithValues: zip(tokenRows, targets))
        let gradient = gradient(tagger, laidOut, vectors, noise, in: workspace) { row in
            let p = (0..<K).map { Double(workspace.probabilities[row * K + $0]) }
            let q = targetOfRow[row] ?? []
            let mean = (0..<K).reduce(0) { $0 + p[$1] * (p[$1] - q[$1]) }
            return (0..<K).map { Float(2 * scale * p[$0] * (p[$0] - q[$0] - mean)) }
        }

        let step = 1e-5
        for tensor in tagger.layout.tensors {
            let expected: [Double] = (tensor.offset..<tensor.offset + tensor.count).map { index in
                let value = reference.parameters[index]
                reference.parameters[index] = value + step
                let above = loss(reference)
                reference.parameters[index] = value - step
                let below = loss(reference)
                reference.parameters[index] = value
                return (above - below) / (2 * step)
            }
            let found = (0..<tensor.count).map { gradient[tensor.offset + $0] }
            #expect(expected.contains { abs($0) > 1e-6 }, "\(tensor.name): the test would see nothing")
            #expect(worstDifference(found, expected, absolute: 1e-9, relative: 1e-3) == nil, "\(tensor.name)")
        }
    }

    /// Without anything beside the vectors, and all or some of them dropped: matrices without a row.
    @Test(arguments: ArithmeticPrecision.allCases, [0.5, 0.999]) func inputsOfVectorsAloneMayBeDropped(
        precision: ArithmeticPrecision, vectorDropout: Double
    ) {
        var configuration = tinyConfiguration(hidden: 9, convolutions: 1)
        configuration.features = []
        let parameters = perturbedParameters(configuration, seed: 61)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 62)
        var corpus = TinyCorpus(seed: 63)
        corpus.featureCount = 0
        var laidOut = LaidOutSentences(configuration)
        for (batch, tokens) in sentences(of: corpus.embedded([1, 5, 9])) {
            if let embedding = batch.embedding { laidOut.append(embedding, tokens: tokens) }
        }
        let noise = TrainingNoise(dropout: 0.2, vectorDropout: vectorDropout, key: 64)
        let tagger = PackedTagger(configuration, parameters: parameters, precision: precision)
        let found = gradient(tagger, laidOut, vectors, noise, in: TaggerWorkspace(configuration)) { _ in [1, -1] }
        #expect(found.array.allSatisfy { $0.isFinite })
        for tensor in tagger.layout.tensors where tensor.name == "input.weight" {
            // One of a thousand is kept, so none of these.
            let hasGradient = found.array[tensor.offset..<tensor.offset + tensor.count].contains { $0 != 0 }
            #expect(hasGradient == (vectorDropout < 0.9))
        }
    }

    /// Numbers of 8 bits, so an error of 2^-9 in each factor, which the sums of a tile of four rows make larger, and of a rectifier that lets through what it held back before; more with
    /// each layer.
    @Test(arguments: [0, 1, 3]) func gradientsOfReducedPrecisionAreNear(convolutions: Int) {
        let configuration = tinyConfiguration(hidden: 96, convolutions: convolutions)
        let parameters = perturbedParameters(configuration, seed: 51)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 52)
        var corpus = TinyCorpus(seed: 53)
        let laidOut = laidOut(sentences(of: corpus.embedded((0..<40).map { 1 + $0 % 7 })))
        let noise = TrainingNoise(dropout: 0.2, vectorDropout: 0.2, key: 54)
        let K = configuration.labelCount
        let slopes = corpus.random.floats(laidOut.rowCount * K, in: -1...1)
        let gradients = ArithmeticPrecision.allCases.map { precision in
            gradient(
                PackedTagger(configuration, parameters: parameters, precision: precision), laidOut, vectors, noise,
                in: TaggerWorkspace(configuration)
            ) { Array(slopes[$0 * K..<$0 * K + K]) }
        }
        for tensor in ParameterLayout(configuration).tensors {
            let elements = tensor.offset..<tensor.offset + tensor.count
            func norm(_ value: (Int) -> Float) -> Double {
                elements.reduce(0.0) { $0 + Double(value($1)) * Double(value($1)) }.squareRoot()
            }
            let size = norm { gradients[0][$0] }, error = norm { gradients[0][$0] - gradients[1][$0] }
            #expect(size > 0 && error < 0.05 * Double(1 + convolutions) * size, "\(tensor.name): \(error / size)")
            if ["input.weight", "convolutions.0.weight"].contains(tensor.name) {
                #expect(error > 0, "\(tensor.name) is not of reduced precision")
            }
        }
    }

    @Test func slicesAreAddedInTheirOrder() {
        let configuration = tinyConfiguration()
        let layout = ParameterLayout(configuration)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 31))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 32)
        var corpus = TinyCorpus(seed: 33)
        let noise = TrainingNoise(dropout: 0.1, vectorDropout: 0.1, key: 34)
        let workspace = TaggerWorkspace(configuration)
        let slices = (0..<3).map { _ in
            let laidOut = laidOut(sentences(of: corpus.embedded([3, 2])))
            _ = gradient(tagger, laidOut, vectors, noise, in: workspace) { _ in [0, 0.25] }
            let slice = TaggerGradient(layout)
            tagger.backward(laidOut, in: workspace, noise: noise, gradient: slice)
            return slice
        }
        let expected = slices.map { sum([$0], layout).array }
        let all = sum(slices, layout)
        #expect(
            worstDifference(
                all.array, (0..<layout.count).map { i in expected.reduce(0.0) { $0 + Double($1[i]) } }, relative: 1e-6)
                == nil)
        #expect(all.array.contains { $0 != 0 })
        // The parts cover every parameter once, and their squares are those of the sum.
        let parts = TaggerGradient.parts(layout)
        let covered = parts.flatMap { $0.ranges(layout) }.flatMap(Array.init).sorted()
        #expect(covered == Array(0..<layout.count))
        let squares = parts.reduce(0.0) {
            $0 + TaggerGradient.sum(slices[...], $1, layout: layout, into: FloatBuffer(count: layout.count))
        }
        let exact = all.array.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(squares - exact) <= 1e-12 * exact)
    }

    /// A gradient by the states goes the way that one by the logits goes behind the output layer.
    @Test func gradientOfStatesGoesThroughTheNetwork() {
        let configuration = tinyConfiguration(hidden: 7, convolutions: 2)
        let parameters = perturbedParameters(configuration, seed: 41)
        let tagger = PackedTagger(configuration, parameters: parameters)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 42)
        var corpus = TinyCorpus(seed: 43)
        let laidOut = laidOut(sentences(of: corpus.embedded([4, 1, 3])))
        let noise = TrainingNoise(dropout: 0.2, vectorDropout: 0.2, key: 44)
        let workspace = TaggerWorkspace(configuration)
        let K = configuration.labelCount, H = configuration.hiddenWidth
        let slopes = corpus.random.floats(laidOut.rowCount * K, in: -1...1)
        let isToken = Set(laidOut.tokenRows.map(Int.init))
        let byLogits = gradient(tagger, laidOut, vectors, noise, in: workspace) { row in
            Array(slopes[row * K..<row * K + K])
        }
        tagger.forward(laidOut, vectors: vectors, in: workspace, noise: noise)
        workspace.clearStateGradient(rowCount: laidOut.rowCount)
        workspace.logitGradient.zero()
        let weight = tagger.layout.tensors[tagger.layout.tensors.count - 2]
        #expect(weight.count == H * K)
        for row in isToken {
            let out = workspace.stateGradient.from(row: row).pointer
            for h in 0..<H {
                for k in 0..<K { out[h] += slopes[row * K + k] * parameters[weight.offset + h * K + k] }
            }
        }
        let slice = TaggerGradient(tagger.layout)
        tagger.backward(laidOut, in: workspace, noise: noise, gradient: slice, addsStateGradient: true)
        let byStates = sum([slice], tagger.layout)
        let before = weight.offset
        #expect(
            worstDifference(
                Array(byStates.array[..<before]), byLogits.array[..<before].map(Double.init), absolute: 1e-5,
                relative: 1e-4) == nil)
        #expect(byLogits.array[..<before].contains { abs($0) > 1e-3 })
        #expect(byStates.array[before...].allSatisfy { $0 == 0 })
    }
}
