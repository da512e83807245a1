import Kernels

/// The lines of a block, and the numbers of the pairs of words that meet in them.
struct PairedLines: Sendable {
    let lines: EncodedLines
    /// `[I, J]` of each line, one after the other.
    let cells: NumberBuffer

    init(lines: EncodedLines, cells: NumberBuffer) { (self.lines, self.cells) = (lines, cells) }

    /// Makes room for the numbers.
    init(_ lines: EncodedLines) {
        let count = (0..<lines.lineCount).reduce(0) {
            $0 + lines.sourceRange($1).count * lines.targetRange($1).count
        }
        self.init(lines: lines, cells: NumberBuffer(count: count))
    }
}
