import Kernels

/// The lines of a block, and the numbers of the pairs of words that meet in them.
struct PairedLines: Sendable {
    let lines: EncodedLines
    /// `[I, J]` of each line, one after the other.
    let cells: NumberBuffer

    init(lines: EncodedLines, cells: NumberBuffer) { (self.lines, self.cells) = (lines, cells) }

    /// - Parameter number: Fills in the numbers of a line.
    init(
        _ lines: EncodedLines,
        _ number: (
            _ sources: UnsafeBufferPointer<UInt32>, _ targets: UnsafeBufferPointer<UInt32>, _ cells: PairIndex.Cells
        ) -> Void
    ) {
        let cells = NumberBuffer(
            count: (0..<lines.lineCount).reduce(0) { $0 + lines.sourceRange($1).count * lines.targetRange($1).count })
        lines.source.withUnsafeBufferPointer { source in
            lines.target.withUnsafeBufferPointer { target in
                var cell = 0
                for line in 0..<lines.lineCount {
                    let sources = lines.sourceRange(line), targets = lines.targetRange(line)
                    number(.init(rebasing: source[sources]), .init(rebasing: target[targets]), cells.pointer + cell)
                    cell += sources.count * targets.count
                }
            }
        }
        self.init(lines: lines, cells: cells)
    }
}
