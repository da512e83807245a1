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
    func agreesWithThePlainNetwork(_ shape: Shape) throws {
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
        let rows = ReferenceTagger.rows(sentences(of: batch))
        let expected = ReferenceTagger(configuration, vectors: vectors, parameters: parameters).logits(rows)
        let tokens = rows.indices.filter { rows[$0] != nil }.map { expected[$0] }
        for path in KernelPath.available {
            let found = try path.run {
                try results(inference(configuration, parameters, vectors), batch)
            }
            #expect(
                worstDifference(found.logits.flatMap { $0 }, tokens.flatMap { $0 }, relative: 3e-5) == nil, "\(path)")
            #expect(
                worstDifference(
                    found.probabilities.flatMap { $0 }, tokens.flatMap(ReferenceTagger.softmax), absolute: 2e-5) == nil,
                "\(path)")
            // Eight bits of a factor are exact, and some hundreds of products average the rounding.
            let reduced = try path.run {
                try results(inference(configuration, parameters, vectors, .reduced), batch)
            }
            #expect(
                worstDifference(reduced.logits.flatMap { $0 }, tokens.flatMap { $0 }, relative: 4e-2) == nil,
                "\(path), reduced")
            #expect(reduced.logits != found.logits)
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
        let masks = reference.masks(rows, noise: noise)
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

    @Test(arguments: ArithmeticPrecision.allCases, [false, true])
    func resultsDoNotDependOnHowSentencesAreGrouped(_ precision: ArithmeticPrecision, _ hasNumbers: Bool) throws {
        let configuration = tinyConfiguration(
            hidden: 19, convolutions: 3, statistics: hasNumbers ? 2 : 0, hasPositions: hasNumbers)
        let parameters = perturbedParameters(configuration, seed: 8)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: hasNumbers ? 2 : 0, seed: 9)
        func tagger() throws -> TaggerInference { try inference(configuration, parameters, vectors, precision) }
        var corpus = TinyCorpus(seed: 10)
        corpus.hasPositions = hasNumbers
        let all = sentences(of: corpus.embedded([3, 1, 7, 2, 12, 1, 5, 4, 4, 6]))
        let together = tokenLogits(try tagger(), all)
        #expect(try all.flatMap { tokenLogits(try tagger(), [$0]) } == together)
        #expect(try tokenLogits(tagger(), Array(all[..<3])) + tokenLogits(tagger(), Array(all[3...])) == together)
        // What the cache holds from other sentences changes nothing.
        let warm = try tagger()
        _ = tokenLogits(warm, all.reversed())
        #expect(all.flatMap { tokenLogits(warm, [$0]) } == together)
    }

    /// More kinds of tokens than the cache has places, in one batch and again: entries are given away, and tokens of a
    /// full set find room elsewhere.
    @Test(arguments: [0, 1, 2]) func tokensThatFindNoPlaceInTheCacheAreComputed(_ featureCount: Int) throws {
        var configuration = tinyConfiguration(hidden: 3, convolutions: 1)
        configuration.features = Array(configuration.features.prefix(featureCount))
        let rowCount = 30_000
        let parameters = perturbedParameters(configuration, seed: 44)
        let vectors = TinyVectors(rowCount: rowCount, dimension: 5, seed: 45)
        var random = SeededGenerator(seed: 46)
        var large = SentenceBatch()
        large.appendDocument(identifier: "d".utf8)
        var embedding = EmbeddedColumns(
            dimension: 5, rows: [], composed: [], featureCount: featureCount, features: [])
        for _ in 0..<60 {
            for _ in 0..<600 {
                embedding.rows.append(UInt32.random(in: 0..<UInt32(rowCount), using: &random))
                for _ in 0..<featureCount { embedding.features.append(.random(in: 0...UInt32.max, using: &random)) }
                [UInt8(0x77)].withUnsafeBufferPointer { large.appendToken($0, offset: 0) }
            }
            large.endSentence(document: 0)
        }
        large.embedding = embedding
        let shared = try inference(configuration, parameters, vectors)
        let first = results(shared, large).logits
        #expect(results(shared, large).logits == first)
        let model = Model(configuration: configuration, parameters: parameters)
        #expect(results(try TaggerInference(model, vectors: vectors, keptEntries: .few), large).logits == first)
        for sentence in sentences(of: large).suffix(2) + sentences(of: large).prefix(2) {
            let alone = results(try inference(configuration, parameters, vectors), batch(of: [sentence])).logits
            #expect(alone == Array(first[sentence.1]))
        }
    }

    /// What is cleared and filled again must be as new: slices of an update share one layout.
    @Test func clearedSentencesAreAsNew() {
        let configuration = tinyConfiguration(statistics: 2, hasPositions: true)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 41))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, statisticCount: 2, seed: 42)
        var corpus = TinyCorpus(seed: 43)
        corpus.hasPositions = true
        let first = sentences(of: corpus.embedded([5, 3])), second = sentences(of: corpus.embedded([4]))
        var reused = laidOut(first, hasPositions: true)
        reused.removeAll()
        for (batch, tokens) in second {
            if let embedding = batch.embedding { reused.append(embedding, tokens: tokens) }
        }
        let noise = TrainingNoise(dropout: 0.1, vectorDropout: 0.1, key: 3)
        func logits(_ sentences: LaidOutSentences) -> [Float] {
            let workspace = TaggerWorkspace(configuration)
            tagger.forward(sentences, vectors: vectors, in: workspace, noise: noise)
            return (0..<sentences.rowCount * 5).map { workspace.logits[$0] }
        }
        #expect(logits(reused) == logits(laidOut(second, hasPositions: true)))
    }

    @Test func nothingLeaksOverASentenceBoundary() throws {
        let configuration = tinyConfiguration(hidden: 9, convolutions: 3)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 12)
        let tagger = try inference(configuration, perturbedParameters(configuration, seed: 11), vectors)
        var corpus = TinyCorpus(seed: 13)
        for length in [4, 5] {
            let outer = sentences(of: corpus.embedded([length, length]))
            let first = sentences(of: corpus.embedded([3])), second = sentences(of: corpus.embedded([3]))
            let a = tokenLogits(tagger, [outer[0], first[0], outer[1]])
            let b = tokenLogits(tagger, [outer[0], second[0], outer[1]])
            #expect(Array(a[..<length]) == Array(b[..<length]))
            #expect(Array(a[(length + 3)...]) == Array(b[(length + 3)...]))
            #expect(Array(a[length..<length + 3]) != Array(b[length..<length + 3]))
            // A neighbour inside the sentence does count.
            let swapped = tokenLogits(tagger, [(outer[0].0, 0..<3)])
            #expect(swapped[2] != a[2])
        }
    }

    @Test func trainingPassSeesNothingOverASentenceBoundary() {
        let configuration = tinyConfiguration(hidden: 9, convolutions: 3)
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 11))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 12)
        var corpus = TinyCorpus(seed: 13)
        let outer = sentences(of: corpus.embedded([4, 4])), inner = sentences(of: corpus.embedded([3, 3]))
        func logits(_ middle: Int) -> [Float] {
            let laidOut = laidOut([outer[0], inner[middle], outer[1]])
            let workspace = TaggerWorkspace(configuration)
            tagger.forward(
                laidOut, vectors: vectors, in: workspace, noise: TrainingNoise(dropout: 0, vectorDropout: 0, key: 1))
            return laidOut.tokenRows.flatMap { row in (0..<5).map { workspace.logits[Int(row) * 5 + $0] } }
        }
        let a = logits(0), b = logits(1)
        #expect(Array(a[..<20]) == Array(b[..<20]) && Array(a[35...]) == Array(b[35...]))
        #expect(Array(a[20..<35]) != Array(b[20..<35]))
    }

    @Test func aSentenceWithoutTokensIsHarmless() throws {
        let configuration = tinyConfiguration()
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 15)
        let parameters = perturbedParameters(configuration, seed: 14)
        var corpus = TinyCorpus(seed: 16)
        let batch = corpus.embedded([3, 2])
        let all = sentences(of: batch)
        var empty = SentenceBatch()
        empty.embedding = EmbeddedColumns(dimension: 5, rows: [], composed: [], featureCount: 2, features: [])
        #expect(results(try inference(configuration, parameters, vectors), empty).logits.isEmpty)
        let tagger = PackedTagger(configuration, parameters: parameters)
        let noise = TrainingNoise(dropout: 0, vectorDropout: 0, key: 1)
        let workspace = TaggerWorkspace(configuration)
        let with = gradient(
            tagger, laidOut([all[0], (batch, 3..<3), all[1]]), vectors, noise, in: workspace
        ) { _ in [1] }
        let without = gradient(tagger, laidOut(all), vectors, noise, in: workspace) { _ in [1] }
        #expect(with.array == without.array)
        #expect(
            gradient(tagger, laidOut([(batch, 3..<3)]), vectors, noise, in: workspace) { _ in [1] }.array
                .allSatisfy { $0 == 0 })
    }

    @Test func aWorkspaceMayServeSmallAndLargePassesInTurn() {
        let configuration = tinyConfiguration()
        let tagger = PackedTagger(configuration, parameters: perturbedParameters(configuration, seed: 17))
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 18)
        var corpus = TinyCorpus(seed: 19)
        let small = laidOut(sentences(of: corpus.embedded([3]))),
            large = laidOut(sentences(of: corpus.embedded([40, 30])))
        let noise = TrainingNoise(dropout: 0, vectorDropout: 0, key: 1)
        func run(_ sentences: LaidOutSentences, _ workspace: TaggerWorkspace) -> [Float] {
            gradient(tagger, sentences, vectors, noise, in: workspace) { _ in [1] }.array
        }
        let shared = TaggerWorkspace(configuration)
        #expect(run(small, shared) == run(small, TaggerWorkspace(configuration)))
        #expect(run(large, shared) == run(large, TaggerWorkspace(configuration)))
        #expect(run(small, shared) == run(small, TaggerWorkspace(configuration)))
    }
}
