package import Shards

/// A part of the text: an input, or those of its records that begin in some bytes of its content.
package struct TextPart: Sendable {
    /// Index of the input.
    package var input: Int
    /// Both ends are borders of cells, the end of the input is `Int.max`.
    package var bytes: Range<Int>
    /// How to begin in the middle; nil for an input that is read from its beginning to its end.
    package var file: DividedFile?

    package init(input: Int, bytes: Range<Int> = 0..<Int.max, file: DividedFile? = nil) {
        (self.input, self.bytes, self.file) = (input, bytes, file)
    }

    /// Opens it where its first line begins: the first one in its bytes.
    func open(_ inputs: TextInputs) throws -> BufferedInput {
        guard let file else { return try inputs.open(input) }
        guard bytes.lowerBound > 0 else { return try file.input(from: 0) }
        let opened = try file.input(from: bytes.lowerBound - 1)
        try opened.skipLine()
        return opened
    }
}

extension BufferedInput {
    /// Passes over what there is of a line, and its end.
    func skipLine() throws {
        while true {
            let (count, isEnd) = try withAvailableBytes { bytes in
                let end = bytes.firstIndex(of: 0x0A)
                return (end.map { $0 + 1 } ?? bytes.count, end != nil || bytes.isEmpty)
            }
            consume(count)
            if isEnd { return }
        }
    }
}
