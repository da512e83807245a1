import Kernels
import Shards

/// How the numbers of a row are stored.
package enum VectorRowFormat: String, CaseIterable, Codable, Sendable {
    /// IEEE binary16: an error of at most 2^-11 of each number (below 6e-5: 3e-8), and none above 65504.
    case f16
    /// Whole numbers from -127 to 127, times a scale per row, the largest magnitude divided by 127: an error of at most
    /// half the scale, 1/254 of the largest magnitude. Half the bytes.
    case int8

    /// Bytes of one number.
    var byteCount: Int { self == .f16 ? 2 : 1 }

    /// The magnitude from which on a number cannot be stored: 65520 is rounded beyond the finite patterns of binary16.
    var limit: Float { self == .f16 ? 65520 : .infinity }
}

/// The rows of a table, or of its sub-words, as they are stored.
struct VectorRows {
    private enum Storage {
        case f16(UnsafePointer<UInt16>)
        case int8(UnsafePointer<Int8>, scales: UnsafePointer<Float>)
    }

    private let storage: Storage
    let dimension: Int
    /// The file that gathered rows are read from, and where they begin in it; nil: they are taken from memory.
    private let file: (content: MappedFile, start: Int)?
    /// Bytes at the beginning that are taken from memory all the same: they hold the most frequent words.
    private static let frequentByteCount = 3 << 20

    /// - Parameters:
    ///   - scales: One per row of 8-bit numbers; nil for f16.
    ///   - file: Where rows are read from when they are gathered, so that this process does not come to hold them all.
    init(
        at start: UnsafeRawPointer, scales: UnsafePointer<Float>?, dimension: Int,
        file: (content: MappedFile, start: Int)? = nil
    ) {
        self.dimension = dimension
        self.file = file
        storage =
            scales.map { .int8(start.assumingMemoryBound(to: Int8.self), scales: $0) }
            ?? .f16(start.assumingMemoryBound(to: UInt16.self))
    }

    /// Writes `scale` times each row; `Kernel/noRow` gives zeros.
    ///
    /// - Precondition: every other number is that of a row. Not checked.
    func gather(
        _ numbers: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        guard let file else { return take(numbers, scale: scale, into: out, stride: stride) }
        let N = numbers.count
        withUnsafeTemporaryAllocation(byteCount: N * rowByteCount, alignment: 64) { bytes in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: N) { scales in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: N) { places in
                    read(numbers, from: file, into: bytes, scales, places)
                    guard let base = bytes.baseAddress else { return }
                    VectorRows(
                        at: base, scales: hasScales ? scales.baseAddress.map { .init($0) } : nil, dimension: dimension
                    )
                    .take(.init(places), scale: scale, into: out, stride: stride)
                }
            }
        }
    }

    /// Copies rows, and their scales, one behind the other.
    ///
    /// - Parameter places: Receives the number of each of `numbers` among the rows that were read.
    private func read(
        _ numbers: UnsafeBufferPointer<UInt32>, from file: (content: MappedFile, start: Int),
        into bytes: UnsafeMutableRawBufferPointer, _ scales: UnsafeMutableBufferPointer<Float>,
        _ places: UnsafeMutableBufferPointer<UInt32>
    ) {
        let width = rowByteCount, frequent = Self.frequentByteCount / width
        for (index, number) in numbers.enumerated() {
            places.initializeElement(at: index, to: number == Kernel.noRow ? number : UInt32(index))
            guard number != Kernel.noRow else { continue }
            let row = UnsafeMutableRawBufferPointer(rebasing: bytes[index * width..<(index + 1) * width])
            let place = file.start + Int(number) * width
            if Int(number) < frequent {
                row.copyMemory(from: UnsafeRawBufferPointer(rebasing: file.content.bytes[place..<place + width]))
            } else {
                file.content.read(place, into: row)
            }
            if case .int8(_, let all) = storage { scales.initializeElement(at: index, to: all[Int(number)]) }
        }
    }

    private var hasScales: Bool { if case .int8 = storage { true } else { false } }
    private var rowByteCount: Int { hasScales ? dimension : 2 * dimension }

    /// Gathers rows from memory.
    private func take(
        _ numbers: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        switch storage {
        case .f16(let table):
            Kernel.gatherHalf(
                rowNumbers: numbers, table: table, columnCount: dimension, scale: scale, out: out, outStride: stride)
        case .int8(let table, let scales):
            Kernel.gatherInt8(
                rowNumbers: numbers, table: table, rowScales: scales, columnCount: dimension, scale: scale, out: out,
                outStride: stride)
        }
    }

    /// Scalar products with `q` of rows that lie side by side, and their own sums of squares, `[rows.count]` each.
    ///
    /// - Precondition: Rows are those of the table. Not checked.
    /// - Parameter block: Room for the rows as floats, `[rows.count, dimension]`, which 8-bit rows need.
    func dot(
        _ rows: Range<Int>, _ q: UnsafePointer<Float>, block: UnsafeMutablePointer<Float>,
        dots: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>
    ) {
        switch storage {
        case .f16(let table):
            Kernel.dotHalfRows(
                rowCount: rows.count, columnCount: dimension, x: table + rows.lowerBound * dimension, q: q, dots: dots,
                squares: squares)
        case .int8:
            rows.map { UInt32($0) }.withUnsafeBufferPointer { gather($0, scale: 1, into: block, stride: dimension) }
            Kernel.dotRows(
                rowCount: rows.count, columnCount: dimension, x: block, xStride: dimension, q: q, dots: dots,
                squares: squares)
        }
    }

    /// Writes one row.
    func copyRow(_ row: Int, into out: UnsafeMutablePointer<Float>) {
        withUnsafePointer(to: UInt32(row)) {
            gather(UnsafeBufferPointer(start: $0, count: 1), scale: 1, into: out, stride: dimension)
        }
    }

    /// Writes the sum of rows.
    func sum(_ numbers: [UInt32], into out: UnsafeMutablePointer<Float>) {
        out.update(repeating: 0, count: dimension)
        let blockRowCount = 16
        let block = FloatBuffer(count: min(blockRowCount, numbers.count) * dimension)
        numbers.withUnsafeBufferPointer { numbers in
            for start in stride(from: 0, to: numbers.count, by: blockRowCount) {
                let part = UnsafeBufferPointer(rebasing: numbers[start..<min(start + blockRowCount, numbers.count)])
                gather(part, scale: 1, into: block.pointer, stride: dimension)
                for row in 0..<part.count {
                    Kernel.add(count: dimension, x: block.pointer + row * dimension, y: out)
                }
            }
        }
    }

    /// The f16 patterns of a row.
    func halfRow(_ row: Int) -> [UInt16] {
        if case .f16(let table) = storage {
            return Array(UnsafeBufferPointer(start: table + row * dimension, count: dimension))
        }
        let values = FloatBuffer(count: dimension)
        copyRow(row, into: values.pointer)
        return [UInt16](unsafeUninitializedCapacity: dimension) { buffer, count in
            if let base = buffer.baseAddress { Kernel.floatToHalf(count: dimension, x: values.pointer, y: base) }
            count = dimension
        }
    }
}

