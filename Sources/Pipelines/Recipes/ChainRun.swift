import Diagnostics
import Shards

/// Does the phases of a chain that are not done yet.
///
/// A phase is done when its record says so, with the same words, and inputs of the same content, and what it made is as it was. What was made
/// only for later phases may be gone (`distill --clean`): it is made again when one of them has to be done. A phase that was
/// interrupted continues; one whose inputs or words changed is begun anew, in place of what it had made.
package struct ChainRun {
    /// How a phase stands.
    package enum State: Equatable, Sendable {
        case done
        /// To be done for the first time, or to be continued.
        case open
        /// To be done again; why.
        case stale(String)
    }

    private let chain: Chain
    private let log: (String) -> Void

    package init(_ chain: Chain, log: @escaping (String) -> Void) { (self.chain, self.log) = (chain, log) }

    private func recordPath(_ index: Int) -> String {
        let name = chain.phases[index].name.split(separator: " ").joined(separator: "-")
        return "\(chain.records)/\(FileNumber.text(index + 1, digits: 2))-\(name).json"
    }

    private var records: [PhaseRecord?] { chain.phases.indices.map { PhaseRecord(at: recordPath($0)) } }

    /// - Parameters:
    ///   - startsOver: Whether everything is done again.
    ///   - execute: Does a phase; in place of what it made before, or continuing it.
    package func run(
        startsOver: Bool = false, wait: Duration = .zero,
        execute: (_ phase: Chain.Phase, _ replaces: Bool) async throws -> Void
    ) async throws {
        try Directory.make(chain.records)
        let lock = try FileLock(folder: chain.records, wait: wait)
        defer { withExtendedLifetime(lock) {} }
        let needed = try startsOver ? Set(chain.phases.indices) : neededPhases()
        for (index, phase) in chain.phases.enumerated() {
            let number = "phase \(index + 1) of \(chain.phases.count), \(phase.name)"
            var state = try state(of: index)
            if startsOver { state = .stale("everything is made again") }
            if state == .done, needed.contains(index) { state = .stale("a later phase needs what it made") }
            switch state {
            case .done:
                log("\(number): done already")
                continue
            case .open: log("\(number)")
            case .stale(let reason): log("\(number): again, \(reason)")
            }
            var record = PhaseRecord(words: phase.words, inputs: try inputs(of: index))
            let before = PhaseRecord(at: recordPath(index))
            record.replaces = before != nil && state != .open || before?.replaces == true && state == .open
            try record.write(to: recordPath(index))
            for output in phase.outputs { try Directory.make(Directory.parent(of: output)) }
            do {
                // What was begun with other inputs is not continued; what somebody else made is not touched.
                try await execute(phase, before != nil && state != .open)
            } catch let failure as Failure
                where state == .open && record.replaces == true && [.mismatch, .cannotCreate].contains(failure.code)
            {
                // It was killed before the old results were gone.
                try await execute(phase, true)
            }
            record.outputs = try stamps(of: phase.outputs.flatMap(FileStamp.files), known: [:])
            record.isDone = true
            try record.write(to: recordPath(index))
        }
    }

    /// How each phase stands, before anything is done.
    package func states() throws -> [State] {
        let needed = try neededPhases()
        return try chain.phases.indices.map { index in
            let state = try state(of: index)
            return state == .done && needed.contains(index) ? .stale("a later phase needs what it made") : state
        }
    }

    private func state(of index: Int) throws -> State {
        guard let record = PhaseRecord(at: recordPath(index)) else { return .open }
        let now = PhaseRecord(words: chain.phases[index].words, inputs: try inputs(of: index))
        if let difference = now.difference(from: record) { return .stale(difference) }
        guard record.isDone else { return .open }
        let present = try stamps(of: record.outputs.keys.filter { Directory.fileExists($0) }, known: record.outputs)
        if let (path, _) = present.first(where: { record.outputs[$0]?.digest != $1.digest }) {
            return .stale("\(path) was changed since")
        }
        let missing = record.outputs.keys.filter { present[$0] == nil }
        if let path = missing.sorted().first, !isReadLater(index) { return .stale("\(path) is gone") }
        return .done
    }

    /// Phases whose results are gone and are read by one that has to be done.
    private func neededPhases() throws -> Set<Int> {
        var needed: Set<Int> = []
        let records = records
        var isOpen = try chain.phases.indices.map { try state(of: $0) != .done }
        // What follows a phase that is done again may change, too.
        for index in chain.phases.indices where isOpen[index] {
            for later in chain.phases.indices where later > index && reads(later, of: index) { isOpen[later] = true }
        }
        for index in chain.phases.indices.reversed() where isOpen[index] || needed.contains(index) {
            for earlier in 0..<index where reads(index, of: earlier) {
                let isGone = records[earlier]?.outputs.keys.contains { !Directory.fileExists($0) } ?? false
                if isGone { needed.insert(earlier) }
            }
        }
        return needed
    }

    private func isReadLater(_ index: Int) -> Bool {
        chain.phases.indices.contains { $0 > index && reads($0, of: index) }
    }

    /// Whether the words of a phase name something that another one makes.
    private func reads(_ reader: Int, of maker: Int) -> Bool {
        let outputs = chain.phases[maker].outputs
        return paths(in: chain.phases[reader]).contains { path in
            outputs.contains { path == $0 || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
        }
    }

    /// What the words of a phase may name: words, and what stands behind `=`.
    private func paths(in phase: Chain.Phase) -> [String] {
        phase.words.flatMap { word -> [String] in
            guard let sign = word.firstIndex(of: "=") else { return [word] }
            return [word, String(word[word.index(after: sign)...])]
        }.filter { !$0.isEmpty && !$0.hasPrefix("-") && !phase.outputs.contains($0) }.flatMap(Directory.expand)
    }

    /// The files that a phase reads; of what is gone, as it was.
    private func inputs(of index: Int) throws -> [String: FileStamp] {
        var made: [String: FileStamp] = [:], known: [String: FileStamp] = [:]
        for (number, record) in records.enumerated() {
            guard let record else { continue }
            known.merge(record.inputs) { $1 }
            known.merge(record.outputs) { $1 }
            if number < index { made.merge(record.outputs) { $1 } }
        }
        var inputs: [String: FileStamp] = [:]
        for path in paths(in: chain.phases[index]) {
            let files = FileStamp.files(of: path)
            inputs.merge(try stamps(of: files, known: known)) { $1 }
            if files.isEmpty {
                inputs.merge(made.filter { $0.key == path || $0.key.hasPrefix(path + "/") }) { $1 }
            }
        }
        return inputs
    }

    private func stamps(of paths: [String], known: [String: FileStamp]) throws -> [String: FileStamp] {
        var stamps: [String: FileStamp] = [:]
        for path in paths { stamps[path] = try FileStamp(of: path, known: known) }
        return stamps
    }
}
