import Corpora
import Diagnostics
package import Shards

/// The output of a unit of a work in the folder of all units, with what is known of the unit beside it.
///
/// | file | what | when |
/// |---|---|---|
/// | `NAME.zst` | the stream | complete |
/// | `NAME.json` | ``UnitRecord``: the unit is done | after the stream; nothing replaces it but `--force` |
/// | `NAME.bad`, `NAME.bad.reasons` | records that were left out, when they are kept here | when there is one |
/// | `NAME.attempt.json` | ``UnitAttempt``: a process does it, or failed | from the beginning on, every 10 s; removed when it is done |
///
/// A process that is killed leaves no record, so the unit is done again. One that comes back after another did its work finds that its
/// temporary file is not its own any more (``Shards/AtomicFile``), or that the record is there: it changes neither.
package struct UnitOutput: Sendable {
    package let folder: String
    /// `00003-of-00010`.
    package let name: String
    package let notes: UnitNotes

    package init(folder: String, name: String) {
        (self.folder, self.name) = (folder, name)
        let record = "\(folder)/\(name)\(Self.recordEnding)"
        notes = UnitNotes(path: "\(folder)/\(name)\(UnitNotes.ending)", namesRefused: true) {
            Directory.fileExists(record)
        }
    }

    /// The name of a unit in its folder; names sort as the numbers do.
    package static func name(of unit: WorkUnit) -> String {
        let digits = max(5, String(unit.count).count)
        return "\(FileNumber.text(unit.number, digits: digits))-of-\(FileNumber.text(unit.count, digits: digits))"
    }

    static let streamEnding = ".zst", recordEnding = ".json"

    package var streamPath: String { "\(folder)/\(name)\(Self.streamEnding)" }
    var recordPath: String { "\(folder)/\(name)\(Self.recordEnding)" }

    /// Does the unit, unless it is done.
    ///
    /// - Parameters:
    ///   - plan: What makes the result.
    ///   - replaces: Whether it is done again, whatever is there.
    ///   - wait: How long to wait for another process that does it.
    ///   - work: Writes the stream.
    /// - Throws: ``OutputRule/CompleteAlready`` when it is done; a failure when it was done with other inputs or options.
    package func run(
        _ plan: UnitPlan, replaces: Bool, wait: Duration, progress: ProgressMeter,
        _ work: (StreamDestination) async throws -> Void
    ) async throws {
        try Directory.make(folder)
        if replaces {
            try Directory.remove(recordPath)
        } else {
            try requireWork(plan)
            // What an attempt that was killed has left is ours.
            let mayBeOurs = notes.last?.hasBegun == true
            if !mayBeOurs { try OutputRule(replaces: false).requireFree(streamPath) }
        }
        var rule = OutputRule(replaces: true)
        rule.wait = wait
        let destination = StreamDestination.file(streamPath, rule)
        try destination.reserving {
            // Whoever had it may have done it.
            try requireWork(plan)
            try notes.begin()
            // What an attempt on other content may have left.
            for file in BadRecordPolicy.quarantineFiles(of: name, in: folder) { try Directory.remove(file) }
        }
        try await work(destination)
        try writeFirst(
            UnitRecord(
                plan, streamByteCount: Directory.byteCount(of: streamPath),
                flow: FlowRecord(progress, from: 0, isWhole: true), began: notes.began))
        try notes.end()
    }

    /// - Throws: When the unit is done, or was done otherwise.
    private func requireWork(_ plan: UnitPlan) throws {
        guard let record = try UnitRecord(at: recordPath) else { return }
        try record.requireSame(plan, place: recordPath)
        guard Directory.fileExists(streamPath) else { return try Directory.remove(recordPath) }
        guard try Directory.byteCount(of: streamPath) == record.streamByteCount else {
            throw Failure.otherStreamThanRecorded(streamPath, recordPath)
        }
        // Whoever was killed between the record and the end has left it.
        try notes.end()
        throw OutputRule.CompleteAlready(path: streamPath)
    }

    /// The record of whoever was first stays: the streams are the same.
    private func writeFirst(_ record: UnitRecord) throws {
        guard !Directory.fileExists(recordPath) else { return }
        try AtomicFile.write(JSON.encodePretty(record), to: recordPath)
    }
}
