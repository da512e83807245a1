import Diagnostics
import Shards

/// The checkpoints of one run, in one folder; the newest few are kept.
package struct CheckpointStore: Sendable {
    package let path: String
    /// How many are kept.
    package let keptCount: Int
    private let compressor = FrameCompressor(level: 1)

    package init(path: String, keptCount: Int = 3) {
        self.path = path
        self.keptCount = keptCount
    }

    /// Files of complete checkpoints, oldest first.
    package var paths: [String] {
        Directory.names(in: path).filter { $0.hasPrefix("update-") && $0.hasSuffix(".checkpoint.zst") }.map {
            "\(path)/\($0)"
        }
    }

    /// Writes a checkpoint under its final name when it is complete, then removes those that are too old.
    package func save(_ checkpoint: Checkpoint) throws {
        try Directory.make(path)
        let name = "update-\(FileNumber.text(checkpoint.updateNumber, digits: 12)).checkpoint.zst"
        try checkpoint.write(to: "\(path)/\(name)", compressor: compressor)
        for old in paths.dropLast(keptCount) { try Directory.remove(old) }
        // What a killed process was writing.
        for name in Directory.names(in: path) where name.hasSuffix(".checkpoint.zst.tmp") {
            try Directory.remove("\(path)/\(name)")
        }
    }

    /// The newest checkpoint that is whole; damaged ones are reported and passed over.
    package func newest(arrays: [String], warn: (String) -> Void) throws -> Checkpoint? {
        let paths = paths
        for path in paths.reversed() {
            do {
                return try Checkpoint(path: path, arrays: arrays)
            } catch let failure as Failure where failure.code != .interrupted {
                warn("damaged checkpoint, taking the one before: \(failure.message)")
            }
        }
        guard paths.isEmpty else {
            throw Failure(.badData, "\(path): all \(paths.count) checkpoints are damaged; start over with --fresh")
        }
        return nil
    }

    package func removeAll() throws {
        for name in Directory.names(in: path) where name.hasPrefix("update-") {
            try Directory.remove("\(path)/\(name)")
        }
    }
}
