import Diagnostics
import Glibc
import Pipelines
import Shards

/// What is remembered of a cell that is done; written last, so that without it, and without lines, nothing was done.
struct CellRecord: Codable, Equatable {
    static let currentForm = 1

    var form = currentForm
    var producer = Version.producer
    var words: [String]
    var environment: [String: String]
    /// XXH3-128 of the program, where it is a file: another one may score otherwise.
    var program: String?
    var wallSeconds: Double
    var processorSeconds: Double
    /// Of the largest of its processes.
    var peakResidentBytes: Int
    /// By how much the folder of the work grew since the cell before: their sum is what all took.
    var madeBytes: Int
    var finished: Int

    /// The record in a file; nil when there is none that can be read.
    init?(at path: String) {
        guard Directory.fileExists(path), let bytes = try? Directory.contents(of: path),
            let record = try? JSON.decode(CellRecord.self, from: bytes), record.form == Self.currentForm
        else { return nil }
        self = record
    }

    /// - Parameter program: The digest of its program when it began.
    init(_ cell: StudyCell, program: String?, _ usage: CellProcess.Usage, madeBytes: Int) {
        (words, environment) = (cell.words, cell.environment)
        self.program = program
        wallSeconds = usage.wallSeconds
        processorSeconds = usage.processorSeconds
        peakResidentBytes = usage.peakResidentBytes
        self.madeBytes = madeBytes
        finished = time(nil)
    }

    func write(to path: String) throws { try AtomicFile.write(JSON.encodePretty(self), to: path) }
}

extension StudyCell {
    var programDigest: String? {
        guard let program = words.first, Directory.fileExists(program) else { return nil }
        return (try? Directory.contents(of: program)).map { Digest.hex($0) }
    }

    /// How a cell stands.
    enum State: Equatable {
        case open
        /// With what it took; nil where only its lines are there, from another machine or a time before records.
        case done(CellRecord?)
    }

    /// - Throws: When a cell of this name was done with other words or variables.
    func state() throws -> State {
        guard Directory.fileExists(linesPath) else { return .open }
        guard let record = CellRecord(at: recordPath) else { return .done(nil) }
        guard record.words == words else { throw Failure.otherCell(recordPath, "words") }
        let names = Set(record.environment.keys).union(environment.keys)
        if let name = names.sorted().first(where: { record.environment[$0] != environment[$0] }) {
            throw Failure.otherCell(recordPath, name)
        }
        return .done(record)
    }
}
