import Diagnostics
import Glibc
import Locks
import Pipelines
import Shards
import Streams

/// Does the cells of a study that are open, some at a time.
///
/// A cell is done under a lock, which its processes hold too: two studies side by side, and one that begins while the
/// cells of a killed one still end, do none twice. One that fails is named, and stops no other.
package struct StudyRun: Sendable {
    /// A cell that did not come to its end.
    package struct Failed: Equatable, Sendable, Encodable {
        package let cell, what, log: String
    }

    private let study: StudyDefinition
    private let log: @Sendable (String) -> Void

    package init(_ study: StudyDefinition, log: @escaping @Sendable (String) -> Void) {
        (self.study, self.log) = (study, log)
    }

    private struct State {
        var waiting: [StudyCell]
        /// Locked by another study when it was their turn.
        var elsewhere: [StudyCell] = []
        var begun = 0
        var failed: [Failed] = []
        /// Of the folder of the work, when it was last looked at.
        var bytes: Int
        var stops = false
    }

    /// - Parameter cells: In the order in which they are begun.
    /// - Returns: Those that failed, by their names.
    /// - Throws: When it is interrupted, or nothing can be written.
    package func run(_ cells: [StudyCell]) async throws -> [Failed] {
        guard !cells.isEmpty else { return [] }
        for folder in Set(cells.map(\.folder)) {
            for part in ["lines", "cells", "logs", "locks", "scores"] { try Directory.make("\(folder)/\(part)") }
        }
        let state = Locked(State(waiting: cells.reversed(), bytes: WorkFolder.byteCount(study.work)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(study.processes, cells.count) {
                group.addTask(executorPreference: BlockingThreads.shared) {
                    do { try work(state, total: cells.count) } catch {
                        state.withLock { $0.stops = true }
                        throw error
                    }
                }
            }
            try await group.waitForAll()
        }
        return state.withLock { $0.failed.sorted { $0.cell < $1.cell } }
    }

    /// What one thread does until no cell is left.
    private func work(_ state: Locked<State>, total: Int) throws {
        while true {
            try Interruption.check("interrupted; cells that are done are not done again")
            let (cell, isSecondTry) = state.withLock { state -> (StudyCell?, Bool) in
                if state.stops { return (nil, false) }
                if let cell = state.waiting.popLast() { return (cell, false) }
                return (state.elsewhere.popLast(), true)
            }
            guard let cell else { return }
            if isSecondTry { usleep(200_000) }
            guard let lock = try FileLock(file: cell.lockPath) else {
                state.withLock { $0.elsewhere.insert(cell, at: 0) }
                continue
            }
            guard try cell.state() == .open else { continue }
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            log("cell \(number) of \(total): \(cell.title)")
            if let failed = try perform(cell, lock, state) {
                log("\(cell.title): \(failed.what), see \(failed.log)")
                state.withLock { $0.failed.append(failed) }
            }
        }
    }

    private func perform(_ cell: StudyCell, _ lock: FileLock, _ state: Locked<State>) throws -> Failed? {
        defer { withExtendedLifetime(lock) {} }
        let reader = DefinitionText(path: study.path)
        let words = try cell.words.map { try reader.expand($0, [:]) }
        var environment = try cell.environment.mapValues { try reader.expand($0, [:]) }
        environment["WORK"] = WorkFolder.absolute(cell.folder)
        if getenv("NERPIPE") == nil, environment["NERPIPE"] == nil { environment["NERPIPE"] = WorkFolder.ownProgram }
        let printed = cell.logPath + ".lines"
        defer { try? Directory.remove(printed) }
        let program = cell.programDigest, process: CellProcess
        do {
            process = try CellProcess(
                words, environment: environment, output: printed, errors: cell.logPath, lock: lock.descriptor)
        } catch let failure as Failure where failure.code == .unavailable {
            return Failed(cell: cell.title, what: failure.message, log: cell.logPath)
        }
        let (ending, usage) = try process.wait()
        func failed(_ what: String) -> Failed { Failed(cell: cell.title, what: what, log: cell.logPath) }
        // A shell reads a script while it runs it, so that neither its end nor what it made can be trusted.
        guard cell.programDigest == program else {
            return failed(
                "its program, \(cell.words[0]), changed while it ran; what it made may be wrong, remove it from \(cell.folder)"
            )
        }
        switch ending {
        case .status(0): break
        case .status(let status): return failed("ended with status \(status)")
        case .signal(let number): return failed("was ended by signal \(number)")
        }
        guard let scores = try? ScoreLine.all(in: printed), !scores.isEmpty else {
            return failed("printed other lines than TARGET NAME SEED F1, or none")
        }
        if let missing = scores.map({ $0.countsPath(in: cell.folder) }).first(where: { !Directory.fileExists($0) }) {
            return failed("left no \(missing)")
        }
        try AtomicFile.write(Directory.contents(of: printed), to: cell.linesPath)
        let grown = state.withLock { state in
            let now = WorkFolder.byteCount(study.work)
            defer { state.bytes = now }
            return max(0, now - state.bytes)
        }
        try CellRecord(cell, program: program, usage, madeBytes: grown).write(to: cell.recordPath)
        try Directory.remove(cell.logPath)
        return nil
    }
}

enum WorkFolder {
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    /// The file of this program.
    static var ownProgram: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        return count > 0
            ? String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            : CommandLine.arguments[0]
    }

    /// Of all files below; links are not followed.
    static func byteCount(_ path: String) -> Int {
        var sum = 0
        for name in Directory.names(in: path) {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: sum += byteCount("\(path)/\(name)")
            case S_IFREG: sum += Int(status.st_size)
            default: break
            }
        }
        return sum
    }
}
