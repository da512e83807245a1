internal import CKernels

/// A dropout mask that is never stored: element `index` is kept or dropped by a hash of `key` and `index` alone.
///
/// The same on every path, machine and split of the work. The backward pass applies the same mask to the gradient.
package struct DropoutMask: Sendable, Hashable {
    /// Names the mask; make it from seed, update number and layer.
    package var key: UInt64
    /// An element is dropped when its hash is below this.
    package let threshold: UInt32
    /// Factor of the kept elements, `1 / (1 - probability)`.
    package let scale: Float

    /// Makes a mask that drops each element with `probability`, to within 2^-32.
    ///
    /// - Precondition: `probability` is in `0 ..< 1`.
    package init(key: UInt64, probability: Double) {
        precondition(probability >= 0 && probability < 1, "dropout probability \(probability)")
        self.key = key
        threshold = UInt32(min(probability * 4_294_967_296 + 0.5, 4_294_967_295))
        scale = Float(1 / (1 - probability))
    }
}

extension DropoutMask {
    /// The mask as the kernels take it, from an element on.
    ///
    /// - Precondition: The `count` elements are numbered below 2^32.
    func from(_ index: Int, count: Int) -> nk_mask {
        precondition(index >= 0 && count >= 0 && index + count <= 1 << 32, "mask elements \(index) + \(count)")
        return nk_mask(key: key, index: UInt64(index), threshold: threshold, scale: scale)
    }
}

extension Kernel {
    /// `y = x * scale` where the mask keeps an element, 0 where it drops it; element `(r, n)` has the number
    /// `firstIndex + r * columnCount + n`, whatever the strides. `y` may be `x`.
    package static func dropout(
        rowCount: Int, columnCount: Int, x: RowsPointer, y: RowsPointer, mask: DropoutMask, firstIndex: Int
    ) {
        check(rows: rowCount, columns: columnCount, stride: x.stride, "dropout x")
        check(rows: rowCount, columns: columnCount, stride: y.stride, "dropout y")
        var mask = mask.from(firstIndex, count: rowCount * columnCount)
        nk_dropout(rowCount, columnCount, x.pointer, x.stride, y.pointer, y.stride, &mask)
    }

    /// The 32-bit hashes of `key` and `firstIndex ..< firstIndex + count`.
    package static func randomBits(
        count: Int, key: UInt64, firstIndex: UInt64, into bits: UnsafeMutablePointer<UInt32>
    ) {
        check(count: count, "randomBits")
        nk_random_bits(count, bits, key, firstIndex)
    }
}