/// Turns rows of floats into the bytes of a table.
struct VectorRowEncoder {
    private let format: VectorRowFormat
    private let dimension: Int
    /// The row encoded last.
    private(set) var bytes: [UInt8]
    /// Of the 8-bit rows so far.
    private var scales: [Float] = []

    init(format: VectorRowFormat, dimension: Int) {
        self.format = format
        self.dimension = dimension
        bytes = [UInt8](repeating: 0, count: dimension * format.byteCount)
    }

    /// Encodes a row into ``bytes``; false when it holds what the format cannot.
    mutating func encode(_ values: UnsafePointer<Float>) -> Bool {
        switch format {
        case .f16: encodeHalf(values)
        case .int8: encodeInt8(values)
        }
    }

    mutating func takeScales() -> [Float] {
        defer { scales = [] }
        return scales
    }

    private mutating func encodeHalf(_ values: UnsafePointer<Float>) -> Bool {
        bytes.withUnsafeMutableBytes { bytes in
            let half = bytes.bindMemory(to: UInt16.self)
            guard let base = half.baseAddress else { return true }
            Kernel.floatToHalf(count: dimension, x: values, y: base)
            // Exponent of all ones: infinite, because beyond 65504, or no number. Without an early end, so that the
            // loop is done with vector instructions.
            var special: UInt16 = 0
            for index in 0..<dimension { special |= half[index] & 0x7C00 == 0x7C00 ? 1 : 0 }
            return special == 0
        }
    }

    private mutating func encodeInt8(_ values: UnsafePointer<Float>) -> Bool {
        let largest = VectorNorm.largestPattern(values, dimension)
        guard largest < 0x7F80_0000 else { return false }
        let inverse = 127 / Float(bitPattern: largest)
        guard inverse.isFinite else {
            // Zero, or so near to it that no scale can be stored.
            for index in 0..<dimension { bytes[index] = 0 }
            scales.append(0)
            return true
        }
        scales.append(Float(bitPattern: largest) / 127)
        bytes.withUnsafeMutableBufferPointer { bytes in
            // Adding 1.5 x 2^23 rounds to a whole number, half to even, that stands in the low bits.
            let magic: Float = 12_582_912
            for index in 0..<dimension {
                bytes[index] = UInt8(truncatingIfNeeded: (values[index] * inverse + magic).bitPattern)
            }
        }
        return true
    }
}
