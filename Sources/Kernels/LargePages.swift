import Glibc

/// Pages of some megabytes for memory that is read at random: a look-up of an address costs as much as the look-up of the row.
package enum LargePages {
    private static let byteCount = 2 << 20

    /// Asks for them where the system gives them to those who ask (`madvise` in
    /// `/sys/kernel/mm/transparent_hugepage/enabled`); changes nothing else. Before the memory is first touched.
    package static func advise(_ start: UnsafeMutableRawPointer, byteCount count: Int) {
        #if os(Linux)
            let first = start.alignedUp(toMultipleOf: byteCount)
            let last = (start + count).alignedDown(toMultipleOf: byteCount)
            // A few are not worth the memory that their last one wastes.
            guard last - first >= 8 * byteCount else { return }
            _ = madvise(first, last - first, MADV_HUGEPAGE)
        #endif
    }
}
