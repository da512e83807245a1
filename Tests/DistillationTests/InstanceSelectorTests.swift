import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Runs
import Taggers
import Testing

@testable import Distillation

@Suite struct InstanceSelectorTests {
    static func selector(_ change: (inout InstanceSelector.Settings) -> Void = { _ in }) -> InstanceSelector {
        var settings = InstanceSelector.Settings()
        settings.hiddenWidth = 5
        change(&settings)
        return InstanceSelector(
            settings, labelCount: 5, taggerWidth: 9, development: settings.kind == .policy ? gold : nil)
    }

    private static let gold: UpdateBatch = {
        var corpus = TinyCorpus(seed: 12)
        var gold = corpus.embedded([4, 6, 3])
        gold.gold = (0..<gold.tokenCount).map { UInt8($0 % 5) }
        return update(gold, number: 1)
    }()

    /// Place of the policy's last bias.
    static func bias(_ selector: InstanceSelector) -> Int { selector.parameterCount - 1 }

    static func states(_ selector: InstanceSelector, count: Int, seed: UInt64) -> [[Float]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in random.floats(selector.stateWidth, in: -1...1) }
    }

    /// `-1/|b| sum_j (A log pi(a_j) + bonus H(pi_j))`, in double precision from its definition.
    static func objective(_ selector: InstanceSelector, _ decision: InstanceSelector.Decision, advantage: Double)
        -> Double
    {
        let bonus = selector.settings.entropyBonus
        return -decision.states.enumerated().reduce(0) { sum, item in
            let p = selector.decide(item.element).probability
            let chosen = decision.isKept[item.offset] ? log(p) : log(1 - p)
            let entropy = -p * log(p) - (1 - p) * log(1 - p)
            return sum + advantage * chosen + bonus * entropy
        } / Double(decision.states.count)
    }

    @Test(arguments: [0.7, -1.3, 0])
    func gradientAgreesWithFiniteDifferences(_ advantage: Double) {
        let selector = Self.selector { $0.entropyBonus = 0.3 }
        var random = SeededGenerator(seed: 4)
        for (index, value) in random.floats(selector.parameterCount, in: -0.4...0.4).enumerated() {
            selector.arrays[index] = value
        }
        let decision = selector.choose(Self.states(selector, count: 7, seed: 5), update: 1)
        let found = selector.gradient(decision, advantage: advantage)
        var largest = 0.0
        for index in 0..<selector.parameterCount {
            let value = selector.arrays[index], step: Float = 1e-3
            selector.arrays[index] = value + step
            let above = Self.objective(selector, decision, advantage: advantage)
            selector.arrays[index] = value - step
            let below = Self.objective(selector, decision, advantage: advantage)
            selector.arrays[index] = value
            let expected = (above - below) / Double(2 * step)
            largest = max(largest, abs(expected))
            #expect(abs(Double(found[index]) - expected) < 2e-3 * max(0.05, abs(expected)), "parameter \(index)")
        }
        #expect(largest > 1e-3)
    }

    /// METHODS 11.9: with reward 0 the policy moves by the entropy bonus alone.
    @Test func withoutRewardOnlyTheEntropyMovesThePolicy() {
        let still = Self.selector { $0.entropyBonus = 0 }
        let before = still.arrays.array
        for update in 1...5 {
            still.learn(still.choose(Self.states(still, count: 6, seed: 6), update: update), reward: 0)
        }
        #expect(Array(still.arrays.array[..<still.parameterCount]) == Array(before[..<still.parameterCount]))

        let drawn = Self.selector { $0.learningRate = 0.05 }
        drawn.arrays[Self.bias(drawn)] = 2
        let states = Self.states(drawn, count: 6, seed: 6)
        let mean = { states.reduce(0) { $0 + drawn.decide($1).probability } / 6 }
        let first = mean()
        for update in 1...30 { drawn.learn(drawn.choose(states, update: update), reward: 0) }
        #expect(first > 0.8 && mean() < first - 0.05)  // towards 1/2, where entropy is highest
    }

    /// What is rewarded becomes more probable: sentences with a positive first number are good.
    @Test func policyLearnsWhatIsRewarded() {
        let selector = Self.selector { $0.learningRate = 0.02 }
        var states = Self.states(selector, count: 8, seed: 7)
        for index in states.indices { states[index][0] = index % 2 == 0 ? 1 : -1 }
        for update in 1...300 {
            let decision = selector.choose(states, update: update)
            let good = decision.isKept.enumerated().reduce(0.0) {
                $0 + ($1.element == ($1.offset % 2 == 0) ? 1 : -1)
            }
            selector.learn(decision, reward: good)
        }
        for (index, state) in states.enumerated() {
            let p = selector.decide(state).probability
            #expect(index % 2 == 0 ? p > 0.8 : p < 0.2, "sentence \(index): \(p)")
        }
    }

    @Test func rewardsAreStandardizedByTheOnesBefore() {
        let selector = Self.selector()
        #expect(selector.standardized(5) == 0)  // nothing to compare with
        #expect(selector.state.rewardMean == 5)
        #expect(selector.standardized(6) == 0)  // there is no deviation yet
        #expect(abs(selector.state.rewardMean - 5.1) < 1e-12)
        #expect(abs(selector.state.rewardVariance - 1) < 1e-12)
        #expect(abs(selector.standardized(5.1)) < 1e-9)
        #expect(abs(selector.state.rewardVariance - 0.9) < 1e-12)
        #expect(abs(selector.standardized(7.1) - 2 / (0.9.squareRoot() + 1e-6)) < 1e-9)
    }

    @Test func leastShareIsKept() {
        let selector = Self.selector()
        selector.arrays[Self.bias(selector)] = -60
        let states = Self.states(selector, count: 25, seed: 8)
        let kept = selector.choose(states, update: 1).isKept
        #expect(kept.count { $0 } == 3)  // 10 % of 25, rounded up
        #expect(selector.choose([], update: 1).isKept.isEmpty)
    }

    @Test func randomSelectorKeepsItsShare() {
        let selector = Self.selector { $0.kind = .random(rate: 0.3) }
        let kept = (1...200).reduce(0) {
            $0
                + selector.choose(Self.states(selector, count: 20, seed: 9), update: $1)
                .isKept.count { $0 }
        }
        #expect(abs(Double(kept) / 4000 - 0.3) < 0.025)
    }

    @Test func sentenceIsDescribedAsDefined() {
        let describer = SentenceDescriber(labelCount: 3, taggerWidth: 2, seed: 1)
        let q: [Float] = [0.5, 0.25, 0.25, 0.2, 0.7, 0.1], p: [Float] = [0.5, 0.25, 0.25, 0.4, 0.5, 0.1]
        let states = FloatBuffer([1, 2, 3, 4])
        let s = q.withUnsafeBufferPointer { q in
            p.withUnsafeBufferPointer { p in
                describer.describe(
                    .init(
                        teacher: q.baseAddress!, student: p.baseAddress!,
                        states: RowsPointer(states.pointer, stride: 2), tokenCount: 2))
            }
        }
        func entropy(_ row: [Double]) -> Double { -row.reduce(0) { $0 + $1 * log($1) } / log(3) }
        let expected: [Double] = [
            0.5, -(log(0.5) + log(0.7)) / 2, 0.5, (entropy([0.5, 0.25, 0.25]) + entropy([0.2, 0.7, 0.1])) / 2,
            (0.04 + 0.04) / 2, log(3), 0.35, 0.475, 0.175,
        ]
        #expect(worstDifference(Array(s[..<9]), expected, absolute: 1e-6) == nil, "\(s[..<9])")
        // The projection is that of the entity's state, the second.
        #expect(s.count == describer.stateWidth && s[9...].contains { abs($0) > 0.1 })
    }

    // MARK: In training

    private static let settings: TrainingSettings = {
        var settings = TrainingRunTests.settings
        settings.averageDecay = 0.9
        return settings
    }()

    private static func run(
        _ blocks: [SentenceBatch], _ path: String, selector: InstanceSelector?, jobs: Int = 1,
        settings: TrainingSettings = settings
    ) throws -> TrainingRun {
        let updates = TrainingRunTests.updatesPerEpoch(blocks)
        let trainer = makeTrainer(settings, updatesPerEpoch: updates, jobs: jobs, selector: selector)
        return TrainingRun(
            trainer, store: CheckpointStore(path: path, keptCount: 1000), signature: try TrainingRunTests.signature(),
            checkpointInterval: .zero, averageDecay: settings.averageDecay)
    }

    /// METHODS 11.9: a policy that keeps everything is iterated TSL, bit for bit.
    @Test func policyThatKeepsEverythingChangesNothing() async throws {
        let folder = ScratchFolder(), blocks = scoredBlocks(12, seed: 93)
        let selector = Self.selector { $0.learningRate = 1e-9 }
        selector.arrays[Self.bias(selector)] = 60
        let with = try Self.run(blocks, folder["with"], selector: selector)
        let without = try Self.run(blocks, folder["without"], selector: nil)
        try await TrainingRunTests.train(with, blocks)
        try await TrainingRunTests.train(without, blocks)
        #expect(TrainingRunTests.bytes(with) == TrainingRunTests.bytes(without))
        #expect(with.state.epochs.allSatisfy { $0.keptShare == 1 && $0.entityShare == $0.keptEntityShare })
    }

    @Test(arguments: [InstanceSelector.Kind.policy, .random(rate: 0.5)])
    func runsContinueBitForBit(_ kind: InstanceSelector.Kind) async throws {
        let folder = ScratchFolder(), blocks = scoredBlocks(12, seed: 94)
        func selector() -> InstanceSelector { Self.selector { $0.kind = kind } }
        let whole = try Self.run(blocks, folder["whole"], selector: selector())
        try await TrainingRunTests.train(whole, blocks)
        let kept = whole.state.epochs.compactMap(\.keptShare)
        #expect(kept.count == 3 && kept.allSatisfy { $0 > 0.2 && $0 < 0.8 }, "\(kept)")
        // The result is the running mean, not the last weights.
        #expect(whole.result.array != whole.trainer.parameters.array)
        let saved = CheckpointStore(path: folder["whole"]).paths
        for index in stride(from: 0, to: saved.count - 1, by: 5) {
            let path = folder["part-\(index)"]
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: saved[index], toPath: "\(path)/\((saved[index] as NSString).lastPathComponent)")
            let run = try Self.run(blocks, path, selector: selector(), jobs: 1 + index % 3)
            #expect(try run.resume { Issue.record("\($0)") })
            try await TrainingRunTests.train(run, blocks)
            #expect(TrainingRunTests.bytes(run) == TrainingRunTests.bytes(whole), "from checkpoint \(index)")
            #expect(run.trainer.selector?.arrays.array == whole.trainer.selector?.arrays.array)
            #expect(run.state.selector == whole.state.selector)
        }
    }

    /// `a <- d a + (1 - d) w`, d no more than (1 + n)/(10 + n) after n updates.
    @Test func averageIsTheRunningMean() async throws {
        let folder = ScratchFolder(), blocks = scoredBlocks(6, seed: 95)
        var short = Self.settings
        short.averageDecay = 0.5
        let run = try Self.run(blocks, folder["some"], selector: nil, settings: short)
        var mean = run.trainer.parameters.array.map(Double.init), updates = 0
        try await TrainingRunTests.train(run, blocks) {
            let d = min(0.5, Double(1 + updates) / Double(10 + updates))
            for (index, weight) in run.trainer.parameters.array.enumerated() {
                mean[index] = d * mean[index] + (1 - d) * Double(weight)
            }
            updates += 1
        }
        #expect(updates > 12)
        #expect(worstDifference(run.result.array, mean, absolute: 1e-5) == nil)
        var settings = Self.settings
        settings.averageDecay = 0  // nothing is kept: the last weights
        let none = try Self.run(blocks, folder["none"], selector: nil, settings: settings)
        try await TrainingRunTests.train(none, blocks)
        #expect(none.result.array == none.trainer.parameters.array)
    }
}
