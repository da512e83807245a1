import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Shards
import Taggers
import Teachers
import Testing

@testable import Selection

@Suite struct SelectionTests {
    static let vectors = TinyVectors(rowCount: 50, dimension: 5, seed: 3)

    static func teacher(_ seed: UInt64) throws -> TaggerTeacher {
        try tinyTeacher(seed: seed, vectors: vectors)
    }

    /// A batch of words with given distributions over 3 labels.
    static func batch(_ sentences: [[(word: String, q: [Float])]], index: Int = 1) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.index = index
        batch.appendDocument(identifier: Array("d".utf8))
        var probabilities: [UInt16] = []
        for sentence in sentences {
            for (word, q) in sentence {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: UInt64(batch.text.count)) }
                probabilities += q.map { Float16($0).bitPattern }
            }
            batch.endSentence(document: 0)
        }
        batch.scores = ScoreColumns(labelCount: 3, probabilities: probabilities)
        return batch
    }

    static func values(_ scores: ScoreColumns?) -> [Float] {
        scores?.probabilities.map { Float(Float16(bitPattern: $0)) } ?? []
    }

    /// TSLt by hand: 0.5 (c - 1)/(c + 1), over batches, by the word as it is spelt.
    @Test func typesAreSmoothed() {
        let first = Self.batch([[("Ada", [0.2, 0.8, 0]), ("ada", [1, 0, 0])], [("Ada", [0.6, 0.4, 0])]])
        let second = Self.batch([[("Ada", [0.4, 0.6, 0]), ("x", [0, 0, 1])]], index: 2)
        let rule = TypeSmoothing(strength: 0.5)
        for batch in [first, second] { rule.survey(batch) }
        rule.finishSurvey()
        #expect(rule.wordCount == 3)
        var smooth = first
        rule.apply(to: &smooth)
        // c = 3: weight 0.25, mean (0.4, 0.6, 0).
        #expect(
            worstDifference(
                Self.values(smooth.scores), [0.25, 0.75, 0, 1, 0, 0, 0.55, 0.45, 0], absolute: 1e-3) == nil)
        // What nobody has voted for has no votes: the third token changes from O to B.
        var voted = Self.batch([[("Ada", [0.2, 0.8, 0]), ("ada", [1, 0, 0])], [("Ada", [0.55, 0.45, 0])]])
        voted.scores?.voterCount = 3
        voted.scores?.votes = [3, 2, 3]
        let strong = TypeSmoothing(strength: 1)
        for batch in [voted, second] { strong.survey(batch) }
        strong.apply(to: &voted)
        #expect((0..<3).map { voted.scores?.label(ofToken: $0) } == [1, 0, 1])
        #expect(voted.scores?.votes == [3, 2, 0])
        // Memory is bounded: a word met too late stays as it is.
        let small = TypeSmoothing(strength: 0.5, maximumWordCount: 1)
        for batch in [second, second] { small.survey(batch) }
        #expect(small.wordCount == 1)
        var other = second
        small.apply(to: &other)
        #expect(Self.values(other.scores).suffix(3) == [0, 0, 1])
    }

    @Test func tokensAreWeighed() {
        var batch = Self.batch([[("a", [0.5, 0.25, 0.25]), ("b", [0, 1, 0])]])
        batch.scores?.votes = [1, 3]
        batch.scores?.voterCount = 4
        ConfidenceWeighting().apply(to: &batch)
        #expect(batch.scores?.weights == [0.25, 1])
        AgreementWeighting().apply(to: &batch)
        #expect(batch.scores?.weights == [0.0625, 0.75])
        ConfidenceThreshold(0.6).apply(to: &batch)
        #expect(batch.scores?.weights == [0, 0.75])
    }

    @Test func bestSentencesAreKept() {
        let sentences: [[(String, [Float])]] = [
            [("a", [0.4, 0.3, 0.3]), ("b", [0.4, 0.3, 0.3])], [("c", [1, 0, 0])], [("d", [0.1, 0.8, 0.1])],
            [("e", [0.9, 0.1, 0]), ("f", [0.5, 0.5, 0])],
        ]
        let batch = Self.batch(sentences.map { $0.map { (word: $0.0, q: $0.1) } })
        func words(_ rate: Double, _ criterion: SentenceRanking) -> String {
            var kept = batch
            SentenceChoice(.share(rate), by: criterion, seed: 1).apply(to: &kept)
            #expect(kept.index == 1 && kept.scores?.probabilities.count == kept.tokenCount * 3)
            return String(decoding: kept.text, as: UTF8.self)
        }
        #expect(words(0.5, .entropy) == "cef")  // e and f: (0.325 + 0.693)/2 < d: 0.639
        #expect(words(0.5, .confidence) == "cd")
        #expect(words(0.01, .entropy) == "c")  // one at least
        #expect(words(1, .random) == "abcdef")
        #expect(words(0.5, .random) == words(0.5, .random))
        // What stays is what it was, byte for byte.
        var kept = batch
        SentenceChoice(.share(1), by: .entropy, seed: 1).apply(to: &kept)
        #expect(kept.block().payload == batch.block().payload)
    }

    /// A name that comes twice is worth one: the second sentence of it is the last, though its entropy is highest.
    @Test func coverageIsOfDifferentWords() {
        let unsure: [Float] = [0.4, 0.3, 0.3], half: [Float] = [0.5, 0.5, 0], sure: [Float] = [1, 0, 0]
        let sentences: [[(String, [Float])]] = [
            [("a", unsure)], [("a", unsure)], [("b", half)], [("c", sure)], [("d", half), ("c", sure)],
        ]
        let batch = Self.batch(sentences.map { $0.map { (word: $0.0, q: $0.1) } })
        #expect(SentenceRanking.coverage.order(batch, 0) == [0, 2, 4, 1, 3])
        #expect(SentenceRanking.uncertainty.order(batch, 0) == [0, 1, 2, 4, 3])
        // The lazy order is the greedy one.
        var corpus = TinyCorpus(seed: 4)
        for index in 1...10 {
            let batch = corpus.scored([3, 7, 5, 1, 9, 4, 6, 2, 8], index: index)
            #expect(SentenceRanking.coverage.order(batch, 0) == Self.greedyCoverage(batch))
        }
    }

    /// Every gain anew before every choice.
    private static func greedyCoverage(_ batch: SentenceBatch) -> [Int] {
        guard let scores = batch.scores else { return [] }
        func covered(_ sentences: [Int]) -> [[UInt8]: Float] {
            var best: [[UInt8]: Float] = [:]
            for token in sentences.flatMap({ batch.tokens(ofSentence: $0) }) {
                let word = Array(batch.text[batch.textRange(ofToken: token)])
                best[word] = max(best[word] ?? 0, scores.entropy(ofToken: token))
            }
            return best
        }
        var order: [Int] = []
        while order.count < batch.sentenceCount {
            let before = covered(order).values.reduce(0.0) { $0 + Double($1) }
            let gains = (0..<batch.sentenceCount).map { sentence in
                order.contains(sentence)
                    ? -1
                    : (covered(order + [sentence]).values.reduce(0.0) { $0 + Double($1) } - before)
                        / Double(batch.tokens(ofSentence: sentence).count)
            }
            let most = gains.max() ?? 0
            order.append(gains.firstIndex { most - $0 < 1e-6 } ?? 0)
        }
        return order
    }

    /// All blocks together stay below the budget, and near it; more than there is keeps everything.
    @Test(arguments: [1, 40, 333, 1999, 100_000]) func aBudgetIsKept(_ count: Int) {
        var corpus = TinyCorpus(seed: 6)
        let lengths = (0..<40).map { 1 + $0 * 7 % 9 }
        let batches = (1...10).map { corpus.scored(lengths, index: $0) }
        let total = batches.reduce(0) { $0 + $1.tokenCount }
        let budget = TokenBudget(count)
        for batch in batches { budget.survey(batch) }
        budget.finishSurvey()
        let choice = SentenceChoice(.tokens(budget), by: .uncertainty, seed: 1)
        let kept = batches.reduce(0) { sum, batch in
            var batch = batch
            choice.apply(to: &batch)
            return sum + batch.tokenCount
        }
        #expect(kept <= min(count, total) && kept >= min(count, total) - 10)
    }

    /// The rate over many blocks, and other choices in other blocks.
    @Test func chanceIsFair() {
        let sentence = [(word: "a", q: [Float](repeating: 1 / 3, count: 3))]
        var choices: Set<[UInt64]> = []
        for index in 1...20 {
            var batch = Self.batch((0..<10).map { _ in sentence }, index: index)
            SentenceChoice(.share(0.3), by: .random, seed: 2).apply(to: &batch)
            #expect(batch.sentenceCount == 3)
            choices.insert(batch.tokenOffsets)
        }
        #expect(choices.count > 10)
    }

    /// Against CoLaDa's definition, computed plainly over all tokens: the sample holds all of them.
    @Test func reliabilityIsThatOfTheDefinition() throws {
        let teacher = try Self.teacher(1), K = 5
        var corpus = TinyCorpus(seed: 9)
        let batches = (1...3).map { corpus.scored([7, 9, 5, 8, 6], index: $0) }
        var settings = NeighborReliability.Settings()
        settings.neighborCount = 6
        let rule = NeighborReliability(encoder: teacher, labels: teacher.labels, settings: settings)
        for batch in batches { rule.survey(batch) }
        rule.finishSurvey()

        var states: [[Double]] = [], types: [Int] = []
        for batch in batches {
            teacher.forEachSentence(of: batch) { sentence in
                for token in 0..<sentence.tokens.count {
                    let row = sentence.states.from(row: token).pointer
                    let state = (0..<8).map { Double(row[$0]) }
                    let norm = state.reduce(0) { $0 + $1 * $1 }.squareRoot()
                    states.append(state.map { $0 / norm })
                    let label = batch.scores?.label(ofToken: sentence.tokens.lowerBound + token) ?? 0
                    types.append([0, 1, 1, 2, 2][label])
                }
            }
        }
        // The K nearest, the token itself among them.
        func same(_ i: Int) -> Double {
            let near = states.indices.map { j in (zip(states[i], states[j]).reduce(0) { $0 + $1.0 * $1.1 }, j) }
                .sorted { $0.0 > $1.0 }.prefix(6)
            return Double(near.count { types[$0.1] == types[i] })
        }
        let counts = states.indices.map(same)
        func largest(_ type: Int) -> Double {
            max(1, states.indices.filter { types[$0] == type }.map { counts[$0] }.max() ?? 1)
        }
        func mean(_ type: Int) -> Double {
            let all = states.indices.filter { types[$0] == type }
            return all.reduce(0) { $0 + counts[$1] / largest(type) } / Double(max(1, all.count))
        }
        func raw(_ i: Int) -> Double { 1 / (1 + exp(-6 * (counts[i] / largest(types[i]) - mean(types[i])))) }
        var start = 0, compared = 0
        for var batch in batches {
            rule.apply(to: &batch)
            let weights = batch.scores?.weights ?? []
            #expect(weights.count == batch.tokenCount && K == batch.scores?.labelCount)
            for token in 0..<batch.tokenCount {
                let i = start + token, type = types[i]
                let members = states.indices.filter { types[$0] == type }
                let top = members.map(raw).max() ?? 1
                let expected = raw(i) / top
                #expect(abs(Double(weights[token]) - expected) < 1e-3, "token \(i)")
                compared += 1
            }
            start += batch.tokenCount
        }
        #expect(compared == 105 && Set(types).count > 1)
        // A token that the sample does not have counts itself too, beside its nearest five.
        var other = corpus.scored([6, 8], index: 4)
        var expected: [Double] = []
        teacher.forEachSentence(of: other) { sentence in
            for token in 0..<sentence.tokens.count {
                let row = sentence.states.from(row: token).pointer
                let state = (0..<8).map { Double(row[$0]) }
                let norm = state.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let type = [0, 1, 1, 2, 2][other.scores?.label(ofToken: sentence.tokens.lowerBound + token) ?? 0]
                let near = states.indices.map { j in (zip(state, states[j]).reduce(0) { $0 + $1.0 * $1.1 } / norm, j) }
                    .sorted { $0.0 > $1.0 }.prefix(5)
                let count = min(largest(type), 1 + Double(near.count { types[$0.1] == type }))
                let top = states.indices.filter { types[$0] == type }.map(raw).max() ?? 1
                expected.append(min(1, 1 / (1 + exp(-6 * (count / largest(type) - mean(type)))) / top))
            }
        }
        rule.apply(to: &other)
        #expect(worstDifference(other.scores?.weights ?? [], expected, absolute: 1e-3) == nil)
    }

    /// A model's weights may be such that its states are no numbers.
    @Test func statesThatAreNoNumbersAreLikeNothing() throws {
        let vectors = TinyVectors(rowCount: 50, dimension: 5, seed: 3)
        let teacher = try tinyTeacher(seed: 1, vectors: vectors, scale: 1e38)
        var corpus = TinyCorpus(seed: 9)
        var batch = corpus.scored([7, 9, 5], index: 1)
        let rule = NeighborReliability(
            encoder: teacher, labels: teacher.labels, settings: NeighborReliability.Settings())
        rule.survey(batch)
        rule.finishSurvey()
        rule.apply(to: &batch)
        #expect(batch.scores?.weights.count == 21 && batch.scores?.weights.allSatisfy { $0.isFinite } == true)
    }

    @Test func largestValuesAreFound() {
        var random = SeededGenerator(seed: 10)
        for count in [1, 2, 7, 300] {
            var values = random.floats(count, in: -1...1)
            if count == 7 { values = [0.5, 0.5, 0.5, -1, 1, 0.5, 0.2] }
            for k in [1, count / 2 + 1, count] {
                let found = values.withUnsafeBufferPointer { NeighborReliability.largest(k, of: $0) }
                #expect(found == values.sorted(by: >)[k - 1])
            }
        }
    }

    /// Sentences that look like the source's or like nothing of it go first; those in between stay.
    @Test func independentSentencesAreKept() throws {
        let teacher = try Self.teacher(2)
        func batch(_ rows: [UInt32], index: Int) -> SentenceBatch {
            var corpus = TinyCorpus(seed: 11)
            var batch = corpus.scored(rows.map { _ in 4 }, index: index)
            var embedding = batch.embedding
            for sentence in rows.indices {
                for token in batch.tokens(ofSentence: sentence) { embedding?.rows[token] = rows[sentence] }
            }
            batch.embedding = embedding
            return batch
        }
        // Words 1 and 2 are of the source alone, 5 of both, 8 and 9 of the target alone.
        var source = StateSample(teacher, limit: 4000, seed: 1, number: 1)
        let sourceBatch = batch((0..<120).map { [1, 2, 5][$0 % 3] }, index: 1)
        source.offer(sourceBatch)
        var settings = IndependenceChoice.Settings()
        settings.epochs = 20
        let rule = IndependenceChoice(
            .share(0.34), encoder: teacher, source: source.states, sourceIdentity: "s", settings: settings)
        let target = batch((0..<120).map { [8, 5, 9][$0 % 3] }, index: 1)
        rule.survey(target)
        rule.finishSurvey()
        #expect(rule.accuracy > 0.7)
        var kept = target
        rule.apply(to: &kept)
        #expect(kept.sentenceCount == 41)
        let common = kept.embedding?.rows.count { $0 == 5 } ?? 0
        #expect(Double(common) / Double(kept.tokenCount) > 0.9, "\(common) of \(kept.tokenCount)")
    }
}
