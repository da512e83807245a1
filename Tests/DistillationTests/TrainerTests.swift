import Corpora
import Kernels
import NERPipeTesting
import Objectives
import Taggers
import Testing

@testable import Distillation

@Suite struct TrainerTests {
    static func settings(_ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.dropout = 0
        settings.vectorDropout = 0
        settings.schedule = .constant
        settings.learningRate = 0.01
        change(&settings)
        return settings
    }

    @Test(arguments: ArithmeticPrecision.allCases)
    func weightsAreTheSameBytesForAnyNumberOfJobs(_ precision: ArithmeticPrecision) {
        var corpus = TinyCorpus(seed: 81)
        let batches = (1...3).map { corpus.scored((0..<90).map { 5 + ($0 * 7) % 23 }, index: $0) }
        #expect(batches[0].tokenCount > 3 * 384)  // several slices
        var results: [[Float]] = []
        for jobs in 1...3 {
            let trainer = makeTrainer(
                Self.settings {
                    $0.dropout = 0.2; $0.vectorDropout = 0.2; $0.precision = precision
                }, jobs: jobs)
            for (index, batch) in batches.enumerated() { _ = trainer.update(update(batch, number: index + 1)) }
            results.append(trainer.parameters.array + trainer.firstMoment.array + trainer.secondMoment.array)
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
        #expect(results[0].prefix(100) != tinyParameters().array.prefix(100))
    }

    @Test func gradientThatIsNotFiniteChangesNothing() {
        var corpus = TinyCorpus(seed: 86)
        let batch = corpus.scored([5, 9, 3])
        let parameters = tinyParameters()
        parameters[parameters.count - 1] = .infinity
        let before = parameters.array
        let trainer = makeTrainer(Self.settings(), parameters: parameters)
        #expect(!trainer.update(update(batch, number: 1)).gradientNorm.isFinite)
        #expect(trainer.parameters.array == before)
        #expect(trainer.firstMoment.array.allSatisfy { $0 == 0 })
    }

    /// Of losses that are least where the student says what the teacher says.
    @Test(arguments: ["mse", "kl"])
    func studentCopiedFromItsTeacherHasNothingToLearn(_ name: String) throws {
        let objective = try Self.objective(name)
        var corpus = TinyCorpus(seed: 82)
        var batch = corpus.embedded([5, 9, 3])
        let teacher = tinyParameters(seed: 5)
        batch.scores = scores(teacher, batch)
        let copy = FloatBuffer(teacher.array)
        let report = makeTrainer(Self.settings { $0.objective = objective }, parameters: copy).update(
            update(batch, number: 1))
        // What remains is the rounding of the targets to 16 bits.
        #expect(abs(report.loss) < 1e-4)
        #expect(report.gradientNorm < 2e-3)
        batch.scores = scores(teacher, batch, permutation: [1, 2, 3, 4, 0])
        let permuted = makeTrainer(Self.settings { $0.objective = objective }, parameters: FloatBuffer(teacher.array))
            .update(update(batch, number: 1))
        #expect(permuted.loss > 100 * abs(report.loss))
        #expect(permuted.gradientNorm > 20 * report.gradientNorm)
    }

    private static func objective(_ name: String) throws -> ObjectiveChoice {
        ObjectiveChoice(try #require(KnownObjectives.all.first { $0.name == name }))
    }

    @Test(arguments: KnownObjectives.all.filter { !$0.needs.contains(.states) }.map { $0.name })
    func freshStudentComesNearerToItsTeacher(_ name: String) throws {
        let objective = try Self.objective(name)
        var corpus = TinyCorpus(seed: 83)
        var batch = corpus.embedded((0..<30).map { 2 + $0 % 7 })
        // A teacher that is sure of itself.
        let teacher = tinyParameters(seed: 6)
        for index in 0..<teacher.count { teacher[index] *= 2 }
        batch.scores = scores(teacher, batch)
        let trainer = makeTrainer(
            Self.settings {
                $0.objective = objective; $0.epochs = 1
            }, updatesPerEpoch: 60)
        let losses = (1...60).map { trainer.update(update(batch, number: $0)).loss }
        #expect(
            losses[59] < 0.6 * losses[20] || losses[59] < 0.6 * losses[0], "\(losses[0]) \(losses[20]) \(losses[59])")
    }

    @Test func slicesShareTheTokensNearlyEqually() {
        var random = SeededGenerator(seed: 5)
        for round in 0..<200 {
            var corpus = TinyCorpus(seed: 87)
            let longest = [3, 30, 120, 600][round % 4]
            let lengths = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                Int.random(in: 1...longest, using: &random)
            }
            let all = update(corpus.scored(lengths), number: 1)
            let slices = all.slices
            #expect(slices.flatMap(Array.init) == Array(0..<lengths.count) && !slices.contains(where: \.isEmpty))
            let share = Double(all.tokenCount) / Double(slices.count)
            for slice in slices where slices.count > 1 && longest < 100 {
                // Each of its two ends is off by half a sentence at the most.
                #expect(abs(Double(lengths[slice].reduce(0, +)) - share) <= Double(longest))
            }
        }
    }

