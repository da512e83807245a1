import Shards
import Streams

/// What flowed through the stages of a run, in `run.json`: the ledger of its sentences, and who waited for whom.
package struct FlowRecord: Codable, Equatable, Sendable {
    struct Stage: Codable, Equatable, Sendable {
        var name: String
        /// Number of the pipeline; what must see the stream first has one of its own.
        var pass: Int
        /// What came out.
        var counts: BlockCounts
        /// Sentences put in, or left out when negative, by reason.
        var changes: [String: Int]
        /// Of what reads text: its lines or other records, how many of them could not be understood, and what is wrong with
        /// the first hundred of these, with file and line.
        var records, rejectedRecords: Int?
        var rejected: [String]?
        /// From the beginning to the last block; ``busySeconds`` are summed over threads.
        var seconds, busySeconds: Double
        /// Without anything to work on, and with a result that nobody took; nil where it is not known.
        var waitingSeconds, blockedSeconds: Double?
    }

    var stages: [Stage]
    /// Whether all of the stream passed in one process; otherwise the counts are those of the last one.
    var isWhole: Bool

    init(stages: [Stage], isWhole: Bool) { (self.stages, self.isWhole) = (stages, isWhole) }

    /// - Parameter first: Stages before it are another run's.
    init(_ progress: ProgressMeter, from first: Int, isWhole: Bool) {
        self.isWhole = isWhole
        stages = progress.stages[first...].map { stage in
            let values = stage.snapshot
            return Stage(
                name: stage.name, pass: stage.pass, counts: values.counts, changes: values.changes,
                records: values.records?.read, rejectedRecords: values.records?.rejected,
                rejected: values.records?.messages,
                seconds: values.elapsed.seconds, busySeconds: values.busy.seconds,
                waitingSeconds: stage.waiting?.seconds, blockedSeconds: stage.blocked?.seconds)
        }
    }

    /// What came into a stage: what came out of the one before it in the same pipeline; nil for the first of one.
    func sentencesIn(_ index: Int) -> Int? {
        guard index > 0, stages[index - 1].pass == stages[index].pass, stages[index].pass > 0 else { return nil }
        return stages[index - 1].counts.sentences
    }

    /// Sentences of a stage that are neither out nor left out for a reason; 0 is what must be.
    func unexplained(_ index: Int) -> Int {
        guard isWhole, let input = sentencesIn(index) else { return 0 }
        return input + stages[index].changes.values.reduce(0, +) - stages[index].counts.sentences
    }
}
