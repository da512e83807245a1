import Kernels
import Testing

struct BFloat16Tests {
    /// To nearest, ties to even; subnormal numbers are 0.
    static func rounded(_ value: Float) -> Float {
        if value.isNaN { return value }
        if value.magnitude < Float.leastNormalMagnitude { return value.sign == .minus ? -0.0 : 0 }
        let low = value.bitPattern & 0xFFFF, high = value.bitPattern & 0xFFFF_0000
        let isUp = low > 0x8000 || low == 0x8000 && high & 0x1_0000 != 0
        return Float(bitPattern: isUp ? high &+ 0x1_0000 : high)
    }

    @Test func roundsToNearestEvenOnEveryPath() {
        var x = randomFloats(301, seed: 1, in: -100...100)
        x += [0, -0.0, .infinity, -.infinity, 3.4e38, -3.4e38, 1.18e-38]
        x += [Float.leastNormalMagnitude.nextDown, -Float.leastNormalMagnitude.nextDown, .leastNonzeroMagnitude]
        // Exactly between two, below an even and an odd one, and just beside.
        x += [0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0xBF80_8000, 0x7F7F_8000].map(Float.init(bitPattern:))
        onEveryPath { path in
            let source = GuardedFloats(x), target = HalfBuffer(count: 1 << 10)
            let stride = (x.count + 15) / 16 * 16
            Kernel.toBFloat16(
                rowCount: 1, columnCount: x.count, x: RowsPointer(source.pointer, stride: x.count),
                y: BFloat16RowsPointer(target.pointer, stride: stride))
            for (index, value) in x.enumerated() {
                let found = Float(bitPattern: UInt32(target.pointer[index]) << 16)
                #expect(found.bitPattern == Self.rounded(value).bitPattern, "\(path): \(value) became \(found)")
            }
            #expect(target.pointer[x.count] == 0 && target.pointer[stride] == 0, "\(path)")
            var nan: [Float] = [Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFFF_FFFF)]
            nan.withUnsafeMutableBufferPointer {
                Kernel.toBFloat16(
                    rowCount: 1, columnCount: 2, x: RowsPointer($0.baseAddress!, stride: 2),
                    y: BFloat16RowsPointer(target.pointer, stride: 16))
            }
            for index in 0..<2 {
                #expect(Float(bitPattern: UInt32(target.pointer[index]) << 16).isNaN, "\(path)")
            }
        }
    }

    /// Within a row: products of rounded numbers are exact, so only the sums round.
    @Test func productsAreThoseOfRoundedNumbers() {
        for (m, n, k) in [(1, 1, 1), (7, 9, 5), (13, 33, 16), (30, 96, 96), (5, 7, 117), (25, 17, 1), (0, 4, 4)] {
            let a = randomFloats(m * k, seed: 1), b = randomFloats(k * n, seed: 2)
            let expected = Reference.multiply(
                rowCount: m, columnCount: n, depth: k, a: a.map(Self.rounded), aRowStride: k, aColumnStride: 1,
                b: b.map(Self.rounded))
            var fused: [[UInt32]] = []
            onEveryPath { path in
                let result = product(a, b, m, n, k)
                let difference = firstDifference(result, expected, absolute: 1.2e-7 * Double(k + 4))
                #expect(difference == nil, "\(path) \(m)x\(n)x\(k)")
                if path != .plain { fused.append(result.map(\.bitPattern)) }
            }
            #expect(fused.allSatisfy { $0 == fused[0] }, "\(m)x\(n)x\(k): paths with fused multiply-adds differ")
        }
    }

    private func product(_ a: [Float], _ b: [Float], _ m: Int, _ n: Int, _ k: Int) -> [Float] {
        let stride = (k + 15) / 16 * 16
        let rounded = HalfBuffer(count: m * stride)
        var a = a
        a.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress {
                Kernel.toBFloat16(
                    rowCount: m, columnCount: k, x: RowsPointer(base, stride: k),
                    y: BFloat16RowsPointer(rounded.pointer, stride: stride))
            }
        }
        let packed = PackedBFloat16Matrix(b, rowCount: k, columnCount: n, rowStride: n, columnStride: 1)
        let c = GuardedFloats([Float](repeating: 7, count: m * n))
        Kernel.multiply(
            rowCount: m, a: BFloat16RowsPointer(rounded.pointer, stride: stride), b: packed,
            c: RowsPointer(c.pointer, stride: n))
        #expect(c.isIntact)
        return c.values
    }

    @Test func windowsAreThoseOfFullPrecisionRounded() {
        let n = 33, tiles: [Int32] = [0, 2, 5, 7, 9, 12, 15]
        let x = WindowConvolutionTests.Padded(
            randomFloats(WindowConvolutionTests.rowCount(tiles) * n, seed: 3), width: n)
        let stride = x.rows.stride, component = tiles.count * stride
        onEveryPath { path in
            let full = WindowConvolutionTests.Padded(rowCount: 4 * tiles.count, width: n)
            let rounded = HalfBuffer(count: 4 * component)
            tiles.withUnsafeBufferPointer { tiles in
                WindowConvolution.inputs(
                    tiles: tiles, columnCount: n, x: x.rows, v: full.rows, componentStride: component)
                WindowConvolution.inputs(
                    tiles: tiles, columnCount: n, x: x.rows,
                    v: BFloat16RowsPointer(rounded.pointer, stride: stride), componentStride: component)
            }
            for row in 0..<4 * tiles.count {
                for (column, value) in full.values(row..<row + 1).enumerated() {
                    let found = Float(bitPattern: UInt32(rounded.pointer[row * stride + column]) << 16)
                    #expect(found == Self.rounded(value), "\(path) row \(row) column \(column)")
                }
            }
        }
    }
}
