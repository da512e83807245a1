internal import CKernels

/// The right-hand matrix of a product, `[K, N]`, in the order in which the kernels read it.
///
/// Panels of 16 columns, each `[K][16]`, short panels filled with zeros; the same on every path. Packing costs one pass
/// over the matrix, so pack weights once per update and reuse the storage with ``pack(_:rowStride:columnStride:)``.
package struct PackedMatrix: Sendable {
    /// Rows `K` of the packed matrix, the summation length.
    package private(set) var rowCount: Int
    /// Columns `N` of the packed matrix.
    package private(set) var columnCount: Int
    /// Panels; a copy of the struct shares them.
    package private(set) var storage: FloatBuffer

    /// Makes a packed matrix of zeros.
    package init(rowCount: Int, columnCount: Int) {
        storage = FloatBuffer(count: Self.storageCount(rowCount: rowCount, columnCount: columnCount))
        self.rowCount = rowCount
        self.columnCount = columnCount
    }

    /// Floats of storage for a `[rowCount, columnCount]` matrix.
    package static func storageCount(rowCount: Int, columnCount: Int) -> Int {
        precondition(rowCount >= 0 && columnCount >= 0, "packed matrix \(rowCount) x \(columnCount)")
        let (columns, overflow1) = columnCount.addingReportingOverflow(15)
        let (count, overflow2) = (columns / 16 * 16).multipliedReportingOverflow(by: rowCount)
        precondition(!overflow1 && !overflow2, "packed matrix \(rowCount) x \(columnCount) is too large")
        return count
    }

    /// Packs `B[k, n] = source[k * rowStride + n * columnStride]`, overwriting what was there.
    ///
    /// A transposed matrix is packed by exchanging the strides. Every other copy of this struct sees the change.
    package func pack(_ source: UnsafePointer<Float>, rowStride: Int, columnStride: Int) {
        nk_pack(source, rowStride, columnStride, rowCount, columnCount, storage.pointer)
    }

    /// Takes another shape, reusing the storage when it is large enough, and packs `source`.
    ///
    /// For the products whose right-hand side has as many rows as the batch.
    package mutating func repack(
        _ source: UnsafePointer<Float>, rowCount: Int, columnCount: Int, rowStride: Int, columnStride: Int
    ) {
        let count = Self.storageCount(rowCount: rowCount, columnCount: columnCount)
        if count > storage.count { storage = FloatBuffer(count: count) }
        self.rowCount = rowCount
        self.columnCount = columnCount
        pack(source, rowStride: rowStride, columnStride: columnStride)
    }
}
