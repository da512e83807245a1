import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Objectives
import Runs
import Taggers
import Testing

@testable import Distillation

@Suite struct LanguageAdversaryTests {
    /// Text that gives the same sentences for the same update.
    struct Text: UnlabelledText {
        func sentences(update: Int, tokenCount: Int) -> UpdateBatch {
            var corpus = TinyCorpus(seed: UInt64(1000 + update))
            let batch = corpus.embedded([3, 7, 4, 6])
            var result = UpdateBatch()
            for sentence in 0..<4 { result.append(batch, sentence: sentence, hasTargets: false) }
            return result
        }
    }

    private static func crossEntropy(_ p: Double, _ isSource: Bool) -> Double { -log(isSource ? p : 1 - p) }

    @Test(arguments: [true, false]) func gradientsAgreeWithFiniteDifferences(_ isSource: Bool) {
        let discriminator = LanguageDiscriminator(width: 5, hiddenWidth: 4, seed: 3)
        var random = SeededGenerator(seed: 4)
        var state = random.floats(5, in: -2...2)
        for index in 16..<24 { discriminator.arrays[index] += 0.1 }
        let gradient = FloatBuffer(count: discriminator.parameterCount)
        var against = [Float](repeating: 0, count: 5)
        let (loss, source) = discriminator.learn(
            state, isSource: isSource, weight: 0.5, gradient: gradient.pointer, against: &against, againstWeight: 2)
        #expect(abs(loss - Self.crossEntropy(source, isSource)) < 1e-9)
        let step: Float = 1e-3
        for index in 0..<discriminator.parameterCount {
            let value = discriminator.arrays[index]
            discriminator.arrays[index] = value + step
            let above = Self.crossEntropy(discriminator.output(state).source, isSource)
            discriminator.arrays[index] = value - step
            let below = Self.crossEntropy(discriminator.output(state).source, isSource)
            discriminator.arrays[index] = value
            #expect(abs(Double(gradient[index]) - 0.5 * (above - below) / Double(2 * step)) < 1e-3)
        }
        for index in 0..<5 {
            // By the state: twice the cross-entropy with the other answer.
            let value = state[index]
            state[index] = value + step
            let above = Self.crossEntropy(discriminator.output(state).source, !isSource)
            state[index] = value - step
            let below = Self.crossEntropy(discriminator.output(state).source, !isSource)
            state[index] = value
            #expect(abs(Double(against[index]) - 2 * (above - below) / Double(2 * step)) < 2e-3)
        }
        #expect(against.contains { abs($0) > 1e-2 })
    }

    private static func trainer(
        weight: Double?, jobs: Int = 1, settings: TrainingSettings, updatesPerEpoch: Int? = nil
    ) -> Trainer {
        let adversary = weight.map { weight in
            var settings = LanguageAdversary.Settings()
            settings.weight = weight
            settings.learningRate = 0.05  // a discriminator that lags behind is led in circles
            return LanguageAdversary(settings, width: tinyConfiguration().hiddenWidth)
        }
        return makeTrainer(settings, updatesPerEpoch: updatesPerEpoch, jobs: jobs, adversary: adversary)
    }

    /// How well a fresh discriminator learns to tell the states of two kinds of text apart.
    private static func accuracy(_ trainer: Trainer, _ source: SentenceBatch, _ target: SentenceBatch) throws -> Double
    {
        let tagger = try TaggerInference(
            Model(configuration: trainer.configuration, parameters: trainer.parameters), vectors: tinyVectors)
        let judge = LanguageDiscriminator(width: 9, hiddenWidth: 8, seed: 77)
        let gradient = FloatBuffer(count: judge.parameterCount)
        var right = 0, all = 0
        for round in 1...150 {
            gradient.zero()
            (right, all) = (0, 0)
            for (isSource, batch) in [(true, source), (false, target)] {
                tagger.forEachSentence(of: batch) { sentence in
                    for token in 0..<sentence.tokens.count {
                        let p = judge.learn(
                            sentence.states.from(row: token).pointer, isSource: isSource, weight: 0.01,
                            gradient: gradient.pointer
                        ).source
                        right += (p > 0.5) == isSource ? 1 : 0
                        all += 1
                    }
                }
            }
            judge.step(gradient, update: round, learningRate: 0.01)
        }
        return Double(right) / Double(all)
    }

    @Test func statesBecomeHarderToTellApart() throws {
        var corpus = TinyCorpus(seed: 71)
        func text(_ rows: ClosedRange<UInt32>) -> SentenceBatch {
            var batch = corpus.embedded((0..<20).map { 3 + $0 % 4 })
            let embedding = batch.embedding.map { columns in
                var columns = columns
                for token in columns.rows.indices {
                    columns.rows[token] = rows.lowerBound + UInt32(token) % (rows.upperBound - rows.lowerBound + 1)
                }
                return columns
            }
            batch.embedding = embedding
            return batch
        }
        var source = text(0...4)
        let target = text(5...9)
        source.gold = (0..<source.tokenCount).map { UInt8($0 % 2) }
        var foreign = UpdateBatch()
        for sentence in 0..<target.sentenceCount { foreign.append(target, sentence: sentence, hasTargets: false) }
        func accuracy(_ weight: Double?) throws -> Double {
            let trainer = Self.trainer(
                weight: weight,
                settings: TrainerTests.settings {
                    $0.objective = ObjectiveChoice(HardLabels.self)
                })
            for number in 1...150 {
                _ = trainer.update(update(source, number: number), text: weight == nil ? nil : foreign)
            }
            return try Self.accuracy(trainer, source, target)
        }
        let (without, with) = try (accuracy(nil), accuracy(0.3))
        #expect(without > 0.9 && with < without - 0.1, "\(without) without, \(with) with")
    }

    @Test func bytesAreTheSameForAnyNumberOfJobsAndWhenContinued() async throws {
        let folder = ScratchFolder(), blocks = scoredBlocks(12, seed: 96)
        func run(_ path: String, jobs: Int) throws -> TrainingRun {
            try TrainingRun(
                Self.trainer(
                    weight: 0.1, jobs: jobs, settings: TrainingRunTests.settings,
                    updatesPerEpoch: TrainingRunTests.updatesPerEpoch(blocks)),
                store: CheckpointStore(path: folder[path], keptCount: 1000), signature: TrainingRunTests.signature(),
                checkpointInterval: .zero, text: Text())
        }
        let whole = try run("whole", jobs: 1)
        try await TrainingRunTests.train(whole, blocks)
        let plain = try TrainingRunTests.makeRun(blocks, folder["plain"])
        try await TrainingRunTests.train(plain, blocks)
        #expect(TrainingRunTests.bytes(whole) != TrainingRunTests.bytes(plain))
        let saved = CheckpointStore(path: folder["whole"]).paths
        for index in stride(from: 2, to: saved.count - 1, by: 7) {
            try FileManager.default.createDirectory(
                atPath: folder["part-\(index)"], withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: saved[index],
                toPath: "\(folder["part-\(index)"])/\((saved[index] as NSString).lastPathComponent)")
            let part = try run("part-\(index)", jobs: 1 + index % 3)
            #expect(try part.resume { Issue.record("\($0)") })
            try await TrainingRunTests.train(part, blocks)
            #expect(TrainingRunTests.bytes(part) == TrainingRunTests.bytes(whole), "from checkpoint \(index)")
            #expect(
                part.trainer.adversary?.discriminator.arrays.array
                    == whole.trainer.adversary?.discriminator.arrays.array)
        }
    }
}
