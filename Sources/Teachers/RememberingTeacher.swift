package import Corpora
import Diagnostics
import Kernels
package import Shards

/// A costly teacher whose scores are kept in a folder, by its digests and the text's, so that it scores no batch twice.
///
/// `FOLDER/TEACHER/ab/cdef….zst` has the scores of the batch whose words have the digest `abcdef…`: a stream with one block, of the columns
/// `probabilities` (32-bit floats), `unscored` and `notes` (JSON). A file is there when it is complete, so a run that was
/// killed goes on with the first batch that was not scored, and several may use a folder at the same time. Scores are those
/// of the teacher to the bit, on the machine that computed them.
package struct RememberingTeacher: Teacher {
    private let teacher: any Teacher
    private let folder: String
    private let log: @Sendable (String) -> Void
    private let compressor = FrameCompressor(level: 1)

    package init(_ teacher: any Teacher, in folder: String, log: @escaping @Sendable (String) -> Void) throws {
        (self.teacher, self.log) = (teacher, log)
        self.folder = "\(folder)/\(Digest.hex(Array((teacher.digests + teacher.labels).joined(separator: "\n").utf8)))"
        try Directory.make(self.folder)
    }

    package var name: String { teacher.name }
    package var labels: [String] { teacher.labels }
    package var digests: [String] { teacher.digests }
    package var weights: [Double] { teacher.weights }
    package var isCostly: Bool { false }
    package var bytesPerThread: Int { teacher.bytesPerThread }

    package func requireFit(_ header: StreamHeader, stream: String) throws {
        try teacher.requireFit(header, stream: stream)
    }

    package func score(_ batch: SentenceBatch) async throws -> TeacherScores {
        let digest = Self.digest(of: batch)
        let place = "\(folder)/\(digest.prefix(2))", path = "\(place)/\(digest.dropFirst(2)).zst"
        if let scores = try kept(path, tokenCount: batch.tokenCount, sentenceCount: batch.sentenceCount) {
            return scores
        }
        let scores = try await teacher.score(batch)
        // The votes of several teachers are not kept: a mixture asks each of them.
        if scores.choices.isEmpty {
            try Directory.make(place)
            try keep(scores, of: batch, path)
        }
        return scores
    }

    private static func digest(of batch: SentenceBatch) -> String {
        let digest = RunningDigest()
        for ends in [batch.sentenceEnds, batch.textEnds] {
            digest.update(UInt64(ends.count))
            ends.withUnsafeBytes { digest.update($0) }
        }
        batch.text.withUnsafeBytes { digest.update($0) }
        return digest.hex
    }

    /// Scores that are there; nil when there are none, or they are damaged, which is said.
    private func kept(_ path: String, tokenCount: Int, sentenceCount: Int) throws -> TeacherScores? {
        guard Directory.fileExists(path) else { return nil }
        do {
            let reader = try ShardReader(paths: [path])
            guard let block = try reader.next(), try reader.next() == nil else { return nil }
            let columns = try Columns.Reader(block.payload, place: path), K = labels.count
            let probabilities: [Float] = try columns.column(
                "probabilities", as: Float.self, count: tokenCount * K)
            let unscored = try columns.column("unscored", as: UInt32.self).map(Int.init)
            guard probabilities.allSatisfy({ $0 >= 0 && $0 <= 1.001 }), unscored.allSatisfy({ $0 < sentenceCount }),
                let notes = try? JSON.decode([String: Int].self, from: columns.column("notes", as: UInt8.self))
            else { throw Columns.Reader.damaged(path, "its scores are none") }
            var scores = TeacherScores(labelCount: K, probabilities: FloatBuffer(probabilities))
            (scores.unscored, scores.notes) = (unscored, notes)
            return scores
        } catch let failure as Failure where failure.code == .badData {
            log("\(failure.message); scored again")
            return nil
        }
    }

    private func keep(_ scores: TeacherScores, of batch: SentenceBatch, _ path: String) throws {
        var columns = Columns.Writer()
        columns.add(
            "probabilities",
            Array(UnsafeBufferPointer(start: scores.probabilities.pointer, count: scores.probabilities.count)))
        columns.add("unscored", scores.unscored.map(UInt32.init))
        columns.add("notes", try JSON.encode(scores.notes))
        var rule = OutputRule()
        // The same text may be scored by another process, or twice in this one.
        (rule.replaces, rule.wait) = (true, .seconds(60))
        let writer = try ShardWriter(to: .file(path, rule), header: .ofWork(.answer), compressor: compressor)
        let counts = BlockCounts(sentences: batch.sentenceCount, tokens: batch.tokenCount)
        try writer.append(
            EncodedBlock(
                Block(kind: .data, index: 1, counts: counts, payload: columns.payload()), compressor: compressor))
        try writer.finish()
    }
}
