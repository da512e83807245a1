import Corpora
import Kernels
import NERPipeTesting
import Taggers
import Testing

@Suite struct ForwardTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var hidden: Int, convolutions: Int, dimension: Int, lengths: [Int], statistics = 0, positions = false
        var testDescription: String {
            "H \(hidden), \(convolutions) convolutions, D \(dimension), sentences \(lengths), \(statistics) statistics, positions \(positions)"
        }
    }

    @Test(arguments: [
        Shape(hidden: 7, convolutions: 2, dimension: 5, lengths: [3, 1, 4]),
        Shape(hidden: 1, convolutions: 1, dimension: 1, lengths: [2]),
        Shape(hidden: 16, convolutions: 3, dimension: 17, lengths: [1]),
        Shape(hidden: 33, convolutions: 0, dimension: 8, lengths: [5, 2]),
        Shape(hidden: 40, convolutions: 3, dimension: 31, lengths: [1, 1, 1, 9]),
        Shape(hidden: 9, convolutions: 2, dimension: 5, lengths: [4, 2, 17], statistics: 9, positions: true),
        Shape(hidden: 9, convolutions: 1, dimension: 3, lengths: [12], statistics: 4),
        Shape(hidden: 9, convolutions: 1, dimension: 3, lengths: [1, 12], positions: true),
    ])
    func agreesWithThePlainNetwork(_ shape: Shape) {
        let configuration = tinyConfiguration(
            hidden: shape.hidden, convolutions: shape.convolutions, dimension: shape.dimension,
            statistics: shape.statistics, hasPositions: shape.positions)
        let parameters = perturbedParameters(configuration, seed: 3)
        let vectors = TinyVectors(
            rowCount: 11, dimension: shape.dimension, statisticCount: shape.statistics, seed: 4)
        var corpus = TinyCorpus(seed: UInt64(shape.hidden))
        corpus.dimension = shape.dimension
        corpus.hasPositions = shape.positions
        let batch = corpus.embedded(shape.lengths)
        let sentences = sentences(of: batch)
        let rows = ReferenceTagger.rows(sentences)
        let expected = ReferenceTagger(configuration, vectors: vectors, parameters: parameters).logits(rows)

        let workspace = TaggerWorkspace(configuration)
        let laidOut = laidOut(sentences, hasPositions: shape.positions)
        #expect(laidOut.rowCount == rows.count)
        PackedTagger(configuration, parameters: parameters).forward(laidOut, vectors: vectors, in: workspace)
        let K = configuration.labelCount
        for row in laidOut.tokenRows.map(Int.init) {
            let found = (0..<K).map { workspace.logits[row * K + $0] }
            let probabilities = (0..<K).map { workspace.probabilities[row * K + $0] }
            #expect(worstDifference(found, expected[row], relative: 2e-5) == nil, "row \(row)")
            #expect(
                worstDifference(probabilities, ReferenceTagger.softmax(expected[row]), absolute: 1e-5) == nil,
                "row \(row)")
        }
    }

    @Test(arguments: [0, 4]) func agreesWithThePlainNetworkUnderDropout(_ statistics: Int) {
        let configuration = tinyConfiguration(statistics: statistics, hasPositions: statistics > 0)
        let parameters = perturbedParameters(configuration, seed: 5)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: statistics, seed: 6)
        var corpus = TinyCorpus(seed: 7)
        corpus.hasPositions = statistics > 0
        let sentences = sentences(of: corpus.embedded([4, 6, 2]))
        let noise = TrainingNoise(dropout: 0.3, vectorDropout: 0.4, key: 99)
        let reference = ReferenceTagger(configuration, vectors: vectors, parameters: parameters)
        let rows = ReferenceTagger.rows(sentences)
        let masks = reference.masks(rowCount: rows.count, noise: noise)
        #expect(masks.droppedVectors.contains(true) && masks.droppedVectors.contains(false))
        let expected = reference.logits(rows, masks: masks)
        let workspace = TaggerWorkspace(configuration)
        let laidOut = laidOut(sentences, hasPositions: statistics > 0)
        PackedTagger(configuration, parameters: parameters).forward(
            laidOut, vectors: vectors, in: workspace, noise: noise)
        for row in laidOut.tokenRows.map(Int.init) {
            #expect(
                worstDifference((0..<5).map { workspace.logits[row * 5 + $0] }, expected[row], relative: 2e-5) == nil,
                "row \(row)")
        }
    }

    @Test(arguments: [false, true]) func resultsDoNotDependOnHowSentencesAreGrouped(_ hasNumbers: Bool) {
        let configuration = tinyConfiguration(
            hidden: 19, convolutions: 3, statistics: hasNumbers ? 2 : 0, hasPositions: hasNumbers)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 8))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: hasNumbers ? 2 : 0, seed: 9)
        var corpus = TinyCorpus(seed: 10)
        corpus.hasPositions = hasNumbers
        let all = sentences(of: corpus.embedded([3, 1, 7, 2, 12, 1, 5]))
        let together = tokenLogits(tagger, all, vectors)
        #expect(all.flatMap { tokenLogits(tagger, [$0], vectors) } == together)
        #expect(
            tokenLogits(tagger, Array(all[..<3]), vectors) + tokenLogits(tagger, Array(all[3...]), vectors) == together)
    }

    /// What is cleared and filled again must be as new: pieces of a batch share one layout.
    @Test func clearedSentencesAreAsNew() {
        let configuration = tinyConfiguration(statistics: 2, hasPositions: true)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 41))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: 2, seed: 42)
        var corpus = TinyCorpus(seed: 43)
        corpus.hasPositions = true
        let first = sentences(of: corpus.embedded([5, 3])), second = sentences(of: corpus.embedded([4]))
        var reused = laidOut(first, hasPositions: true)
        reused.removeAll()
        for (batch, tokens) in second { reused.append(batch, tokens: tokens) }
        let workspace = TaggerWorkspace(configuration)
        tagger.forward(reused, vectors: vectors, in: workspace)
        let found = reused.tokenRows.map { row in (0..<5).map { workspace.logits[Int(row) * 5 + $0].bitPattern } }
        #expect(found == tokenLogits(tagger, second, vectors))
    }

    @Test func nothingLeaksOverASentenceBoundary() {
        let configuration = tinyConfiguration(hidden: 9, convolutions: 3)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 11))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 12)
        var corpus = TinyCorpus(seed: 13)
        let outer = sentences(of: corpus.embedded([4, 4]))
        let first = sentences(of: corpus.embedded([3])), second = sentences(of: corpus.embedded([3]))
        let a = tokenLogits(tagger, [outer[0], first[0], outer[1]], vectors)
        let b = tokenLogits(tagger, [outer[0], second[0], outer[1]], vectors)
        #expect(Array(a[..<4]) == Array(b[..<4]))
        #expect(Array(a[7...]) == Array(b[7...]))
        #expect(Array(a[4..<7]) != Array(b[4..<7]))
        // A neighbour inside the sentence does count.
        let swapped = tokenLogits(tagger, [(outer[0].0, 0..<3)], vectors)
        #expect(swapped[2] != a[2])
    }

    @Test func aSentenceWithoutTokensIsHarmless() {
        let configuration = tinyConfiguration()
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 14))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 15)
        var corpus = TinyCorpus(seed: 16)
        let batch = corpus.embedded([3, 2])
        let all = sentences(of: batch)
        #expect(tokenLogits(tagger, [(batch, 0..<0)], vectors).isEmpty)
        #expect(tokenLogits(tagger, [all[0], (batch, 3..<3), all[1]], vectors) == tokenLogits(tagger, all, vectors))
    }

    @Test func aWorkspaceMayServeTrainingAndInferenceInTurn() {
        let configuration = tinyConfiguration()
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 17))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 18)
        var corpus = TinyCorpus(seed: 19)
        let small = laidOut(sentences(of: corpus.embedded([3]))),
            large = laidOut(sentences(of: corpus.embedded([40, 30])))
        let noise = TrainingNoise(dropout: 0, vectorDropout: 0, key: 1)
        func gradient(_ sentences: LaidOutSentences, _ workspace: TaggerWorkspace) -> [Float] {
            tagger.forward(sentences, vectors: vectors, in: workspace, noise: noise)
            for index in 0..<sentences.rowCount * 5 { workspace.logitGradient[index] = 0 }
            for row in sentences.tokenRows { workspace.logitGradient[Int(row) * 5] = 1 }
            let gradient = FloatBuffer(count: tagger.layout.count)
            tagger.backward(sentences, in: workspace, noise: noise, gradient: gradient)
            return gradient.array
        }
        let shared = TaggerWorkspace(configuration)
        #expect(gradient(small, shared) == gradient(small, TaggerWorkspace(configuration)))
        tagger.forward(large, vectors: vectors, in: shared)
        #expect(gradient(large, shared) == gradient(large, TaggerWorkspace(configuration)))
    }
}
