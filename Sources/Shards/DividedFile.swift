import Diagnostics
import Glibc

/// A file whose content can be read from any place, without what is before it: a plain one, or one of several zstd frames
/// whose sizes are known, by themselves or by a seek table.
package struct DividedFile: Sendable {
    private enum Form: Sendable {
        case plain
        /// Frames that say in their headers how much is in them.
        case frames
        case seekTable(SeekTable)
    }

    package let path: String
    /// Bytes of the content, decompressed.
    package let contentByteCount: Int
    private let form: Form

    /// Looks at a file; nil for a pipe, and for what can be read only from its beginning: gzip, one frame, frames of which
    /// nobody says how much is in them.
    package init?(path: String) throws {
        self.path = path
        guard !Directory.isReadOnce(path) else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.cannotOpen(path, SystemError(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let byteCount = Int(status.st_size)
        let head = SeekTable.read(descriptor, at: 0, count: min(byteCount, Packing.headByteCount)) ?? []
        switch Packing(head: head) {
        case .none: (form, contentByteCount) = (.plain, byteCount)
        case .zstd:
            if let table = SeekTable(descriptor: descriptor, fileByteCount: byteCount) {
                guard table.entries.count(where: { $0.byteCount > 0 }) > 1 else { return nil }
                (form, contentByteCount) = (.seekTable(table), table.entries.reduce(0) { $0 + $1.byteCount })
            } else {
                guard let total = try Self.contentByteCount(ofFrames: descriptor, path) else { return nil }
                (form, contentByteCount) = (.frames, total)
            }
        default: return nil
        }
    }

    /// nil when it is one frame, or when one does not say how much is in it.
    private static func contentByteCount(ofFrames descriptor: Int32, _ path: String) throws -> Int? {
        var walk = ZstdFrameWalk(descriptor: descriptor, place: path), total = 0, count = 0
        while let frame = try walk.next() {
            guard let content = frame.contentByteCount, content <= Int.max / 2 - total else { return nil }
            total += content
            if content > 0 { count += 1 }
        }
        return count > 1 ? total : nil
    }

    /// Where the last frame begins that begins at a byte of the content or before it.
    private func frame(before offset: Int) throws -> (offset: Int, contentOffset: Int) {
        var found = (offset: 0, contentOffset: 0), next = found
        func pass(_ byteCount: Int, _ contentByteCount: Int) -> Bool {
            guard next.contentOffset <= offset else { return false }
            found = next
            next = (next.offset + byteCount, next.contentOffset + contentByteCount)
            return true
        }
        switch form {
        case .plain: return (offset, offset)
        case .seekTable(let table):
            for entry in table.entries {
                guard pass(entry.compressedByteCount, entry.byteCount) else { break }
            }
        case .frames:
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Failure.cannotOpen(path, SystemError(errno)) }
            defer { close(descriptor) }
            var walk = ZstdFrameWalk(descriptor: descriptor, place: path)
            while let frame = try walk.next(), pass(frame.range.count, frame.contentByteCount ?? 0) {}
        }
        return found
    }

    /// Reads from a byte of the content on, which `BufferedInput/offset` counts from the beginning of the file.
    package func input(from offset: Int) throws -> BufferedInput {
        let start = try frame(before: offset)
        let source = try FileInput(path: path, from: start.offset)
        let input: BufferedInput
        switch form {
        case .plain: return BufferedInput(plain: source, at: offset)
        case .frames: input = BufferedInput(frames: source, at: start.contentOffset)
        case .seekTable(let table):
            // A table that lies would cut the text elsewhere in every unit.
            let ends = table.entries.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.byteCount) }
            input = BufferedInput(frames: source, at: start.contentOffset, frameEnds: Set(ends))
        }
        while input.offset < offset {
            let available = try input.withAvailableBytes { $0.count }
            if available == 0 { break }
            input.consume(min(available, offset - input.offset))
        }
        return input
    }
}
