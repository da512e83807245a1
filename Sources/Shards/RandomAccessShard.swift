import Diagnostics
import Glibc

/// A finished shard whose blocks can be read in any order, through its seek table.
///
/// The file is open only while a block is read: a corpus may have more shards than a process may have open files.
package final class RandomAccessShard: Sendable {
    package let path: String
    package let header: StreamHeader
    package let end: StreamEnd
    private let identity: FileIdentity
    private let frames: [(offset: Int, entry: SeekTable.Entry)]

    /// Number of data blocks.
    package var blockCount: Int { end.blocks }

    /// Opens a shard and reads header and END; nil when the file has no usable seek table (a plain or concatenated
    /// stream).
    package init?(path: String) throws {
        self.path = path
        let descriptor = try Self.open(path)
        defer { close(descriptor) }
        guard let identity = FileIdentity(descriptor),
            let table = SeekTable(descriptor: descriptor, fileByteCount: identity.byteCount), table.entries.count >= 2
        else { return nil }
        self.identity = identity
        var frames: [(offset: Int, entry: SeekTable.Entry)] = []
        var offset = 0
        for entry in table.entries {
            frames.append((offset, entry))
            offset += entry.compressedByteCount
        }
        self.frames = frames
        let first = try Self.read(descriptor, path, frames[0])
        let last = try Self.read(descriptor, path, frames[frames.count - 1])
        guard first.kind == .header, last.kind == .end,
            let end = try? JSON.decode(StreamEnd.self, from: last.payload),
            end.blocks == frames.count - 2, end.counts.isPlausible(inBlocks: end.blocks)
        else {
            throw Failure.wrongSeekTable(path)
        }
        header = try StreamHeader(first.payload, place: path)
        self.end = end
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.cannotOpen(path, SystemError(errno))
        }
        return descriptor
    }

    /// Data block `index`, counted from 1.
    package func block(_ index: Int) throws -> Block {
        precondition(index >= 1 && index <= blockCount, "block \(index) of \(blockCount)")
        let descriptor = try Self.open(path)
        defer { close(descriptor) }
        guard FileIdentity(descriptor) == identity else {
            // A twin of the process that made it may have put the same in its place.
            guard let twin = try RandomAccessShard(path: path), twin.end == end, twin.identity != identity else {
                throw Failure.changedWhileRead(path)
            }
            return try twin.block(index)
        }
        let block = try Self.read(descriptor, path, frames[index])
        guard block.kind == .data, block.index == index else {
            throw Failure.misplacedBlock(block.index, due: index, path)
        }
        return block
    }

    private static func read(_ descriptor: Int32, _ path: String, _ frame: (offset: Int, entry: SeekTable.Entry)) throws
        -> Block
    {
        let place = "\(path): frame at byte \(frame.offset)"
        // The bound keeps a seek table that lies from making us allocate what no block can hold.
        let maximum = Block.headByteCount + Block.maximumPayloadByteCount
        guard (Block.headByteCount...maximum).contains(frame.entry.byteCount),
            frame.entry.compressedByteCount <= FrameCompressor.bound(maximum),
            let compressed = SeekTable.read(descriptor, at: frame.offset, count: frame.entry.compressedByteCount)
        else {
            throw Failure.cutFrame(place)
        }
        let bytes = try FrameDecompressor.decompress(compressed, maximumByteCount: frame.entry.byteCount, place: place)
        guard bytes.count >= Block.headByteCount else {
            throw Failure.tooShortForBlock(place)
        }
        let head = try bytes.withUnsafeBytes {
            try Block.Head(.init(rebasing: $0[..<Block.headByteCount]), place: place)
        }
        guard head.payloadByteCount == bytes.count - Block.headByteCount else {
            throw Failure.wrongBlockSize(place)
        }
        return try head.block(payload: Array(bytes[Block.headByteCount...]), place: place)
    }
}

/// Which file a descriptor leads to, in which state.
private struct FileIdentity: Equatable {
    let device: UInt, inode: UInt, byteCount: Int
    let seconds: Int, nanoseconds: Int

    /// nil when it is no regular file.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        (device, inode, byteCount) = (status.st_dev, status.st_ino, Int(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
