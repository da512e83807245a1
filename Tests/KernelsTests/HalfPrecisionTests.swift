import Kernels
import Testing

struct HalfPrecisionTests {
    @Test func everyHalfWidensExactly() {
        let bits = (0...65535).map { UInt16($0) }
        onEveryPath { path in
            let y = FloatBuffer(count: bits.count)
            Kernel.halfToFloat(count: bits.count, x: bits, y: y.pointer)
            var wrong: [UInt16] = []
            for (half, value) in zip(bits, y.array) {
                let expected = Reference.float(half: half)
                let sign = UInt32(half & 0x8000) << 16, payload = UInt32(half & 0x3ff) << 13
                let quietNaN: UInt32 = sign | payload | 0x7fc0_0000
                let agrees =
                    expected.isNaN
                    ? value.bitPattern == quietNaN : value.bitPattern == expected.bitPattern
                if !agrees { wrong.append(half) }
                #if !os(macOS) || !arch(x86_64)
                    let swift = Float(Float16(bitPattern: half))
                    if !(swift.isNaN ? value.isNaN : swift.bitPattern == value.bitPattern) { wrong.append(half) }
                #endif
            }
            #expect(wrong.isEmpty, "\(path): \(wrong.prefix(5))")
        }
    }

    /// Every half, the midpoints between neighbours and both sides of each, random bit patterns, and special values.
    static let floats: [Float] = {
        var floats: [Float] = [.infinity, -.infinity, .nan, .signalingNaN, 65519.996, 65520, -65520, 0, -0.0]
        for bits in Array(stride(from: UInt16(0), to: 0x7bff, by: 5)) + [0x3fe, 0x3ff, 0x400, 0x7bfe] {
            let low = Reference.float(half: bits), high = Reference.float(half: bits + 1), middle = (low + high) / 2
            floats += [low, -low, middle, -middle.nextUp, middle.nextDown]
        }
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<20_000 { floats.append(Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))) }
        return floats
    }()

    @Test func narrowingRoundsToNearestEvenLikeTheStandardLibrary() {
        let x = Self.floats
        let expected = x.map { Float16($0) }
        onEveryPath { path in
            var y = [UInt16](repeating: 0, count: x.count)
            y.withUnsafeMutableBufferPointer {
                guard let base = $0.baseAddress else { return }
                Kernel.floatToHalf(count: x.count, x: x, y: base)
            }
            var wrong: [Float] = []
            for index in x.indices {
                let payload = UInt16(truncatingIfNeeded: x[index].bitPattern >> 13) & 0x3ff
                let nan: UInt16 = payload | 0x7e00
                let agrees = x[index].isNaN ? y[index] & 0x7fff == nan : y[index] == expected[index].bitPattern
                if !agrees { wrong.append(x[index]) }
            }
            #expect(wrong.isEmpty, "\(path): \(wrong.prefix(5))")
        }
    }

    @Test func shortCountsWriteNothingBeyondTheirEnd() {
        for n in [0, 1, 3, 7, 9, 15, 17, 31] {
            onEveryPath { path in
                let x = randomFloats(n, seed: 1), wide = GuardedFloats([Float](repeating: 0, count: n))
                var half = [UInt16](repeating: 0xabcd, count: n + 20)
                half.withUnsafeMutableBufferPointer {
                    guard let base = $0.baseAddress else { return }
                    Kernel.floatToHalf(count: n, x: x, y: base)
                    Kernel.halfToFloat(count: n, x: base, y: wide.pointer)
                }
                #expect(half[n...].allSatisfy { $0 == 0xabcd } && wide.isIntact, "\(path) \(n)")
                #expect(firstDifference(wide.values, x.map(Double.init), absolute: 5e-4) == nil, "\(path) \(n)")
            }
        }
    }

    @Test func gatherOfEightBitRowsIsExactOnEveryPath() {
        for dim in [1, 7, 16, 33, 96, 300] {
            let table = (0..<20 * dim).map { Int8(truncatingIfNeeded: $0 * 37 + $0 / 7) }
            let scales = randomFloats(20, seed: 4)
            for count in [0, 1, 5, 23] {
                let rows = (0..<count).map { (index: Int) -> UInt32 in
                    index % 4 == 2 ? Kernel.noRow : UInt32((index * 7 + 19) % 20)
                }
                var expected = [Double](repeating: 9, count: count * (dim + 3))
                for (index, row) in rows.enumerated() {
                    for column in 0..<dim {
                        expected[index * (dim + 3) + column] =
                            row == Kernel.noRow
                            ? 0 : Double(Float(table[Int(row) * dim + column]) * (0.37 * scales[Int(row)]))
                    }
                }
                onEveryPath { path in
                    let out = GuardedFloats([Float](repeating: 9, count: count * (dim + 3)))
                    rows.withUnsafeBufferPointer {
                        Kernel.gatherInt8(
                            rowNumbers: $0, table: table, rowScales: scales, columnCount: dim, scale: 0.37,
                            out: out.pointer, outStride: dim + 3)
                    }
                    #expect(firstDifference(out.values, expected, absolute: 0) == nil, "\(path) \(dim) \(count)")
                    #expect(out.isIntact)
                }
            }
        }
    }

    @Test func gatherScalesRowsAndFillsMissingOnesWithZeros() {
        for dim in [1, 7, 16, 33, 96, 300] {
            let values = randomFloats(20 * dim, seed: 3), table = values.map { Float16($0).bitPattern }
            for count in [0, 1, 5, 23] {
                let rows = (0..<count).map { (index: Int) -> UInt32 in
                    index % 4 == 2 ? Kernel.noRow : UInt32((index * 7 + 19) % 20)
                }
                var expected = [Double](repeating: 9, count: count * (dim + 3))
                for (index, row) in rows.enumerated() {
                    for column in 0..<dim {
                        let half = row == Kernel.noRow ? 0 : table[Int(row) * dim + column]
                        expected[index * (dim + 3) + column] = Double(Reference.float(half: half) * 0.37)
                    }
                }
                onEveryPath { path in
                    let out = GuardedFloats([Float](repeating: 9, count: count * (dim + 3)))
                    rows.withUnsafeBufferPointer {
                        Kernel.gatherHalf(
                            rowNumbers: $0, table: table, columnCount: dim, scale: 0.37, out: out.pointer,
                            outStride: dim + 3)
                    }
                    #expect(firstDifference(out.values, expected, absolute: 0) == nil, "\(path) \(dim) \(count)")
                    #expect(out.isIntact)
                }
            }
        }
    }
}