    @Test func goldLabelsAreOneHotTargets() {
        var corpus = TinyCorpus(seed: 84)
        var labelled = corpus.embedded([4, 6])
        let gold = (0..<10).map { UInt8($0 % 5) }
        labelled.gold = gold
        var scored = labelled
        scored.gold = nil
        scored.scores = ScoreColumns(
            labelCount: 5,
            probabilities: gold.flatMap { label in (0..<5).map { Float16($0 == Int(label) ? 1 : 0).bitPattern } })
        let a = makeTrainer(Self.settings { $0.objective = ObjectiveChoice(HardLabels.self) }),
            b = makeTrainer(Self.settings { $0.objective = ObjectiveChoice(HardLabels.self) })
        let report = a.update(update(labelled, number: 1))
        #expect(report.loss == b.update(update(scored, number: 1)).loss)
        #expect(a.parameters.array == b.parameters.array)
        #expect(report.targetEntityTokens == 8)
    }

    /// A token that does not count has no label either.
    @Test func tokensAreAgreedOnWhereTheyCount() {
        var corpus = TinyCorpus(seed: 4)
        var batch = corpus.scored([3])
        batch.scores?.voterCount = 2
        batch.scores?.votes = [2, 1, 2]
        #expect(update(batch, number: 1).isAgreed(0..<3) == [true, false, true])
        batch.scores?.weights = [1, 1, 0]
        #expect(update(batch, number: 1).isAgreed(0..<3) == [true, false, false])
    }

    @Test func updateIsThatOfTheWholeBatchNotOfItsSlices() {
        var corpus = TinyCorpus(seed: 85)
        let batch = corpus.scored((0..<80).map { 4 + $0 % 20 })
        let settings = Self.settings { $0.maximumGradientNorm = 1e9 }
        let whole = makeTrainer(settings).update(update(batch, number: 1))
        // The loss is a mean over tokens: of parts, their weighted mean.
        var sum = 0.0
        for sentence in 0..<batch.sentenceCount {
            var part = UpdateBatch()
            part.append(batch, sentence: sentence)
            part.updateNumber = 1
            sum += makeTrainer(settings).update(part).loss * Double(part.tokenCount)
        }
        #expect(abs(whole.loss - sum / Double(batch.tokenCount)) < 1e-6)
    }

    @Test func settingsNameWhatIsWrong() {
        func message(_ change: (inout TrainingSettings) -> Void) -> String {
            var settings = TrainingSettings()
            change(&settings)
            do { try settings.validate() } catch { return "\(error)" }
            return "accepted"
        }
        #expect(message { _ in } == "accepted")
        #expect(message { $0.epochs = 0 } == "epochs must be at least 1")
        #expect(message { $0.dropout = 1 }.hasPrefix("dropout"))
        #expect(message { $0.learningRate = .nan }.hasPrefix("learning rate"))
        #expect(message { $0.windowTokenCount = 10 }.hasPrefix("window tokens"))
        #expect(message { $0.maximumGradientNorm = -1 }.hasPrefix("clip"))
        #expect(
            message {
                $0.objective = ObjectiveChoice(PairsOfWords.self)
                $0.objective[PairsOfWords.similarityWeight] = .nan
            } == "similarity weight must be at least 0")
    }
}
