import Diagnostics
import Shards

/// The folder that a run works in, which is locked as long as this value lives: two processes never work on the same run.
///
/// A run leaves files that are complete or absent, and checkpoints; an interrupted one continues with the first that is missing.
/// `run.json` says which run it is (``RunSignature``). A run whose results stand in another place writes it in the
/// beginning (``claim(_:_:own:warn:)``), one whose results stand beside it in the end, when it says more (``record(_:_:)``).
package struct RunFolder: Sendable {
    /// How a run begins in a folder that is not empty.
    package struct Start: Sendable {
        /// Forget what an earlier run left.
        package var isFresh = false
        /// Continue what another instruction set began; the bytes are then those of neither.
        package var acceptsOtherKernels = false
        /// How long to wait for another process that works there.
        package var wait = Duration.zero

        package init() {}
    }

    package static let recordName = "run.json"

    package let path: String
    private let lock: FileLock

    /// Makes the folder, or waits for it.
    package init(_ path: String, wait: Duration) throws {
        self.path = path
        try Directory.make(path)
        lock = try FileLock(folder: path, wait: wait)
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
    package func has(_ name: String) -> Bool { Directory.fileExists(file(name)) }

    /// Removes files, the record first: a removal that was killed leaves none that says they belong together.
    package func removeFiles(_ names: [String]) throws {
        if has(Self.recordName) {
            try Directory.remove(file(Self.recordName))
            Directory.sync(path)
        }
        for name in names where name != Self.recordName { try Directory.remove(file(name)) }
    }

    /// Removes the folder and all that is in it.
    package func remove() throws {
        try removeFiles(Directory.names(in: path))
        try Directory.removeFolder(path)
    }

    /// Makes the folder the run's own, for its files and nothing else, or finds that it is.
    ///
    /// - Parameters:
    ///   - isOwn: Whether a file of this name may be of such a run.
    /// - Returns: The signature that the run has from now on.
    /// - Throws: When another run's files, or a user's, are there.
    package func claim(
        _ signature: RunSignature, _ start: Start, own isOwn: (String) -> Bool, warn: (String) -> Void
    ) throws -> RunSignature {
        if start.isFresh, has(Self.recordName) { try removeFiles(Directory.names(in: path)) }
        guard has(Self.recordName) else {
            let names = Directory.names(in: path)
            if let stranger = names.first(where: { !isOwn($0) }) {
                throw Failure.noWorkFolder(path, of: signature.kind, stranger: stranger)
            }
            // Of which run the files are that a removal left half done, nobody knows.
            try removeFiles(names)
            try record(signature)
            return signature
        }
        let place = file(Self.recordName)
        let found = try RunSignature(Directory.contents(of: place), place: place)
        let continued = try signature.continuing(
            found, in: "the folder", place: path, acceptsOtherKernels: start.acceptsOtherKernels
        ) {
            "\(path): holds another run: \($0); use the same inputs and options, or remove the folder (or say --fresh) to start over"
        }
        if continued != found { try record(continued) }
        continued.warning.map(warn)
        return continued
    }

    /// Writes `run.json`.
    ///
    /// - Parameter outcome: What it says besides, with names of its own.
    package func record(_ signature: RunSignature, _ outcome: (any Encodable)? = nil) throws {
        try AtomicFile.write(
            JSON.encodePretty(Record(signature: signature, outcome: outcome)), to: file(Self.recordName))
    }

    private struct Record: Encodable {
        let signature: RunSignature
        let outcome: (any Encodable)?

        func encode(to encoder: any Encoder) throws {
            try signature.encode(to: encoder)
            try outcome?.encode(to: encoder)
        }
    }
}
