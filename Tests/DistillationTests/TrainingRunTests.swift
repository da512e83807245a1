import Corpora
import Diagnostics
import Distillation
import Foundation
import Kernels
import NERPipeTesting
import Runs
import Taggers
import Testing

@Suite struct TrainingRunTests {
    struct Identity: Codable { var input = "3 files", seed = 1 }

    static func signature(_ identity: Identity = Identity()) throws -> RunSignature {
        try RunSignature("test", identity: identity)
    }

    static let epochs = 3

    static let settings: TrainingSettings = {
        var settings = TrainingSettings()
        settings.epochs = epochs
        settings.batchTokenCount = 25
        settings.windowTokenCount = 60
        settings.dropout = 0.2
        settings.vectorDropout = 0.2
        settings.learningRate = 0.02
        return settings
    }()

    static func updatesPerEpoch(_ blocks: [SentenceBatch]) -> Int {
        BatchFeed.updateCount(
            tokenCount: blocks.reduce(0) { $0 + $1.tokenCount }, batchTokenCount: settings.batchTokenCount)
    }

    static func makeRun(_ blocks: [SentenceBatch], _ path: String, _ identity: Identity = Identity()) throws
        -> TrainingRun
    {
        let trainer = makeTrainer(settings, updatesPerEpoch: updatesPerEpoch(blocks))
        return TrainingRun(
            trainer, store: CheckpointStore(path: path, keptCount: 1000), signature: try signature(identity),
            checkpointInterval: .zero)
    }

    /// Trains from where the run stands to the end of the last epoch.
    ///
    /// - Parameter scores: Of the epochs on development data, by their number.
    /// - Parameter updated: Called after each update.
    static func train(
        _ run: TrainingRun, _ blocks: [SentenceBatch], scores: [Double]? = nil, updated: () -> Void = {}
    ) async throws {
        while run.state.epochs.count < epochs {
            let source = BlockSource(blocks, from: run.state.cursor.windowFirstBlock)
            var feed = BatchFeed(settings, updatesPerEpoch: updatesPerEpoch(blocks), cursor: run.state.cursor) {
                source.take()
            }
            let epoch = run.state.epochs.count
            try await run.trainEpoch(
                &feed, evaluate: scores.map { scores in { _ in scores[epoch] } }, report: { _, _ in updated() })
        }
        try run.finish()
    }

    static func bytes(_ run: TrainingRun) -> [Float] {
        run.result.array + run.trainer.parameters.array + run.trainer.firstMoment.array + run.trainer.secondMoment.array
    }

    @Test(arguments: [nil, [50.0, 80, 60]])
    func continuedFromAnyCheckpointEndsWithTheSameBytes(_ scores: [Double]?) async throws {
        let folder = ScratchFolder()
        let blocks = scoredBlocks(12, seed: 91)
        let whole = try Self.makeRun(blocks, folder["whole"])
        try await Self.train(whole, blocks, scores: scores)
        #expect(whole.state.bestEpoch == (scores == nil ? nil : 1))
        let saved = CheckpointStore(path: folder["whole"]).paths
        #expect(saved.count > 20)
        for index in stride(from: 0, to: saved.count - 1, by: 3) {
            let path = folder["part-\(index)"]
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: saved[index], toPath: "\(path)/\((saved[index] as NSString).lastPathComponent)")
            let run = try Self.makeRun(blocks, path)
            #expect(try run.resume { Issue.record("\($0)") })
            try await Self.train(run, blocks, scores: scores)
            #expect(Self.bytes(run) == Self.bytes(whole), "from checkpoint \(index)")
            #expect(run.state.epochs.map(\.loss) == whole.state.epochs.map(\.loss))
            #expect(run.state.tokenCount == whole.state.tokenCount)
        }
    }

    @Test func numberOfCheckpointsChangesNothing() async throws {
        let folder = ScratchFolder()
        let blocks = scoredBlocks(6, seed: 92)
        let often = try Self.makeRun(blocks, folder["often"])
        try await Self.train(often, blocks)
        let trainer = makeTrainer(Self.settings, updatesPerEpoch: Self.updatesPerEpoch(blocks))
        let seldom = TrainingRun(
            trainer, store: CheckpointStore(path: folder["seldom"]), signature: try Self.signature(),
            checkpointInterval: .seconds(3600))
        try await Self.train(seldom, blocks)
        #expect(Self.bytes(often) == Self.bytes(seldom))
        #expect(CheckpointStore(path: folder["seldom"]).paths.count == 1)
        #expect(seldom.state.isFinished)
    }

    @Test func keepsTheWeightsOfTheBestEpoch() async throws {
        let folder = ScratchFolder()
        let blocks = scoredBlocks(5, seed: 93)
        let run = try Self.makeRun(blocks, folder["run"])
        var seen: [[Float]] = []
        while run.state.epochs.count < Self.epochs {
            let source = BlockSource(blocks)
            var feed = BatchFeed(Self.settings, updatesPerEpoch: Self.updatesPerEpoch(blocks), cursor: run.state.cursor)
            { source.take() }
            let score = [10.0, 70, 70][run.state.epochs.count]
            try await run.trainEpoch(&feed, evaluate: { _ in score }, report: { _, _ in })
            seen.append(run.trainer.parameters.array)
        }
        #expect(run.state.bestEpoch == 1)  // of equal epochs the first
        #expect(run.result.array == seen[1])
        #expect(seen[1] != seen[2])
    }

    @Test func anotherRunIsRefusedByName() async throws {
        let folder = ScratchFolder()
        let blocks = scoredBlocks(5, seed: 94)
        try await Self.train(try Self.makeRun(blocks, folder["run"]), blocks)
        let failure = #expect(throws: Failure.self) {
            try Self.makeRun(blocks, folder["run"], Identity(input: "4 files")).resume { _ in }
        }
        #expect(failure?.code == .mismatch)
        #expect(failure?.message.contains("input: the checkpoint has 3 files, this run has 4 files") == true)
        #expect(try Self.makeRun(blocks, folder["nothing"]).resume { _ in } == false)
    }

    @Test func lossThatIsNoNumberStopsTheRun() async throws {
        let folder = ScratchFolder()
        var blocks = scoredBlocks(3, seed: 95)
        blocks[1].scores?.probabilities[0] = Float16.nan.bitPattern
        let run = try Self.makeRun(blocks, folder["run"])
        await #expect { try await Self.train(run, blocks) } throws: {
            ($0 as? Failure)?.message.contains("not a number") == true
        }
        #expect(run.trainer.parameters.array.allSatisfy { $0.isFinite })
    }
}
