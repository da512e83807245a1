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
        onEveryProcessor { path in
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
            onEveryProcessor { path in
                let result = product(a, b, m, n, k)
                let difference = firstDifference(result, expected, absolute: 1.2e-7 * Double(k + 4))
                #expect(difference == nil, "\(path) \(m)x\(n)x\(k)")
                if path != .plain { fused.append(result.map(\.bitPattern)) }
            }
            #expect(fused.allSatisfy { $0 == fused[0] }, "\(m)x\(n)x\(k): paths with fused multiply-adds differ")
        }
    }

    private func product(_ a: [Float], _ b: [Float], _ m: Int, _ n: Int, _ k: Int) -> [Float] {
        product(a, PackedBFloat16Matrix(b, rowCount: k, columnCount: n, rowStride: n, columnStride: 1), m)
    }

    private func product(_ a: [Float], _ packed: PackedBFloat16Matrix, _ m: Int) -> [Float] {
        let k = packed.rowCount, n = packed.columnCount
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
        let c = GuardedFloats([Float](repeating: 7, count: m * n))
        Kernel.multiply(
            rowCount: m, a: BFloat16RowsPointer(rounded.pointer, stride: stride), b: packed,
            c: RowsPointer(c.pointer, stride: n))
        #expect(c.isIntact)
        return c.values
    }

    /// Rows side by side in pairs, on either side of the product: what the gradients of weights are.
    @Test func transposedProductsAreThoseOfRoundedNumbers() {
        for (m, n, k) in [(1, 1, 1), (7, 9, 5), (13, 33, 16), (96, 96, 175), (117, 7, 30), (17, 25, 2), (4, 4, 0)] {
            let a = WindowConvolutionTests.Padded(randomFloats(k * m, seed: 1), width: m)
            let b = WindowConvolutionTests.Padded(randomFloats(k * n, seed: 2), width: n)
            let left = a.values(0..<k), right = b.values(0..<k)
            let expected = Reference.multiply(
                rowCount: m, columnCount: n, depth: k,
                a: (0..<m).flatMap { i in (0..<k).map { Self.rounded(left[$0 * m + i]) } }, aRowStride: k,
                aColumnStride: 1, b: right.map(Self.rounded))
            var fused: [[UInt32]] = []
            onEveryProcessor { path in
                var pairs = BFloat16Pairs(), packed = PackedBFloat16Matrix(rowCount: 0, columnCount: 0)
                // What was there before does not matter.
                pairs.pack(a.rows, rowCount: max(0, k - 1), columnCount: m)
                pairs.pack(a.rows, rowCount: k, columnCount: m)
                packed.repack(b.rows, rowCount: k, columnCount: n)
                let c = GuardedFloats([Float](repeating: 7, count: m * n))
                Kernel.multiply(transposed: pairs, b: packed, c: RowsPointer(c.pointer, stride: n))
                #expect(c.isIntact)
                let difference = firstDifference(c.values, expected, absolute: 1.2e-7 * Double(k + 4))
                #expect(difference == nil, "\(path) \(m)x\(n)x\(k)")
                if path != .plain { fused.append(c.values.map(\.bitPattern)) }
            }
            #expect(fused.allSatisfy { $0 == fused[0] }, "\(m)x\(n)x\(k): paths with fused multiply-adds differ")
        }
    }

    /// Rounding what is packed is packing what is rounded.
    @Test func packedMatricesAreRounded() {
        for (n, k) in [(1, 1), (9, 5), (33, 16), (96, 117)] {
            let a = randomFloats(3 * k, seed: 1), b = randomFloats(k * n, seed: 2)
            onEveryProcessor { path in
                let expected = product(a, b, 3, n, k)
                for isTransposed in [false, true] {
                    let source = isTransposed ? (0..<n * k).map { b[$0 % k * n + $0 / k] } : b
                    let packed = PackedMatrix(rowCount: k, columnCount: n)
                    packed.pack(source, rowStride: isTransposed ? 1 : n, columnStride: isTransposed ? k : 1)
                    let rounded = PackedBFloat16Matrix(rowCount: k, columnCount: n)
                    rounded.round(packed)
                    #expect(product(a, rounded, 3).map(\.bitPattern) == expected.map(\.bitPattern), "\(path) \(n)x\(k)")
                }
            }
        }
    }

    @Test func windowsAreThoseOfFullPrecisionRounded() {
        let n = 33, tiles = WindowConvolutionTests.tiles[WindowConvolutionTests.tiles.count - 1]
        let values = randomFloats(WindowConvolutionTests.rowCount(tiles) * n, seed: 3)
        let x = WindowConvolutionTests.Padded(values, width: n), stride = x.rows.stride
        let expected = WindowConvolutionTests.components(of: values, width: n, tiles)
        onEveryProcessor { path in
            let rounded = HalfBuffer(count: expected.count * stride)
            tiles.withUnsafeBufferPointer {
                WindowConvolution.inputs(
                    WindowTiles($0), columnCount: n, x: x.rows, v: BFloat16RowsPointer(rounded.pointer, stride: stride))
            }
            for (row, values) in expected.enumerated() {
                for (column, value) in values.enumerated() {
                    let found = Float(bitPattern: UInt32(rounded.pointer[row * stride + column]) << 16)
                    #expect(found == Self.rounded(value), "\(path) row \(row) column \(column)")
                }
            }
        }
    }
}
