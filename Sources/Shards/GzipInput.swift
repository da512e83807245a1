import Diagnostics
import Glibc

/// The content of a gzip-compressed input, decompressed by the program `gzip`, which runs beside us and is started
/// without a shell.
///
/// We hand the compressed bytes to it and take the content back, both from the thread that reads: whatever the input
/// is, file, pipe or memory, the way is the same. An input that is cut or damaged is noticed: gzip then ends with a
/// status of its own, and reading fails instead of ending. What follows the last member must be another member, or
/// zeros.
package final class GzipInput: ByteInput {
    package let name: String
    private let source: any ByteInput
    /// gzip's standard input, which does not block us; -1 after the end of the source.
    private var input: Int32
    /// gzip's standard output.
    private let output: Int32
    private var process: pid_t
    /// Compressed bytes that gzip has not taken yet.
    private var pending = [UInt8](repeating: 0, count: 1 << 16)
    private var start = 0
    private var end = 0
    /// Whether gzip went away before it had taken everything.
    private var isRefused = false
    private var bytesRead = 0

    init(_ source: any ByteInput) throws {
        self.source = source
        name = source.name
        let (input, output, process) = try ProcessStart.alone { try Self.start(for: source.name) }
        (self.input, self.output, self.process) = (input, output, process)
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
    }

    deinit {
        if input >= 0 { close(input) }
        close(output)
        if process > 0 {
            kill(process, SIGTERM)
            _ = waitForEnd()
        }
    }

    package var fraction: Double? { source.fraction }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            try Interruption.check("interrupted while reading \(name)")
            // The source may make us wait; so first what gzip has ready.
            let isHungry = input >= 0 && start == end
            var ends = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isHungry ? -1 : input, events: Int16(POLLOUT), revents: 0),
            ]
            guard poll(&ends, 2, isHungry ? 0 : 200) >= 0 || errno == EINTR else {
                throw Failure.system(.inputOutput, "wait for gzip to read", name, SystemError(errno))
            }
            if ends[0].revents != 0 {
                let count = Glibc.read(output, buffer.baseAddress, buffer.count)
                if count > 0 {
                    bytesRead += count
                    return count
                }
                if count == 0 { return try end(of: process) }
                guard errno == EINTR else {
                    throw Failure.cannotRead(name, SystemError(errno), at: bytesRead)
                }
            } else if isHungry {
                try refill()
            } else if ends[1].revents != 0 {
                try feed()
            }
        }
    }

    private func refill() throws {
        start = 0
        end = try pending.withUnsafeMutableBytes { try source.read(into: $0) }
        if end == 0 { closeInput() }
    }

    private func feed() throws {
        let count = pending.withUnsafeBytes { write(input, $0.baseAddress?.advanced(by: start), end - start) }
        if count >= 0 {
            start += count
        } else if errno == EPIPE {
            isRefused = true
            closeInput()
        } else if errno != EINTR && errno != EAGAIN {
            throw Failure.system(.inputOutput, "hand the bytes to gzip of", name, SystemError(errno))
        }
    }

    private func closeInput() {
        close(input)
        input = -1
        start = end
    }

    /// 0, the end of the content, when gzip ended well, and after the end of its input.
    private func end(of gzip: pid_t) throws -> Int {
        guard gzip > 0 else { return 0 }
        let hasMore = isRefused || input >= 0
        let status = waitForEnd()
        process = 0
        if status & 0x7F != 0 {
            // A signal to the whole job ends gzip, too, perhaps before it has reached us; that is no fault of the input.
            try Interruption.confirmEnd(of: name)
            throw Failure.gzipWasEnded(name, signal: status & 0x7F, bytesRead)
        }
        guard status == 0, !hasMore else { throw Failure.gzip(status: status >> 8 & 0xFF, name, bytesRead) }
        return 0
    }

    private func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return -1 } }
        return status
    }

    private static func start(for name: String) throws -> (input: Int32, output: Int32, process: pid_t) {
        var open: [Int32] = []
        func makePipe() throws -> (read: Int32, write: Int32) {
            guard let ends = ProcessStart.makePipe() else {
                let error = SystemError(errno)
                for end in open { close(end) }
                throw Failure.system(.inputOutput, "make a pipe for", name, error)
            }
            open += [ends.read, ends.write]
            return ends
        }
        let input = try makePipe(), output = try makePipe()
        let (code, process) = ProcessStart.spawn("gzip", ["gzip", "-dc"], input: input.read, output: output.write)
        close(input.read)
        close(output.write)
        guard code == 0 else {
            close(input.write)
            close(output.read)
            throw Failure.gzipDoesNotStart(name, SystemError(code))
        }
        return (input.write, output.read, process)
    }
}
