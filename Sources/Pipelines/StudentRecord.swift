import Distillation

/// What `run.json` beside a model says besides which run made it.
struct StudentRecord: Codable {
    var version = Version.number
    var purpose: String
    var epochs: [TrainingRun.EpochReport]
    var bestEpoch: Int?
    var updates: Int
    /// Tokens learnt from, each counted once per epoch.
    var tokens: Int
    /// Of all processes that worked on the run, with all their stages; of one that was killed, up to its last checkpoint.
    var seconds: Double
    /// What the last of them was told: everything else is as this version chooses it.
    var words: [String]?
    /// Number of these processes.
    var legs: Int
    /// The updates after which another one went on; nil: none did.
    var resumes: [Int]?
    var peakResidentBytes = ProgressMeter.peakResidentBytes
    /// What the process may hold by the plan, mapped table included; nil: not known, or of another version.
    var memoryBoundBytes: Int?
    var flow: FlowRecord?

    init(_ state: TrainingRun.State, purpose: String, flow: FlowRecord) {
        (self.purpose, self.flow) = (purpose, flow)
        (epochs, bestEpoch) = (state.epochs, state.bestEpoch)
        (updates, tokens) = (state.updateNumber, state.tokenCount)
        (seconds, legs, resumes) = (state.seconds ?? 0, state.legs ?? 1, state.resumes)
    }
}
