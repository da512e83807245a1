/// One record of `--metrics FILE.jsonl`; docs/metrics.md says what the fields are.
package struct MetricsRecord: Codable, Sendable {
    package struct Stage: Codable, Sendable {
        var name: String
        var documents: Int
        var sentences: Int
        var tokens: Int
        var busySeconds: Double
        var waitingSeconds: Double?
        var blockedSeconds: Double?
        var streamFill: Int?
        var streamCapacity: Int?
        var notes: [String: Int]
        /// Entities that were found, by type.
        var entities: [String: Int]?
    }

    var command: String
    /// Seconds since 1970: when the process began this work, and now.
    var started: Double
    var time: Double
    var seconds: Double
    /// Folder of the model that is trained.
    var output: String?
    var status: String
    var fraction: Double?
    /// `epoch` (from 1), `update`, `tokens`, `loss` (mean of the epoch so far), `epochsDone`, `developmentF1` (0 to 100),
    /// `resumedAfter`, where there are such.
    var figures: [String: Double]
    var peakResidentBytes: Int
    var stages: [Stage]
}
