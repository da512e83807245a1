import Diagnostics
import Glibc

/// A finished shard whose blocks can be read in any order, through its seek table.
package final class RandomAccessShard {
    package let path: String
    package let header: StreamHeader
    package let end: StreamEnd
    private let descriptor: Int32
    private var frames: [(offset: Int, entry: SeekTable.Entry)] = []

    /// Number of data blocks.
    package var blockCount: Int { end.blocks }

    /// Opens a shard and reads header and END; nil when the file has no usable seek table (a plain or concatenated
    /// stream).
    package init?(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.system(
                .noInput, "open", path, SystemError.text(errno), hint: "check the path and its permissions")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let table = SeekTable(descriptor: descriptor, fileByteCount: Int(status.st_size)), table.entries.count >= 2
        else {
            close(descriptor)
            return nil
        }
        var offset = 0
        for entry in table.entries {
            frames.append((offset, entry))
            offset += entry.compressedByteCount
        }
        do {
            let first = try Self.read(descriptor, path, frames[0])
            let last = try Self.read(descriptor, path, frames[frames.count - 1])
            guard first.kind == .header, last.kind == .end,
                let end = try? JSON.decode(StreamEnd.self, from: last.payload),
                end.blocks == frames.count - 2
            else {
                throw Failure(.badData, "\(path): the seek table does not fit the blocks; make the file again")
            }
            header = try StreamHeader(first.payload, place: path)
            self.end = end
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Data block `index`, counted from 1.
    package func block(_ index: Int) throws -> Block {
        precondition(index >= 1 && index <= blockCount, "block \(index) of \(blockCount)")
        let block = try Self.read(descriptor, path, frames[index])
        guard block.kind == .data, block.index == index else {
            throw Failure(
                .badData, "\(path): block \(block.index) stands where block \(index) is due; make the file again")
        }
        return block
    }

    private static func read(_ descriptor: Int32, _ path: String, _ frame: (offset: Int, entry: SeekTable.Entry)) throws
        -> Block
    {
        let place = "\(path): frame at byte \(frame.offset)"
        // The bound keeps a seek table that lies from making us allocate what no block can hold.
        guard frame.entry.byteCount >= Block.headByteCount,
            frame.entry.byteCount <= Block.headByteCount + Block.maximumPayloadByteCount,
            let compressed = SeekTable.read(descriptor, at: frame.offset, count: frame.entry.compressedByteCount)
        else {
            throw Failure(.badData, "\(place): cannot be read whole; the file was cut: make it again")
        }
        let bytes = try FrameDecompressor.decompress(compressed, maximumByteCount: frame.entry.byteCount, place: place)
        guard bytes.count >= Block.headByteCount else {
            throw Failure(.badData, "\(place): too short for a block; make the file again")
        }
        let head = try bytes.withUnsafeBytes {
            try Block.Head(.init(rebasing: $0[..<Block.headByteCount]), place: place)
        }
        guard head.payloadByteCount == bytes.count - Block.headByteCount else {
            throw Failure(.badData, "\(place): the block has another size than it says; make the file again")
        }
        return try head.block(payload: Array(bytes[Block.headByteCount...]), place: place)
    }
}
