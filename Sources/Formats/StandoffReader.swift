package import Corpora
import Diagnostics
package import Shards

/// Reads `FILE.ann` and the `FILE.txt` beside it as one record: the count of the text's bytes, a line end, the text, the
/// annotations.
package final class StandoffReader: RecordReader {
    private let input: BufferedInput
    private let maximumByteCount: Int
    package var name: String { input.name }
    package let lineNumber = 1
    package let lineOffset = 0
    package var offset: Int { input.offset }
    package let lineEnd = LineEnd(hasLF: false)
    /// What is too long is no record at all: the run ends.
    package let isTooLong = false
    private var isAtEnd = false

    package init(_ input: BufferedInput, maximumByteCount: Int) {
        self.input = input
        self.maximumByteCount = maximumByteCount
    }

    package func appendNext(to record: inout [UInt8]) throws -> Bool {
        guard !isAtEnd else { return false }
        isAtEnd = true
        var annotations = try whole(input)
        // A mark before the text is a character of it, to brat.
        if annotations.starts(with: ByteOrderMark.bytes) { annotations.removeFirst(ByteOrderMark.bytes.count) }
        let path = Self.textPath(of: name)
        guard Directory.fileExists(path) else { throw Failure.noTextBesideAnnotations(name, text: path) }
        let text = try whole(BufferedInput(FileInput(path: path)))
        record += Array("\(text.count)\n".utf8)
        record += text
        record += annotations
        return true
    }

    package func appendRest(to bytes: inout [UInt8], maximum: Int) throws -> Bool { true }

    /// `FILE.txt` of `FILE.ann`.
    package static func textPath(of path: String) -> String {
        (path.lowercased().hasSuffix(".ann") ? String(path.dropLast(4)) : path) + ".txt"
    }

    static func parts(
        of record: UnsafeBufferPointer<UInt8>
    ) -> (text: Slice<UnsafeBufferPointer<UInt8>>, annotations: Slice<UnsafeBufferPointer<UInt8>>) {
        let line = record.prefix { $0 != 0x0A }
        let count = Int(String(decoding: line, as: UTF8.self)) ?? 0
        let rest = record.dropFirst(line.count + 1)
        return (rest.prefix(count), rest.dropFirst(count))
    }

    private func whole(_ input: BufferedInput) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let count = try input.withAvailableBytes { available in
                bytes += available
                return available.count
            }
            input.consume(count)
            guard count > 0 else { break }
            guard bytes.count <= maximumByteCount else {
                throw Failure.lineTooLong(
                    input.name, 1, maximumByteCount: maximumByteCount, offset: 0, record: "document of brat")
            }
        }
        return bytes
    }
}
