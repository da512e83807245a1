import Diagnostics
import Glibc

/// Where each frame of a shard begins, stored as a skippable frame at its end in zstd's seekable format, version 0.1.0
/// (facebook/zstd, contrib/seekable_format/zstd_seekable_compression_format.md).
package struct SeekTable: Sendable {
    package struct Entry: Equatable, Sendable {
        package var compressedByteCount: Int
        package var byteCount: Int
    }

    package var entries: [Entry] = []
    private static let skippableMagic: UInt32 = 0x184D_2A5E
    private static let seekableMagic: UInt32 = 0x8F92_EAB1

    package init() {}

    package mutating func append(compressedByteCount: Int, byteCount: Int) {
        entries.append(Entry(compressedByteCount: compressedByteCount, byteCount: byteCount))
    }

    /// The skippable frame.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendInteger(Self.skippableMagic)
        bytes.appendInteger(UInt32(entries.count * 8 + 9))
        for entry in entries {
            bytes.appendInteger(UInt32(entry.compressedByteCount))
            bytes.appendInteger(UInt32(entry.byteCount))
        }
        bytes.appendInteger(UInt32(entries.count))
        bytes.append(0)  // no checksums of its own: each block has one
        bytes.appendInteger(Self.seekableMagic)
        return bytes
    }

    /// Reads the table at the end of a file of `fileByteCount` bytes; nil when there is none that covers the whole
    /// file.
    package init?(descriptor: Int32, fileByteCount: Int) {
        guard let footer = Self.read(descriptor, at: fileByteCount - 9, count: 9) else { return nil }
        let (count, hasChecksums, magic) = footer.withUnsafeBytes {
            (Int($0.integer(at: 0, as: UInt32.self)), $0[4] & 0x80 != 0, $0.integer(at: 5, as: UInt32.self))
        }
        let entryByteCount = hasChecksums ? 12 : 8
        let start = fileByteCount - 9 - count * entryByteCount - 8
        guard magic == Self.seekableMagic, start >= 0,
            let table = Self.read(descriptor, at: start, count: 8 + count * entryByteCount)
        else { return nil }
        let frames: [Entry]? = table.withUnsafeBytes { bytes in
            guard bytes.integer(at: 0, as: UInt32.self) == Self.skippableMagic,
                Int(bytes.integer(at: 4, as: UInt32.self)) == count * entryByteCount + 9
            else { return nil }
            return (0..<count).map { index in
                Entry(
                    compressedByteCount: Int(bytes.integer(at: 8 + index * entryByteCount, as: UInt32.self)),
                    byteCount: Int(bytes.integer(at: 12 + index * entryByteCount, as: UInt32.self)))
            }
        }
        // Two shards in one file have two tables; the last one alone would hide the first shard.
        guard let frames, frames.reduce(0, { $0 + $1.compressedByteCount }) == start else { return nil }
        entries = frames
    }

    static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0 else { return nil }
        var complete = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var done = 0
            while done < count {
                let read = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, offset + done)
                if read < 0 && errno == EINTR { continue }
                if read <= 0 { break }
                done += read
            }
            initialized = done
            complete = done == count
        }
        return complete ? bytes : nil
    }
}
