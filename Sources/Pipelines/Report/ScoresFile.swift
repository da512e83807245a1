import Shards

/// What `evaluate --json` wrote, as far as reports tell it; percent.
struct ScoresFile: Decodable {
    struct Counts: Decodable { var precision, recall, f1: Double, correct, predicted, gold: Int }
    struct Interval: Decodable { var f1Low, f1High: Double }

    var overall: Counts
    var interval: Interval?
    var types: [String: Counts]
    var sentenceCount: Int

    /// - Returns: nil when there is no such file.
    init?(path: String) throws {
        guard Directory.fileExists(path) else { return nil }
        self = try JSON.decode(ScoresFile.self, from: Directory.contents(of: path))
    }
}
