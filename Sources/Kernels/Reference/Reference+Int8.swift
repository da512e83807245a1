extension Reference {
    /// A row as levels of 0 ... 255, with what a level is worth and which one stands for 0; columns not kept count as 0.
    ///
    /// In floats, as the kernel: another rounding of a quotient would be another level.
    package static func levels(_ row: [Float], kept: [Bool]) -> (levels: [Int], scale: Float, zero: Int) {
        let values = zip(row, kept).map { $1 ? $0 : 0 }
        let low = min(0, values.min() ?? 0), high = max(0, values.max() ?? 0), range = high - low
        let inverse = range > 0 ? 255 / range : 0
        let zero = (-low * inverse).rounded(.toNearestOrEven)
        let levels = values.map { Int(max(0, min(255, ($0 * inverse).rounded(.toNearestOrEven) + zero))) }
        return (levels, range / 255, Int(zero))
    }

    /// The same with 128 for 0 and as many levels on both sides, as the components of a window convolution have it.
    package static func evenLevels(_ row: [Float]) -> (levels: [Int], scale: Float, zero: Int) {
        let largest = row.map(\.magnitude).max() ?? 0, factor = largest > 0 ? 127 / largest : 0
        return (row.map { 128 + Int(($0 * factor).rounded(.toNearestOrEven)) }, largest / 127, 128)
    }

    /// A column as whole numbers of -127 ... 127, with what 1 is worth.
    package static func numbers(_ column: [Float], kept: [Bool]) -> (numbers: [Int], scale: Float) {
        let values = zip(column, kept).map { $1 ? $0 : 0 }
        let largest = values.map(\.magnitude).max() ?? 0, inverse = largest > 0 ? 127 / largest : 0
        return (values.map { Int(($0 * inverse).rounded(.toNearestOrEven)) }, largest / 127)
    }

    /// The product of a row with a column by ``levels(_:kept:)`` and ``numbers(_:kept:)``; what is not kept is exact.
    package static func int8Product(row: [Float], column: [Float], kept: [Bool]) -> Double {
        let exact = kept.indices.reduce(0.0) { kept[$1] ? $0 : $0 + Double(row[$1]) * Double(column[$1]) }
        return product(levels(row, kept: kept), numbers(column, kept: kept)) + exact
    }

    /// The same by ``evenLevels(_:)``, all of it kept.
    package static func evenInt8Product(row: [Float], column: [Float]) -> Double {
        product(evenLevels(row), numbers(column, kept: column.map { _ in true }))
    }

    private static func product(
        _ a: (levels: [Int], scale: Float, zero: Int), _ b: (numbers: [Int], scale: Float)
    ) -> Double {
        let sum = zip(a.levels, b.numbers).reduce(0) { $0 + ($1.0 - a.zero) * $1.1 }
        return Double(sum) * Double(a.scale) * Double(b.scale)
    }
}
