import Kernels
import NERPipeTesting
import Randomness
import Streams
import Testing
import Vectors
import WordAlignment

@testable import VectorTraining

/// Lines of one language over few words, and what a skip-gram is made of them.
private struct SmallSpace {
    static let wordCount = 200

    let vocabulary = Vocabulary(limit: 1000)
    let lexicon = Lexicon(wordCount: wordCount, languageCount: 1)
    var settings = SkipGramSettings()
    var lines = EncodedLines()

    init(tokens: Int = 5000) {
        let vocabulary = vocabulary, language = vocabulary.languageNumber("xx")
        for word in 0..<Self.wordCount {
            Array("word\(word)".utf8).withUnsafeBufferPointer {
                vocabulary.append($0, language: language, counts: WordCounts(occurrences: UInt32(2000 / (word + 1))))
            }
        }
        settings.dimension = 20
        settings.buckets = 300
        settings.subsampling = 1
        var random = RandomSource(seed: 3, stream: .pairs)
        for token in 0..<tokens {
            // The first words are the most frequent ones; a line has those of one topic of four.
            let word = Self.wordCount * random.below(Self.wordCount) / (1 + random.below(Self.wordCount))
            lines.source.append(UInt32(word % Self.wordCount / 4 * 4 + token / 12 % 4))
            if token % 12 == 11 {
                lines.sourceEnds.append(UInt32(lines.source.count))
                lines.targetEnds.append(0)
            }
        }
    }

    var distribution: ExampleDistribution {
        ExampleDistribution(
            settings, vocabulary: vocabulary, lexicon: lexicon, rowCount: Self.wordCount,
            rows: SkipGram(settings, vocabulary: vocabulary, rowCount: Self.wordCount).rows)
    }

    func withExamples<Result>(_ body: (borrowing SkipGramExamples) throws -> Result) rethrows -> Result {
        var random = RandomSource(seed: 5, stream: .skipGram)
        var sampler = ExampleSampler(distribution)
        // What is drawn first leaves nothing behind.
        for _ in 0..<2 {
            random = RandomSource(seed: 5, stream: .skipGram)
            sampler.draw(lines, &random)
        }
        return try sampler.withExamples(body)
    }

    func trained(_ threads: ComputeThreads) -> (
        loss: Double, inputs: [UInt16], outputs: [UInt16]
    ) {
        let space = SkipGram(settings, vocabulary: vocabulary, rowCount: Self.wordCount)
        space.initialize(threads)
        let loss = withExamples { space.train($0, rate: 0.05, threads).loss }
        func bits(_ rows: HalfRows) -> [UInt16] { (0..<rows.buffer.count).map { rows.buffer.pointer[$0] } }
        return (loss, bits(space.inputs), bits(space.outputs))
    }
}

struct SkipGramTests {
    @Test(arguments: [2, 3, 7])
    func threadsDoNotShow(count: Int) {
        let space = SmallSpace()
        let alone = space.trained(.single)
        let threads = ComputeThreads(count: count)
        defer { threads.stop() }
        let together = space.trained(threads)
        #expect(alone.loss.isFinite && alone.loss == together.loss)
        #expect(alone.inputs == together.inputs && alone.outputs == together.outputs, "rows differ")
        #expect(alone.outputs.contains { $0 != 0 })
    }

