import Diagnostics
import Kernels
import Shards

/// What is remembered of a unit that is done: how it was made, of which content, and what became of it. Written last.
struct UnitRecord: Codable, Equatable, Sendable {
    static let currentForm = 1

    var form = currentForm
    var producer = Version.producer
    var kernels = KernelPath.current.rawValue
    var unit: String
    var words: [String]
    var header: StreamHeader
    var files: String
    var inputs: [UnitInput]
    /// XXH3-128 of what was read: the content of text, the blocks of streams.
    var inputDigest: String
    var streamByteCount: Int
    /// Counts, and what was left out, by reason.
    var flow: FlowRecord
    var host = UnitAttempt.host
    /// Seconds since 1970.
    var began: Double
    var ended = WallClock.now

    init(_ plan: UnitPlan, streamByteCount: Int, flow: FlowRecord, began: Double) {
        (unit, words, header) = (plan.unit.description, plan.words, plan.header)
        (files, inputs) = (plan.inputs.files, plan.inputs.parts)
        inputDigest = plan.inputs.digest() ?? ""
        (self.streamByteCount, self.flow, self.began) = (streamByteCount, flow, began)
    }

    /// Reads a record; nil when there is none.
    init?(at path: String) throws {
        guard Directory.fileExists(path) else { return nil }
        guard let record = try? JSON.decode(UnitRecord.self, from: Directory.contents(of: path)),
            record.form == Self.currentForm
        else { throw Failure.noUnitRecord(path) }
        self = record
    }

    /// The first thing but the inputs in which units of one work may not differ; nil when they are the same.
    func difference(from other: UnitRecord) -> String? {
        if producer != other.producer { return "version: \(producer) against \(other.producer)" }
        if kernels != other.kernels { return "kernels: \(kernels) against \(other.kernels)" }
        if words != other.words {
            return "options: \(words.joined(separator: " ")) against \(other.words.joined(separator: " "))"
        }
        if let difference = header.difference(from: other.header) { return difference }
        // What is no part of a whole has inputs of its own.
        return files == other.files || unit == WorkUnit.whole.description ? nil : "sizes of the inputs"
    }

    /// Refuses a unit that is to be made otherwise, or of other content, than it was. Files that have the size and time that they had are not read.
    func requireSame(_ plan: UnitPlan, place: String) throws {
        let planned = UnitRecord(plan, streamByteCount: 0, flow: flow, began: began)
        if let difference = planned.difference(from: self) { throw Failure.unitWasMadeOtherwise(place, difference) }
        func ranges(_ inputs: [UnitInput]) -> [[Int?]] { inputs.map { [$0.bytes, $0.from, $0.to] } }
        guard ranges(planned.inputs) == ranges(inputs) else {
            throw Failure.unitWasMadeOtherwise(place, "sizes of the inputs")
        }
        guard planned.inputs.map(\.changed) != inputs.map(\.changed) else { return }
        guard try plan.inputs.readAgain() == inputDigest else {
            throw Failure.unitWasMadeOtherwise(place, "content of the inputs")
        }
    }
}
