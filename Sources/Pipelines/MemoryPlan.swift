import Diagnostics
import Distillation
import Runs
import Shards

/// What a run will hold in memory, from its configuration alone: blocks on their way through the stages, shuffle windows,
/// what each thread computes with, what stages remember of the stream, and the student.
struct MemoryPlan {
    /// Bytes of a token of scored text: text, offsets, row, feature and probabilities, with the slack of growing
    /// arrays.
    private static let bytesPerToken = 64

    let jobs: Int
    let stages: [StageMemory]
    let labelCount: Int
    var blockByteCount = 1 << 16
    /// Of the student's; 0 without one.
    var windowTokenCount = 0

    init(jobs: Int, stages: [StageMemory], labelCount: Int) {
        (self.jobs, self.stages, self.labelCount) = (jobs, stages, labelCount)
    }

    /// Besides the mapped vector table.
    var mebibytes: Int {
        let tokenBytes = Self.bytesPerToken + 4 * labelCount
        let blocks = (stages.count + 2) * (PipelineRunner.streamCapacity + jobs) * blockByteCount / 4 * tokenBytes
        let windows = 2 * windowTokenCount * tokenBytes
        let threads = jobs * (stages.reduce(0) { $0 + $1.bytesPerThread } + 4 << 20)
        let held = stages.reduce(0) { $0 + $1.bytesHeld }
        return 8 + (blocks + windows + threads + held + 16 << 20) >> 20
    }
}

/// Where a run in a folder would begin.
enum ResumeState {
    static func describe(_ output: String) -> String {
        let checkpoint: Checkpoint?
        do {
            checkpoint = try CheckpointStore(path: "\(output)/checkpoints").newest(warn: { _ in })
        } catch {
            return "would not begin: \((error as? Failure)?.message ?? "\(error)")"
        }
        guard let checkpoint, let state = try? JSON.decode(TrainingRun.State.self, from: checkpoint.state) else {
            let blocks = Spool(path: "\(output)/spool").shardPaths.count
            return blocks > 0 ? "would continue the spool after \(blocks) shard(s)" : "would begin: no checkpoint there"
        }
        if state.isFinished { return "complete already, \(state.updateNumber) updates" }
        return "would continue after update \(state.updateNumber), epoch \(state.cursor.epoch + 1)"
    }
}
