import Diagnostics
import Shards

/// The checkpoints of one run, in one folder; the newest few are kept.
package struct CheckpointStore: Sendable {
    private static let beginning = "update-"

    package let path: String
    /// How many are kept.
    package let keptCount: Int
    private let compressor: FrameCompressor?
    /// Of their names; `.zst` is what those are that every other program can unpack.
    private let ending: String

    /// - Parameter isCompressed: Whether it is worth it: not for hundreds of megabytes of trained floats.
    package init(path: String, keptCount: Int = 3, isCompressed: Bool = true) {
        self.path = path
        self.keptCount = keptCount
        compressor = isCompressed ? FrameCompressor(level: 1) : nil
        ending = isCompressed ? ".checkpoint.zst" : ".checkpoint"
    }

    private func names(_ ending: String) -> [String] {
        Directory.names(in: path).filter { $0.hasPrefix(Self.beginning) && $0.hasSuffix(ending) }.map {
            "\(path)/\($0)"
        }
    }

    /// Files of complete checkpoints, oldest first.
    package var paths: [String] { names(ending) }

    /// Writes a checkpoint under its final name when it is complete, then removes those that are too old.
    ///
    /// - Parameters:
    ///   - number: How far the run is; must not fall.
    ///   - state: The run's own, as JSON.
    package func save(_ number: Int, of signature: RunSignature, state: some Encodable, _ arrays: [NamedFloats]) throws
    {
        try Directory.make(path)
        let name = "\(path)/\(Self.beginning)\(FileNumber.text(number, digits: 12))\(ending)"
        try Checkpoint.write(
            number, of: signature, state: JSON.encode(state), arrays, to: name, compressor: compressor)
        for old in paths.dropLast(keptCount) { try Directory.remove(old) }
        // What a killed process was writing.
        for name in names(ending + ".tmp") { try Directory.remove(name) }
    }

    /// The newest checkpoint that is whole; damaged ones are reported and passed over.
    ///
    /// - Parameter arrays: Where its arrays go, after a look at the rest of it; nothing is read of those that are not named. What
    ///   it throws ends the search.
    /// - Throws: Bad data when all are damaged, a mismatch when another version of nerpipe wrote one.
    package func newest(
        warn: (String) -> Void, into arrays: (Checkpoint) throws -> [NamedFloats] = { _ in [] }
    ) throws -> Checkpoint? {
        let paths = paths
        func unlessDamaged<Result>(_ body: () throws -> Result) throws -> Result? {
            do {
                return try body()
            } catch let failure as Failure where ![.interrupted, .mismatch].contains(failure.code) {
                warn("damaged checkpoint, taking the one before: \(failure.message)")
                return nil
            }
        }
        for path in paths.reversed() {
            guard let file = try unlessDamaged({ try CheckpointFile(path: path) }) else { continue }
            let places = try arrays(file.checkpoint)
            if try unlessDamaged({ try file.read(into: places) }) != nil { return file.checkpoint }
        }
        guard paths.isEmpty else {
            throw Failure.allCheckpointsDamaged(path, count: paths.count)
        }
        return nil
    }

    package func removeAll() throws {
        for path in names("") { try Directory.remove(path) }
    }
}
