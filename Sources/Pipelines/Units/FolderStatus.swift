import Diagnostics
package import Shards

/// How the units in a folder stand: the merged records of those that are done, and what the others say of themselves.
package struct FolderStatus: Codable, Equatable, Sendable {
    package var folder: String
    package var units = 0
    package var done = 0
    package var open: [OpenUnit] = []
    /// Units of which one was made otherwise than the first: nobody may put their streams together.
    package var otherwise: [String: String] = [:]
    package var counts = BlockCounts()
    /// Of a process that did a unit, on average.
    package var tokensPerSecond: Double?
    /// Records that were read, and those of them that could not be understood.
    package var records = 0
    package var rejectedRecords = 0
    /// What is wrong with some of these, by unit.
    package var rejected: [String: [String]] = [:]
    /// Sentences put in, or left out when negative, by stage and reason.
    package var changes: [String: [String: Int]] = [:]

    package var isDone: Bool { units > 0 && done == units && otherwise.isEmpty }

    /// - Throws: When there is no unit in the folder, or a record cannot be read.
    package init(folder: String) throws {
        self.folder = folder
        let names = Set(Directory.names(in: folder))
        var first: UnitRecord?, seconds = 0.0
        for name in Self.units(names) {
            units += 1
            let output = UnitOutput(folder: folder, name: name)
            if names.contains(name + UnitOutput.recordEnding), let record = try UnitRecord(at: output.recordPath) {
                done += 1
                seconds += record.ended - record.began
                add(record, name)
                if let first {
                    otherwise[name] = record.difference(from: first)
                } else {
                    first = record
                }
            } else {
                open.append(OpenUnit(name, names.contains(name + UnitNotes.ending) ? output.notes.last : nil))
            }
        }
        guard units > 0 else { throw Failure.noUnits(folder) }
        if done > 0 { tokensPerSecond = Double(counts.tokens) / max(1e-3, seconds) }
    }

    /// Names of all units, also of those of which nothing is there yet. Other files may lie beside them.
    private static func units(_ names: Set<String>) -> [String] {
        var found: Set<String> = []
        for name in names where name.hasSuffix(UnitOutput.recordEnding) {
            let isAttempt = name.hasSuffix(UnitNotes.ending)
            let ending = isAttempt ? UnitNotes.ending : UnitOutput.recordEnding
            let unit = String(name.dropLast(ending.count))
            if isAttempt || names.contains(unit + UnitOutput.streamEnding) { found.insert(unit) }
            guard let match = unit.wholeMatch(of: /([0-9]{5,7})-of-([0-9]{5,7})/), let count = Int(match.2),
                let one = WorkUnit("\(Int(match.1) ?? 0)/\(count)"), UnitOutput.name(of: one) == unit
            else { continue }
            found.formUnion(WorkUnit.all(of: count).map(UnitOutput.name))
        }
        return found.sorted()
    }

    private mutating func add(_ record: UnitRecord, _ name: String) {
        if let last = record.flow.stages.last { counts += last.counts }
        for stage in record.flow.stages {
            records += stage.records ?? 0
            rejectedRecords += stage.rejectedRecords ?? 0
            if let messages = stage.rejected, !messages.isEmpty { rejected[name, default: []] += messages }
            for (reason, count) in stage.changes { changes[stage.name, default: [:]][reason, default: 0] += count }
        }
    }

    /// For a person.
    package var text: String {
        let states = (["\(done) done"] + open.counted).joined(separator: ", ")
        var lines = ["\(folder): \(units) units: \(states)"]
        lines.append(
            "  \(counts.documents) documents, \(counts.sentences) sentences, \(counts.tokens) tokens"
                + (tokensPerSecond.map { ", \(ProgressMeter.short($0)) tokens/s a process" } ?? ""))
        if rejectedRecords > 0 { lines.append("  \(rejectedRecords) of \(records) records left out:") }
        for (unit, messages) in rejected.sorted(by: { $0.key < $1.key }) {
            lines += messages.prefix(3).map { "    \(unit)  \($0)" }
            if messages.count > 3 { lines.append("    \(unit)  and more, see \(unit).json") }
        }
        for (stage, reasons) in changes.sorted(by: { $0.key < $1.key }) {
            lines += reasons.sorted { $0.key < $1.key }.map { "  \(stage): \($1) sentences: \($0)" }
        }
        lines += open.compactMap(\.text)
        lines += otherwise.sorted { $0.key < $1.key }.map { "  \($0)  made otherwise than the first: \($1)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
