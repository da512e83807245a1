/// Where blocks end although they could hold more: at the first border at or behind each multiple of so many bytes of the content. Whether
/// something is a border, the bytes around it say. So the blocks are the same wherever reading begins, if it begins at such a multiple.
///
/// | text | border | its byte |
/// |---|---|---|
/// | lines of text or JSON | before a line | of the line |
/// | columns whose file begins with a document | before the line that begins one | of that line |
/// | other columns, the file being one document | behind an empty line | of the empty line |
struct BlockGrid {
    private let cellByteCount: Int
    private let end: Int
    /// Of the cell that is being read.
    private var cellEnd: Int

    /// - Parameter bytes: Of the part.
    init(cellByteCount: Int, bytes: Range<Int>) {
        self.cellByteCount = cellByteCount
        end = bytes.upperBound
        cellEnd = bytes.lowerBound + cellByteCount
    }

    /// Whether a record that begins at a byte is not of this part any more.
    func isOver(_ offset: Int) -> Bool { offset >= end }

    /// Whether a record that begins at a byte begins another cell, which is then the one that is being read.
    mutating func enters(_ offset: Int) -> Bool {
        guard offset >= cellEnd else { return false }
        cellEnd = (offset / cellByteCount + 1) * cellByteCount
        return true
    }
}
