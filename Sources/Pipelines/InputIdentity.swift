import Corpora
import Diagnostics
import Formats
import Shards

/// What a run remembers of its input files, to refuse others when it is resumed.
package enum InputIdentity {
    /// Bytes at the beginning of a file that are hashed.
    private static let sampleByteCount = 1 << 16

    /// Number, sizes and beginnings of files. Not their names or dates: a folder may move. The text itself is compared
    /// by its digest up to the point that was reached.
    package static func of(_ paths: [String]) throws -> String {
        let digest = RunningDigest()
        // A pipe must not be read twice, nor even opened: its writer would think that somebody reads.
        for path in paths where !Directory.isReadOnce(path) {
            let input = try FileInput(path: path)
            guard let byteCount = input.byteCount else { continue }
            var sample = [UInt8](repeating: 0, count: sampleByteCount)
            let count = try sample.withUnsafeMutableBytes { try input.read(into: $0) }
            digest.update(UInt64(byteCount))
            sample.withUnsafeBytes { digest.update(.init(rebasing: $0[..<count])) }
        }
        return "\(paths.count) files \(digest.hex)"
    }

    /// Number and whole content of files, and how they would be read; for runs that take so long that reading their
    /// inputs once more is nothing.
    package static func ofContent(_ paths: [String]) throws -> String {
        let digest = RunningDigest()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for path in paths where !Directory.isSpecialFile(path) {
            let input = try FileInput(path: path)
            guard input.byteCount != nil else { continue }
            var total = 0
            while true {
                let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
                if count == 0 { break }
                buffer.withUnsafeBytes { digest.update(.init(rebasing: $0[..<count])) }
                total += count
            }
            digest.update(UInt64(total))
            for byte in (TextFormats.promised(by: path) ?? PlainText()).name.utf8 { digest.update(UInt64(byte)) }
        }
        return "\(paths.count) files \(digest.hex)"
    }
}
