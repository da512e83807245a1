import Checkpoints
package import Distillation
import Shards
import Taggers
package import Teachers

/// What a run will hold in memory, from its configuration alone.
package enum MemoryPlan {
    /// Bytes of a token of scored text: text, offsets, row, feature and probabilities, with the slack of growing
    /// arrays.
    private static let bytesPerToken = 64

    /// Mebibytes besides the mapped vector table: blocks on their way through four stages, two shuffle windows, what each
    /// thread computes with, the student, and what is remembered of the stream for selecting from it.
    package static func mebibytes(
        _ settings: TrainingSettings, teacher: TeacherMixture, blockBytes: Int, jobs: Int, selection: Int
    ) -> Int {
        let tokenBytes = bytesPerToken + 4 * teacher.labels.count
        let tokensPerBlock = blockBytes / 4
        let blocks = 4 * (PipelineRunner.streamCapacity + jobs) * tokensPerBlock * tokenBytes
        let windows = 2 * settings.windowTokenCount * tokenBytes
        let threads = jobs * (teacher.bytesPerThread + 4 << 20)
        let student = 16 << 20
        return 8 + (blocks + windows + threads + student + selection) >> 20
    }
}

/// Where a run in a folder would begin.
package enum ResumeState {
    package static func describe(_ output: String) -> String {
        let store = CheckpointStore(path: "\(output)/checkpoints")
        guard let checkpoint = (try? store.newest(arrays: [], warn: { _ in })) ?? nil,
            let state = try? JSON.decode(TrainingRun.State.self, from: checkpoint.state)
        else {
            let blocks = Spool(path: "\(output)/spool").shardPaths.count
            return blocks > 0 ? "would continue the spool after \(blocks) shard(s)" : "would begin: no checkpoint there"
        }
        if state.isFinished { return "complete already, \(state.updateNumber) updates" }
        return "would continue after update \(state.updateNumber), epoch \(state.cursor.epoch + 1)"
    }
}
