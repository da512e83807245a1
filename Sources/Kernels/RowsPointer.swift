/// A row-major matrix in memory that somebody else owns: its first element, and the floats between rows.
package struct RowsPointer {
    package var pointer: UnsafeMutablePointer<Float>
    package var stride: Int

    package init(_ pointer: UnsafeMutablePointer<Float>, stride: Int) {
        (self.pointer, self.stride) = (pointer, stride)
    }

    /// The matrix from a row on.
    package func from(row: Int) -> RowsPointer { RowsPointer(pointer + row * stride, stride: stride) }

    /// The matrix from a column on.
    package func from(column: Int) -> RowsPointer { RowsPointer(pointer + column, stride: stride) }

    /// A good stride for rows of so many floats: whole cache lines, and not a multiple of four of them, because rows that
    /// far apart fall into few sets of the first-level cache.
    package static func stride(forWidth width: Int) -> Int {
        let lines = max(1, (width + 15) / 16)
        return (lines % 4 == 0 ? lines + 1 : lines) * 16
    }
}
