import Shards

/// What `evaluate --json` wrote, as far as reports tell it; percent.
struct ScoresFile: Decodable {
    struct Counts: Decodable {
        var precision, recall, f1: Double, correct, predicted, gold: Int
        /// The ends of the interval, of a type.
        var f1Low, f1High: Double?
    }
    struct Interval: Decodable { var f1Low, f1High: Double }
    struct Span: Decodable, Equatable { var start, end: Int, type: String }
    struct Sentence: Decodable { var number: Int, words: [String], gold, system, reference: [Span] }
    struct Agreement: Decodable { var entities: Counts, sameSentences, sentences: Int, worst: [Sentence] }

    var overall: Counts
    var interval: Interval?
    var types: [String: Counts]
    var sentenceCount: Int
    /// Of entities whose words were learnt from, and of the others; nil when nobody said what was.
    var seen, unseen: Counts?
    /// With the teacher.
    var agreement: Agreement?

    /// - Returns: nil when there is no such file.
    init?(path: String) throws {
        guard Directory.fileExists(path) else { return nil }
        self = try JSON.decode(ScoresFile.self, from: Directory.contents(of: path))
    }
}
