import Diagnostics
import Distillation
import Runs
import Shards

/// What `run.json` in the folder of a round says: how the weights beside it were made. Written last.
struct RoundRecord {
    let path: String
    /// That of the deltas.
    let signature: RunSignature
    let content: Content

    /// Beside the fields of the signature, and those of any student's record.
    struct Content: Codable {
        var outer: OuterOptimizer
        /// Digest of the model, as deltas of the next round have it.
        var weights: String
        /// Digest of the velocity; nil without one.
        var velocity: String?
        var units: [Unit]
    }

    struct Unit: Codable {
        var unit: String
        var data: String
        var tokens: Int
        var loss: Double
    }

    /// - Throws: When the round does not stand.
    init(_ folder: RoundFolder) throws {
        guard folder.stands else { throw Failure.roundIsNotMerged(folder) }
        path = folder.record
        let bytes = try Directory.contents(of: path)
        signature = try RunSignature(bytes, place: path)
        guard signature.kind == RoundDelta.kind, let content = try? JSON.decode(Content.self, from: bytes) else {
            throw Failure.noRoundRecord(path)
        }
        self.content = content
    }

    /// Refuses what was made otherwise than a delta with this signature.
    ///
    /// - Parameter ignored: Fields that may differ.
    func require(_ signature: RunSignature, ignoring ignored: Set<String> = []) throws {
        if let difference = self.signature.namedDifference(from: signature, ignoring: ignored) {
            throw Failure.unitMadeOtherwise(path, difference)
        }
    }
}

/// The same as it is written, with what any student's record says.
struct WrittenRoundRecord: Encodable {
    let student: StudentRecord
    let content: RoundRecord.Content

    func encode(to encoder: any Encoder) throws {
        try student.encode(to: encoder)
        try content.encode(to: encoder)
    }
}
