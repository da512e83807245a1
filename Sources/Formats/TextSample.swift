import Corpora
import Diagnostics
package import Shards

/// The beginning of a text, by which its form is found: the first ``byteCount`` bytes, decompressed, however they come.
package struct TextSample: Sendable {
    /// Of a pipe, too: what is found may not depend on when its bytes arrive.
    package static let byteCount = 1 << 16

    /// The lines without their ends; the last one only when it is whole, or the only one.
    package let lines: [ArraySlice<UInt8>]

    /// - Parameter bytes: The first ones, ``byteCount`` or all there are.
    package init(_ bytes: [UInt8]) {
        let isWhole = bytes.count < Self.byteCount
        let mark = bytes.starts(with: ByteOrderMark.bytes) ? ByteOrderMark.bytes.count : 0
        var lines = bytes[mark...].split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true || !isWhole && lines.count > 1 { lines.removeLast() }
        self.lines = lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }

    /// Looks at the beginning of an input, of which nothing was read yet.
    package init(_ input: BufferedInput) throws {
        self.init(try input.peek(Self.byteCount))
    }

    package var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }
}

extension Collection<UInt8> {
    /// Whether there is nothing but spaces and tabs.
    package var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}
