import Diagnostics
import Shards

/// How messages stand in a pipe, after the first line of each side.
package enum TeacherWire: String, Codable, CaseIterable, Sendable {
    /// Number of the question, count of bytes (both 64 bits, little-endian), and so many bytes of a safetensors file.
    case safetensors
    /// A JSON object on each line, to look at.
    case jsonl

    /// Bytes before the safetensors file of a message.
    static let headByteCount = 16
    /// What a message may have at most: 256 MiB.
    static let maximumByteCount = 1 << 28
    /// The first line may have at most 1 MiB: a hello with labels.
    static let maximumHelloByteCount = 1 << 20
}

/// A message as it came, not yet understood.
struct WireMessage: Equatable {
    /// The number of the question, where the head says it.
    var number: UInt64?
    var bytes: [UInt8]
}

/// Cuts the bytes of a pipe into messages: a line first, then what the wire says. A value without input or output.
struct WireReader {
    /// nil until the first line is over.
    var wire: TeacherWire?
    /// For messages.
    let name: String
    private var buffer: [UInt8] = []
    /// Where the next message begins in the buffer, and up to where a line end was looked for.
    private var start = 0, searched = 0

    init(name: String) { self.name = name }

    /// Bytes that belong to no message yet.
    var rest: Int { buffer.count - start }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { buffer.append(contentsOf: bytes) }

    /// The next whole message; nil: more bytes are needed.
    mutating func next() throws -> WireMessage? {
        let message = wire == .safetensors ? try frame() : try line()
        if message == nil, start > 1 << 16 || start == buffer.count {
            buffer.removeFirst(start)
            (start, searched) = (0, max(0, searched - start))
        }
        return message
    }

    private mutating func line() throws -> WireMessage? {
        let limit = wire == nil ? TeacherWire.maximumHelloByteCount : TeacherWire.maximumByteCount
        searched = max(searched, start)
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            guard rest <= limit else { throw tooLong("a line", UInt64(rest), limit) }
            return nil
        }
        guard end - start <= limit else { throw tooLong("a line", UInt64(end - start), limit) }
        defer { start = end + 1 }
        return WireMessage(number: nil, bytes: Array(buffer[start..<end]))
    }

    private mutating func frame() throws -> WireMessage? {
        guard rest >= TeacherWire.headByteCount else { return nil }
        let (number, count) = buffer.withUnsafeBytes {
            ($0.integer(at: start, as: UInt64.self), $0.integer(at: start + 8, as: UInt64.self))
        }
        // Before memory is taken for it.
        guard count <= TeacherWire.maximumByteCount else {
            throw tooLong("message \(number)", count, TeacherWire.maximumByteCount)
        }
        let begin = start + TeacherWire.headByteCount
        guard buffer.count - begin >= Int(count) else { return nil }
        defer { start = begin + Int(count) }
        return WireMessage(number: number, bytes: Array(buffer[begin..<begin + Int(count)]))
    }

    private func tooLong(_ what: String, _ count: UInt64, _ limit: Int) -> Failure {
        Failure.teacherProtocol(
            name,
            "\(what) of \(count) bytes on its standard output, where at most \(limit) are allowed; does anything else write there?"
        )
    }
}
