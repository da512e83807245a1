import Diagnostics
import Glibc
import Shards

/// What a file was when a phase read or made it.
struct FileStamp: Codable, Equatable {
    var bytes: Int
    /// Time of the last change, `seconds.nanoseconds`: a file with the same is not read again.
    var changed: String
    /// XXH3-128 of the content.
    var digest: String

    /// - Parameter known: Stamps of files, by their paths, from earlier looks.
    init?(of path: String, known: [String: FileStamp]) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        bytes = Int(status.st_size)
        changed = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        if let old = known[path], old.bytes == bytes, old.changed == changed {
            digest = old.digest
        } else {
            let file = try MappedFile(path: path), running = RunningDigest()
            for start in stride(from: 0, to: file.bytes.count, by: 1 << 24) {
                let part = start..<min(file.bytes.count, start + 1 << 24)
                running.update(UnsafeRawBufferPointer(rebasing: file.bytes[part]))
                file.release(part)
            }
            digest = running.hex
        }
    }

    /// The files that a path stands for: itself, or those of a folder, without those of the folders in it.
    ///
    /// `run.json` says how long something took, which changes no result.
    static func files(of path: String) -> [String] {
        guard Directory.exists(path) else { return Directory.fileExists(path) ? [path] : [] }
        return Directory.names(in: path).filter { $0 != "run.json" && !$0.hasSuffix(".tmp") }.map { "\(path)/\($0)" }
            .filter {
                Directory.fileExists($0)
            }
    }
}

/// What is remembered of a phase: that it was begun with these words and inputs, or is done.
struct PhaseRecord: Codable, Equatable {
    static let currentForm = 1

    var form = currentForm
    var producer = Version.producer
    var words: [String]
    /// Files that it reads.
    var inputs: [String: FileStamp]
    /// Files that it made; empty while it is not done.
    var outputs: [String: FileStamp] = [:]
    var isDone = false
    /// Whether it was begun in place of what an earlier run had made.
    var replaces: Bool?

    init(words: [String], inputs: [String: FileStamp]) { (self.words, self.inputs) = (words, inputs) }

    /// The first thing in which two phases differ, nil when they are the same.
    func difference(from other: PhaseRecord) -> String? {
        if producer != other.producer { return "it was made by \(other.producer)" }
        if words != other.words { return "its options are others" }
        let digests = inputs.mapValues(\.digest), others = other.inputs.mapValues(\.digest)
        return Set(digests.keys).union(others.keys).sorted().first { digests[$0] != others[$0] }.map {
            "\($0) is another"
        }
    }

    /// The record in a file; nil when there is none that can be read.
    init?(at path: String) {
        guard Directory.fileExists(path), let bytes = try? Directory.contents(of: path),
            let record = try? JSON.decode(PhaseRecord.self, from: bytes), record.form == Self.currentForm
        else { return nil }
        self = record
    }

    func write(to path: String) throws { try AtomicFile.write(JSON.encodePretty(self), to: path) }
}
