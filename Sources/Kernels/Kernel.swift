internal import CKernels

/// Dense float arithmetic on memory that the caller owns.
///
/// Matrices are row-major; a `stride` is the distance between rows in floats. Sizes may be 0. Nothing is allocated.
/// All functions may be called from several threads at once. Within one ``KernelPath`` a row of a result depends on its
/// own inputs alone, not on the other rows of the call, so a batch may be split anywhere without changing a byte;
/// gradients of weights, which sum over rows, take the rows in ascending order.
package enum Kernel {
    /// Stops on a shape that cannot be right.
    @inline(__always)
    static func check(rows: Int, columns: Int, stride: Int, _ name: StaticString) {
        precondition(
            rows >= 0 && columns >= 0 && (stride >= columns || rows <= 1),
            "\(name): \(rows) rows of \(columns) columns at stride \(stride)")
    }

    /// Stops on a negative count.
    @inline(__always)
    static func check(count: Int, _ name: StaticString) {
        precondition(count >= 0, "\(name): count \(count)")
    }

    /// Name of the path in force on this thread, for run records.
    package static var pathName: String { String(cString: nk_path_name()) }
}