    @Test func wordsOfATopicComeTogether() {
        let space = SmallSpace()
        let trainer = SkipGram(space.settings, vocabulary: space.vocabulary, rowCount: SmallSpace.wordCount)
        trainer.initialize(.single)
        space.withExamples { examples in
            for _ in 0..<10 { _ = trainer.train(examples, rate: 0.05, .single) }
        }
        trainer.compose(.single)
        let vectors = (0..<40).map { word in
            var vector = [Float](repeating: 0, count: space.settings.dimension)
            trainer.inputs.copy(word, into: &vector)
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / norm }
        }
        /// Mean cosine of words whose topics differ by so much.
        func cosine(_ distance: Int) -> Float {
            var sum: Float = 0, count: Float = 0
            for a in 0..<40 {
                for b in 0..<a where (a - b) % 4 == distance {
                    sum += zip(vectors[a], vectors[b]).reduce(0) { $0 + $1.0 * $1.1 }
                    count += 1
                }
            }
            return sum / count
        }
        #expect(cosine(0) > cosine(2) + 0.1, "\(cosine(0)) \(cosine(2))")
    }

    @Test func aRoundEndsBeforeAWordIsMetTooOften() {
        SmallSpace().withExamples { examples in
            var start = SkipGramExamples.Round()
            for end in examples.rounds {
                let centers = start.centerEnd..<end.centerEnd
                #expect((1...SkipGramExamples.largestRound).contains(centers.count))
                // All but those of the last center.
                let last = centers.count > 1 ? Int(examples.outputEnds[centers.upperBound - 2]) : 0
                let outputs = (0..<last).map { examples.outputs[start.outputEnd + $0] }
                let most = Dictionary(outputs.map { ($0, 1) }, uniquingKeysWith: +).values.max() ?? 0
                #expect(most < SkipGramExamples.largestHitCount)
                start = end
            }
            let (roundCount, counts) = (
                examples.rounds.count, (examples.words.count, examples.outputs.count, examples.rates.count)
            )
            #expect(roundCount > 10 && start.centerEnd == counts.0)
            #expect(start.outputEnd == counts.1 && counts.2 == counts.1)
        }
    }

    @Test func negativesAreDrawnByTheSquareRootOfTheFrequencyWithinTheirLanguage() {
        let counts: [UInt32] = [400, 100, 100, 25, 9, 0, 1]
        let languages: [UInt16] = [0, 1, 0, 0, 1, 0, 1, 0, 0]
        let sampler = NegativeSampler(counts: counts, languages: languages, languageCount: 3)
        var random = RandomSource(seed: 1, stream: .skipGram)
        for language in [UInt16(0), 1] {
            let draws = 100_000
            var found = [Int](repeating: 0, count: counts.count)
            for _ in 0..<draws { found[Int(sampler.draw(language, &random))] += 1 }
            let own = counts.indices.filter { languages[$0] == language }
            let sum = own.reduce(0.0) { $0 + Double(counts[$1]).squareRoot() }
            for word in counts.indices {
                let share = own.contains(word) ? Double(counts[word]).squareRoot() / sum : 0
                // Five deviations.
                let bound = 5 * (share * (1 - share) / Double(draws)).squareRoot()
                #expect(abs(Double(found[word]) / Double(draws) - share) <= bound, "word \(word)")
            }
        }
    }

    @Test(arguments: [1, 300, 5000, 8_388_608])
    func usesOfARowStandTogetherInTheirOrder(limit: Int) {
        var random = RandomSource(seed: 2, stream: .pairs)
        var uses = RowUses(rowCount: limit)
        for sizes in [[700, 3], [900]] {
            uses.removeAll()
            let rounds = sizes.map { size in (0..<size).map { _ in UInt32(random.below(limit)) } }
            for rows in rounds {
                for center in 0..<(rows.count + 2) / 3 {
                    let own = Array(rows[3 * center..<min(3 * center + 3, rows.count)]), before = rows[..<(3 * center)]
                    let found = own.withUnsafeBufferPointer { (before: uses.useCount(of: $0), most: uses.append($0)) }
                    let known = own.map { row in before.count { $0 == row } }
                    #expect(found.before == known.reduce(0, +))
                    #expect(found.most == own.map { row in (before + own).count { $0 == row } }.max())
                }
                uses.endRound()
            }
            for (round, rows) in rounds.enumerated() {
                let moves = uses.moves(ofRound: round)
                let expected = Dictionary(grouping: rows.indices) { rows[$0] }.sorted { $0.value[0] < $1.value[0] }
                #expect(moves.rowCount == expected.count)
                var start = 0
                for (number, (row, places)) in expected.enumerated() {
                    let end = Int(moves.useEnds[number])
                    #expect(moves.rows[number] == row)
                    #expect((start..<end).map { Int(moves.uses[$0]) } == places)
                    #expect((start..<end).map { Int(moves.centers[$0]) } == places.map { $0 / 3 })
                    start = end
                }
            }
        }
    }

    /// Those of n-grams in the order of their use, each bucket with one.
    @Test func everyBucketHasARow() {
        let space = SmallSpace(), buckets = space.settings.buckets
        let rows = InputRows(space.settings.subwords, space.vocabulary, rowCount: SmallSpace.wordCount)
        #expect(rows.ofBuckets.sorted() == (0..<buckets).map { UInt32(SmallSpace.wordCount + $0) })
        var uses = [Int](repeating: 0, count: buckets)
        for word in 0..<SmallSpace.wordCount {
            let own = rows.rows[Int(rows.starts[word])..<Int(rows.starts[word + 1])]
            var expected: [UInt32] = []
            space.vocabulary.withBytes(word) {
                SubwordHash.append(bucketsOf: $0, space.settings.subwords, to: &expected)
            }
            #expect(Array(own) == [UInt32(word)] + expected.map { rows.ofBuckets[Int($0)] })
            for row in own.dropFirst() {
                uses[Int(row) - SmallSpace.wordCount] += Int(space.vocabulary.counts[word].occurrences)
            }
        }
        #expect(zip(uses, uses.dropFirst()).allSatisfy { $0 >= $1 })
    }

    /// A word whose own row and n-grams are known: the mean of them.
    @Test func aVectorIsTheMeanOfItsRows() {
        let space = SmallSpace()
        let trainer = SkipGram(space.settings, vocabulary: space.vocabulary, rowCount: SmallSpace.wordCount)
        trainer.initialize(.single)
        var row = [Float](repeating: 0, count: space.settings.dimension)
        for number in 0..<trainer.inputs.count { trainer.inputs.set(number, to: row.map { _ in Float(number % 7) }) }
        trainer.compose(.single)
        trainer.inputs.copy(3, into: &row)
        #expect(Set(row).count == 1 && row[0] > 0 && row[0] < 6)
    }
}
