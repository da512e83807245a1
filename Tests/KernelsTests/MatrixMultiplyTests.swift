import Kernels
import Testing

struct MatrixMultiplyTests {
    struct Shape: CustomTestStringConvertible {
        var m: Int, n: Int, k: Int
        var testDescription: String { "\(m)x\(n)x\(k)" }
    }

    static let shapes: [Shape] = {
        var shapes: [Shape] = []
        for m in [0, 1, 7, 96, 97] {
            for n in [1, 7, 9, 17, 31, 33, 97] { shapes.append(Shape(m: m, n: n, k: 7)) }
        }
        for m in 1...25 { shapes.append(Shape(m: m, n: 41, k: 3)) }
        shapes += [
            Shape(m: 13, n: 0, k: 4), Shape(m: 5, n: 9, k: 0), Shape(m: 300, n: 7, k: 9), Shape(m: 13, n: 300, k: 1),
            Shape(m: 14, n: 33, k: 300), Shape(m: 3, n: 33, k: 700), Shape(m: 7, n: 16, k: 256),
            Shape(m: 7, n: 96, k: 257), Shape(m: 13, n: 96, k: 116),
        ]
        return shapes
    }()

    /// How `A` lies in memory.
    enum Layout: String, CaseIterable { case dense, padded, transposed, overlapping }

    func strides(_ layout: Layout, _ shape: Shape) -> (row: Int, column: Int) {
        switch layout {
        case .dense: (shape.k, 1)
        case .padded: (shape.k + 5, 1)
        case .transposed: (1, shape.m + 3)
        case .overlapping: (max(shape.k / 3, 1), 1)
        }
    }

    @Test(arguments: Layout.allCases)
    func matchesReferenceOnEveryPath(_ layout: Layout) {
        for shape in Self.shapes {
            let (row, column) = strides(layout, shape)
            let extent = max(shape.m - 1, 0) * row + max(shape.k - 1, 0) * column + 1
            let a = GuardedFloats(randomFloats(extent, seed: 1)), b = randomFloats(shape.k * shape.n, seed: 2)
            let initial = randomFloats(shape.m * shape.n, seed: 3)
            let product = Reference.multiply(
                rowCount: shape.m, columnCount: shape.n, depth: shape.k, a: a.values, aRowStride: row,
                aColumnStride: column, b: b)
            for accumulate in [false, true] {
                let expected = accumulate ? zip(product, initial).map { $0 + Double($1) } : product
                onEveryPath { path in
                    let packed = PackedMatrix(rowCount: shape.k, columnCount: shape.n)
                    packed.pack(b, rowStride: shape.n, columnStride: 1)
                    let stride = shape.n + 2
                    let c = GuardedFloats(spread(initial, columns: shape.n, stride: stride, fill: 7))
                    Kernel.multiply(
                        rowCount: shape.m, a: a.pointer, aRowStride: row, aColumnStride: column, b: packed,
                        c: c.pointer, cStride: stride, accumulate: accumulate)
                    let found = gathered(c.values, columns: shape.n, stride: stride)
                    let bound = 1.2e-7 * (Double(shape.k) + 4)
                    let difference = firstDifference(found.inside, expected, absolute: bound)
                    #expect(difference == nil, "\(path) \(shape.testDescription) accumulate \(accumulate)")
                    #expect(c.isIntact && found.outside.allSatisfy { $0 == 7 }, "\(path) \(shape.testDescription)")
                }
            }
        }
    }

    /// Rows of `values` at a larger stride, the gap filled.
    func spread(_ values: [Float], columns: Int, stride: Int, fill: Float) -> [Float] {
        guard columns > 0 else { return [Float](repeating: fill, count: stride * 4) }
        var result: [Float] = []
        for start in Swift.stride(from: 0, to: values.count, by: columns) {
            result += values[start..<start + columns]
            result += [Float](repeating: fill, count: stride - columns)
        }
        return result
    }

    func gathered(_ values: [Float], columns: Int, stride: Int) -> (inside: [Float], outside: [Float]) {
        var inside: [Float] = [], outside: [Float] = []
        for (index, value) in values.enumerated() {
            if index % stride < columns { inside.append(value) } else { outside.append(value) }
        }
        return (inside, outside)
    }

