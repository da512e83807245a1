import Diagnostics
import Glibc

/// Something bytes can be read from, once and in order.
package protocol ByteInput: AnyObject {
    /// The name for messages: a path, or `<stdin>`.
    var name: String { get }
    /// Reads up to `buffer.count` bytes; 0 means the end. Blocks while nothing is there.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Share of the input that was read, from 0 to 1; nil when its size is not known.
    var fraction: Double? { get }
}

extension ByteInput { package var fraction: Double? { nil } }

/// Whether an input says itself where it ends.
package enum InputEnd: Sendable {
    /// It has an end of its own, as a stream with its END: whatever is cut off is noticed.
    case marked
    /// Where the bytes end, it ends, as text does: the end of a pipe is believed only when no signal explains it.
    case unmarked
}

/// Reads a file descriptor and counts the bytes.
package final class FileInput: ByteInput {
    package let name: String
    private let descriptor: Int32
    private let ownsDescriptor: Bool
    /// A pipe or terminal may stay silent for ever, so it is asked before it is read, and a signal can end the wait.
    private let mayWait: Bool
    /// Whether the bytes come from somebody who may be stopped: through a pipe, a socket or a terminal.
    private let hasWriter: Bool
    private let end: InputEnd
    private var hasEnded = false
    /// Bytes of the file, or nil when the size is not known.
    package let byteCount: Int?
    package private(set) var bytesRead: Int
    package var fraction: Double? { byteCount.map { Double(bytesRead) / Double(max($0, 1)) } }

    /// Opens a file, or standard input for `-`.
    ///
    /// - Parameter start: The first byte of a file that is read.
    package init(path: String, end: InputEnd = .unmarked, from start: Int = 0) throws {
        self.end = end
        if path == "-" {
            name = "<stdin>"
            descriptor = STDIN_FILENO
            ownsDescriptor = false
            if isatty(STDIN_FILENO) == 1 { try Self.meetTerminal(end) }
        } else {
            name = path
            // A named pipe without a writer would hold us in `open`, where no signal is heard; reading waits for one instead.
            descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            ownsDescriptor = true
            guard descriptor >= 0 else {
                throw Failure.cannotOpen(path, SystemError(errno))
            }
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Failure.system(.noInput, "examine", name, SystemError(errno))
        }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR {
            if ownsDescriptor { close(descriptor) }
            throw Failure.inputIsFolder(name)
        }
        mayWait = kind != S_IFREG
        hasWriter = kind == S_IFIFO || kind == S_IFSOCK || isatty(descriptor) == 1
        byteCount = kind == S_IFREG ? Int(status.st_size) : nil
        bytesRead = start
        // What is thrown here ends in `deinit`, which closes.
        guard start == 0 || lseek(descriptor, start, SEEK_SET) == start else {
            throw Failure.system(.inputOutput, "read from the middle", name, SystemError(errno))
        }
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    /// Is told once that text is expected from a terminal, before anything waits for it. Set before there are threads.
    nonisolated(unsafe) package static var terminalIsRead: () -> Void = {}

    /// Nobody types a stream; and who types text, or forgot to name a file, must not sit before a silent program.
    private static func meetTerminal(_ end: InputEnd) throws {
        guard end == .unmarked else {
            throw Failure.inputIsTerminal()
        }
        terminalIsRead()
        terminalIsRead = {}
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while !hasEnded {
            try Interruption.check("interrupted while reading \(name)")
            if mayWait { try waitUntilReadable() }
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                bytesRead += count
                return count
            } else if count == 0 {
                hasEnded = true
                if hasWriter { try meetEnd() }
            } else if errno != EINTR {
                let error = SystemError(errno)
                if hasWriter { Interruption.noteEnd() }
                throw Failure.cannotRead(name, error, at: bytesRead)
            }
        }
        return 0
    }

    /// Whoever wrote into the pipe is gone; perhaps by a signal that is on its way to us.
    private func meetEnd() throws {
        switch end {
        case .marked: Interruption.noteEnd()
        case .unmarked: try Interruption.confirmEnd(of: name)
        }
    }

    private func waitUntilReadable() throws {
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            try Interruption.check("interrupted while waiting for \(name)")
            let count = poll(&request, 1, 200)
            // A signal may end the wait of this very thread; `read` would then begin another wait that nothing ends.
            if count > 0 || count < 0 && errno != EINTR { return }
        }
    }
}

/// Bytes in memory as an input; for tests, and for what is read whole before it is parsed.
package final class MemoryInput: ByteInput {
    package let name: String
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8], name: String = "<memory>") {
        self.bytes = bytes
        self.name = name
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}

/// An input whose first bytes were looked at; they are handed out again.
final class ExaminedInput: ByteInput {
    let name: String
    /// The first bytes of the input: at least ``Packing/shortHeadByteCount``, unless it ends before.
    let head: [UInt8]
    private let source: any ByteInput
    private var position = 0

    init(_ source: any ByteInput) throws {
        self.source = source
        name = source.name
        var bytes = [UInt8](repeating: 0, count: Packing.headByteCount)
        var count = 0
        while count < Packing.shortHeadByteCount {
            let more = try bytes.withUnsafeMutableBytes { try source.read(into: .init(rebasing: $0[count...])) }
            if more == 0 { break }
            count += more
        }
        head = Array(bytes[..<count])
    }

    var fraction: Double? { source.fraction }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard position < head.count else { return try source.read(into: buffer) }
        let count = min(buffer.count, head.count - position)
        head.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[position..<position + count])) }
        position += count
        return count
    }
}
