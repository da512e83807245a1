import Kernels
import Testing

struct Int8Tests {
    struct Shape: CustomTestStringConvertible {
        var m: Int, n: Int, k: Int
        var outliers: [Int] = []
        var testDescription: String { "\(m)x\(n)x\(k), apart \(outliers)" }
    }

    static let shapes = [
        Shape(m: 1, n: 1, k: 1), Shape(m: 7, n: 9, k: 5), Shape(m: 13, n: 33, k: 16), Shape(m: 97, n: 48, k: 35),
        Shape(m: 5, n: 17, k: 1601), Shape(m: 14, n: 32, k: 770), Shape(m: 0, n: 4, k: 4),
        Shape(m: 13, n: 33, k: 19, outliers: [0, 18]), Shape(m: 97, n: 20, k: 40, outliers: [3, 4, 5, 39]),
    ]

    /// Rows of which some have one sign only, some are 0, and outliers are large.
    private func left(_ shape: Shape) -> [Float] {
        var a = randomFloats(shape.m * shape.k, seed: 1)
        for row in 0..<shape.m {
            for column in 0..<shape.k {
                let place = row * shape.k + column
                if row % 5 == 1 { a[place] = a[place].magnitude }
                if row % 5 == 2 { a[place] = -a[place].magnitude }
                if row % 7 == 3 { a[place] = 0 }
                if shape.outliers.contains(column) { a[place] *= 100 }
            }
        }
        return a
    }

    private func product(_ shape: Shape, _ a: [Float], _ columns: [Float], _ activation: Activation, rows: [Range<Int>])
        -> GuardedFloats
    {
        let matrix = PackedInt8Matrix(
            columns, rowCount: shape.k, columnCount: shape.n, rowStride: 1, columnStride: shape.k,
            outlierRows: shape.outliers)
        let bias = randomFloats(shape.n, seed: 3), source = GuardedFloats(a), quantized = QuantizedRows()
        let stride = shape.n + 2, c = GuardedFloats([Float](repeating: 7, count: shape.m * stride))
        for range in rows {
            let x = RowsPointer(source.pointer + range.lowerBound * shape.k, stride: shape.k)
            quantized.quantize(rowCount: range.count, x: x, for: matrix)
            quantized.multiply(
                rowCount: range.count, b: matrix, bias: bias, activation: activation,
                c: RowsPointer(c.pointer + range.lowerBound * stride, stride: stride))
        }
        return c
    }

    @Test(arguments: shapes)
    func matchesReferenceAndIsTheSameOnEveryPath(_ shape: Shape) {
        let a = left(shape), columns = randomFloats(shape.n * shape.k, seed: 2), bias = randomFloats(shape.n, seed: 3)
        let kept = (0..<shape.k).map { !shape.outliers.contains($0) }
        var expected: [Double] = []
        for row in 0..<shape.m {
            let left = Array(a[row * shape.k..<(row + 1) * shape.k])
            for column in 0..<shape.n {
                let right = Array(columns[column * shape.k..<(column + 1) * shape.k])
                expected.append(Reference.int8Product(row: left, column: right, kept: kept) + Double(bias[column]))
            }
            expected += [7, 7]
        }
        var bits: [[UInt32]] = []
        onEveryProcessor { path in
            let found = product(shape, a, columns, .none, rows: [0..<shape.m])
            let difference = firstDifference(found.values, expected, absolute: 2e-5, relative: 2e-6)
            #expect(difference == nil && found.isIntact, "\(path)")
            if path != .plain || shape.outliers.isEmpty { bits.append(found.values.map(\.bitPattern)) }
        }
        #expect(bits.allSatisfy { $0 == bits[0] })
    }

    @Test(arguments: shapes)
    func aRowIsTheSameInAnyCompany(_ shape: Shape) {
        let a = left(shape), columns = randomFloats(shape.n * shape.k, seed: 2)
        onEveryProcessor { path in
            let whole = product(shape, a, columns, .gelu, rows: [0..<shape.m])
            let alone = product(shape, a, columns, .gelu, rows: (0..<shape.m).map { $0..<$0 + 1 })
            #expect(whole.values.map(\.bitPattern) == alone.values.map(\.bitPattern), "\(path)")
        }
    }

    /// The products of a window convolution: each component of each tile is a row of its own.
    @Test(arguments: WindowConvolutionTests.widths, WindowConvolutionTests.tiles)
    func windowsMatchReferenceAndAreTheSameOnEveryPath(_ width: Int, _ tiles: [WindowTile]) {
        let rowCount = WindowConvolutionTests.rowCount(tiles), n = width + 3,
            values = randomFloats(rowCount * width, seed: 4)
        let columns = randomFloats(n * width, seed: 5)
        let components = WindowConvolutionTests.components(of: values, width: width, tiles)
        let expected = components.flatMap { row in
            (0..<n).map { column in
                Reference.evenInt8Product(row: row, column: Array(columns[column * width..<(column + 1) * width]))
            }
        }
        var bits: [[UInt32]] = []
        onEveryProcessor { path in
            let x = WindowConvolutionTests.Padded(values, width: width), quantized = QuantizedRows()
            let matrix = PackedInt8Matrix(
                columns, rowCount: width, columnCount: n, rowStride: 1, columnStride: width)
            let c = GuardedFloats([Float](repeating: 7, count: components.count * n))
            tiles.withUnsafeBufferPointer { buffer in
                let tiles = WindowTiles(buffer)
                quantized.quantizeWindows(tiles, columnCount: width, x: x.rows)
                for component in 0..<WindowConvolution.componentCount {
                    let rows = tiles.rows(ofComponent: component)
                    if rows.isEmpty { continue }
                    quantized.multiply(
                        first: rows.lowerBound, rowCount: rows.count, b: matrix,
                        c: RowsPointer(c.pointer + rows.lowerBound * n, stride: n))
                }
            }
            let difference = firstDifference(c.values, expected, absolute: 2e-5, relative: 2e-6)
            #expect(difference == nil && c.isIntact, "\(path)")
            bits.append(c.values.map(\.bitPattern))
        }
        #expect(bits.allSatisfy { $0 == bits[0] })
    }

    /// The largest levels everywhere: pairs of products that 16 bits could not hold.
    @Test func nothingSaturates() {
        let shape = Shape(m: 3, n: 16, k: 4000)
        let ones = [Float](repeating: 1, count: shape.n * shape.k)
        onEveryProcessor { path in
            let found = product(
                shape, [Float](repeating: 1, count: shape.m * shape.k), ones, .none, rows: [0..<shape.m])
            let bias = randomFloats(shape.n, seed: 3)
            for column in 0..<shape.n { #expect(abs(found.values[column] - bias[column] - 4000) < 0.01, "\(path)") }
        }
    }
}