    @Test func transposedRightSideIsPackedByExchangedStrides() {
        for (k, n) in [(19, 37), (96, 96), (1, 1), (16, 16), (33, 15), (5, 48)] {
            let b = randomFloats(k * n, seed: 5)
            var transposed = [Float](repeating: 0, count: k * n)
            for row in 0..<k { for column in 0..<n { transposed[column * k + row] = b[row * n + column] } }
            onEveryPath { path in
                let direct = PackedMatrix(rowCount: k, columnCount: n)
                let exchanged = PackedMatrix(rowCount: k, columnCount: n)
                direct.pack(b, rowStride: n, columnStride: 1)
                exchanged.pack(transposed, rowStride: 1, columnStride: k)
                #expect(direct.storage.array == exchanged.storage.array, "\(path) \(k)x\(n)")
                #expect(direct.storage.count == k * ((n + 15) / 16 * 16))
            }
        }
    }

    @Test func repackingReusesStorageAndChangesShape() {
        var packed = PackedMatrix(rowCount: 40, columnCount: 20)
        let before = packed.storage
        packed.repack(randomFloats(30, seed: 1), rowCount: 10, columnCount: 3, rowStride: 3, columnStride: 1)
        #expect(packed.storage === before && packed.rowCount == 10 && packed.columnCount == 3)
        packed.repack(randomFloats(4000, seed: 1), rowCount: 100, columnCount: 40, rowStride: 40, columnStride: 1)
        #expect(packed.storage !== before && packed.storage.count == 100 * 48)
    }

    @Test func plainRowsOnTheRightGiveTheBitsOfPackedOnes() {
        for shape in Self.shapes where shape.k > 0 && shape.n > 0 {
            let stride = (shape.n + 15) / 16 * 16
            let a = randomFloats(shape.m * shape.k, seed: 21), b = randomFloats(shape.k * stride, seed: 22)
            let start = randomFloats(shape.m * shape.n, seed: 23)
            for accumulate in [false, true] {
                onEveryPath { path in
                    let packed = PackedMatrix(rowCount: shape.k, columnCount: shape.n)
                    packed.pack(b, rowStride: stride, columnStride: 1)
                    let expected = GuardedFloats(start), found = GuardedFloats(start)
                    Kernel.multiply(
                        rowCount: shape.m, a: a, aRowStride: shape.k, b: packed, c: expected.pointer,
                        cStride: shape.n, accumulate: accumulate)
                    Kernel.multiply(
                        rowCount: shape.m, columnCount: shape.n, depth: shape.k, a: a, aRowStride: shape.k,
                        aColumnStride: 1, rows: b, bStride: stride, c: found.pointer, cStride: shape.n,
                        accumulate: accumulate)
                    #expect(
                        found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) && found.isIntact,
                        "\(path) \(shape.testDescription)")
                }
            }
        }
    }

    @Test func rowsDoNotDependOnTheOtherRowsOfTheCall() {
        // The window convolution, cut into calls of every small size, at both numbers of columns in use.
        for (n, k) in [(96, 288), (9, 96), (41, 300)] {
            let m = 101, row = 96
            let a = randomFloats((m - 1) * row + k, seed: 8), b = randomFloats(k * n, seed: 9)
            onEveryPath { path in
                let packed = PackedMatrix(rowCount: k, columnCount: n)
                packed.pack(b, rowStride: n, columnStride: 1)
                let whole = FloatBuffer(count: m * n), parts = FloatBuffer(count: m * n)
                a.withUnsafeBufferPointer { a in
                    guard let a = a.baseAddress else { return }
                    Kernel.multiply(
                        rowCount: m, a: a, aRowStride: row, b: packed, c: whole.pointer, cStride: n)
                    var start = 0, size = 1
                    while start < m {
                        let count = min(size, m - start)
                        Kernel.multiply(
                            rowCount: count, a: a + start * row, aRowStride: row, b: packed,
                            c: parts.pointer + start * n, cStride: n)
                        start += count
                        size += 3
                    }
                }
                #expect(whole.array.map(\.bitPattern) == parts.array.map(\.bitPattern), "\(path) n \(n)")
            }
        }
    }

    @Test func pathsWithFusedMultiplyAddAgreeToTheBit() {
        let m = 50, n = 41, k = 300
        let a = randomFloats(m * k, seed: 11), b = randomFloats(k * n, seed: 12)
        let packed = PackedMatrix(rowCount: k, columnCount: n)
        packed.pack(b, rowStride: n, columnStride: 1)
        var results: [[UInt32]] = []
        onEveryPath { path in
            guard path != .plain else { return }
            let c = FloatBuffer(count: m * n)
            Kernel.multiply(rowCount: m, a: a, aRowStride: k, b: packed, c: c.pointer, cStride: n)
            results.append(c.array.map(\.bitPattern))
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}
