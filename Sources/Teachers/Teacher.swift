package import Corpora
package import Kernels
package import Shards

/// Who scores: gives every token of a batch a distribution over the labels.
///
/// Nobody asks how. A teacher may be one of our taggers (``TaggerTeacher``), several teachers together (``TeacherMixture``), or anything
/// that answers later or not at all, such as another program: hence `async throws`. Who wants to know what a network thinks of words asks for a
/// ``WordEncoder``, which a teacher need not be.
package protocol Teacher: Sendable {
    /// For messages.
    var name: String { get }
    /// Tag names in the order of the probabilities.
    var labels: [String] { get }
    /// Identity of what decides the scores, one for each model that has a say.
    var digests: [String] { get }
    /// How much each of them has to say; sums to 1.
    var weights: [Double] { get }
    /// Whether its scores are worth keeping (``RememberingTeacher``): it takes far longer than to read them from a disk.
    var isCostly: Bool { get }
    /// Bytes that each thread which scores keeps for itself.
    var bytesPerThread: Int { get }
    /// Refuses a stream it cannot read.
    func requireFit(_ header: StreamHeader, stream: String) throws
    /// The scores of all tokens of a batch: the same whoever asks, and whatever was asked before. Several batches may be asked for at once.
    func score(_ batch: SentenceBatch) async throws -> TeacherScores
}

extension Teacher {
    package var weights: [Double] { [1] }
    package var isCostly: Bool { false }
    package var bytesPerThread: Int { 0 }
}

/// What a teacher says of a batch of `N` tokens, before it is rounded to what a stream holds.
package struct TeacherScores: Sendable {
    package let labelCount: Int
    /// `[N, K]`
    package let probabilities: FloatBuffer
    /// Of several teachers together: `[teachers][N]`, the label that each of them finds the most probable.
    package var choices: [[UInt8]] = []
    /// Sentences for which a teacher has no answer, rising; their rows mean nothing.
    package var unscored: [Int] = []
    /// What a user should know of, and how often it happened.
    package var notes: [String: Int] = [:]

    /// - Parameter probabilities: `[N, labelCount]`
    package init(labelCount: Int, probabilities: FloatBuffer) {
        (self.labelCount, self.probabilities) = (labelCount, probabilities)
    }

    /// As a stream holds them, with the votes of several teachers for the label that is the most probable there.
    package var columns: ScoreColumns {
        let count = probabilities.count
        let rounded = [UInt16](unsafeUninitializedCapacity: count) { buffer, written in
            if let base = buffer.baseAddress {
                Kernel.floatToHalf(count: count, x: probabilities.pointer, y: base)
            }
            written = count
        }
        var columns = ScoreColumns(labelCount: labelCount, probabilities: rounded)
        guard !choices.isEmpty else { return columns }
        columns.voterCount = UInt8(choices.count)
        columns.votes = (0..<count / labelCount).map { token in
            let label = columns.label(ofToken: token)
            return UInt8(choices.count { Int($0[token]) == label })
        }
        return columns
    }
}
