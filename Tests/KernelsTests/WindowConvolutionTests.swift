import Kernels
import Testing

/// The window convolution by minimal filtering against its definition, forward and backward.
struct WindowConvolutionTests {
    /// Rows of `width` numbers at a padded stride, the padding filled with numbers that must not matter.
    struct Padded {
        let buffer: FloatBuffer
        let width: Int
        let rows: RowsPointer

        init(_ values: [Float], width: Int) {
            let stride = RowsPointer.stride(forWidth: width), count = values.count / max(width, 1)
            buffer = FloatBuffer(count: count * stride)
            self.width = width
            rows = RowsPointer(buffer.pointer, stride: stride)
            for index in 0..<buffer.count { buffer[index] = 1000 }
            for row in 0..<count {
                for column in 0..<width { buffer[row * stride + column] = values[row * width + column] }
            }
        }

        init(rowCount: Int, width: Int) { self.init([Float](repeating: 0, count: rowCount * width), width: width) }

        func values(_ range: Range<Int>) -> [Float] {
            range.flatMap { row in (0..<width).map { buffer[row * rows.stride + $0] } }
        }
    }

    static let widths = [1, 7, 16, 33, 96]
    /// Tiles by the row before them: neighbours, and with rows between.
    static let tileRows: [[Int32]] = [
        [], [0], [0, 2], [0, 3], [0, 2, 5, 7, 9, 12], [3, 5, 8, 10, 12, 14, 17, 20, 22],
    ]

    static func rowCount(_ tiles: [Int32]) -> Int { Int(tiles.last ?? -4) + 4 }

    /// `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` for the rows of tiles, 0 elsewhere.
    func convolved(_ x: [Float], _ taps: [Float], width n: Int, _ tiles: [Int32]) -> [Double] {
        var y = [Double](repeating: 0, count: x.count)
        for row in tiles.flatMap({ [Int($0) + 1, Int($0) + 2] }) {
            for out in 0..<n {
                var sum = 0.0
                for tap in 0..<3 {
                    for i in 0..<n { sum += Double(x[(row - 1 + tap) * n + i]) * Double(taps[(tap * n + i) * n + out]) }
                }
                y[row * n + out] = sum
            }
        }
        return y
    }

    /// The four transformed taps, packed.
    func transformed(_ taps: [Float], width n: Int, transposed: Bool = false) -> [PackedMatrix] {
        let middle = FloatBuffer(count: 2 * n * n)
        return taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return [] }
            WindowConvolution.transformTaps(
                count: n * n, taps: taps, first: middle.pointer, second: middle.pointer + n * n)
            let all = [taps, UnsafePointer(middle.pointer), UnsafePointer(middle.pointer + n * n), taps + 2 * n * n]
            return all.map { source in
                let packed = PackedMatrix(rowCount: n, columnCount: n)
                packed.pack(source, rowStride: transposed ? 1 : n, columnStride: transposed ? n : 1)
                return packed
            }
        }
    }

    @Test func agreesWithItsDefinitionOnEveryPath() {
        for n in Self.widths {
            for tiles in Self.tileRows {
                let rows = Self.rowCount(tiles), count = tiles.count
                let x = randomFloats(rows * n, seed: 1), taps = randomFloats(3 * n * n, seed: 2)
                let expected = convolved(x, taps, width: n, tiles)
                onEveryPath { path in
                    let input = Padded(x, width: n), y = Padded(rowCount: rows, width: n)
                    let v = Padded(rowCount: 4 * count, width: n), m = Padded(rowCount: 4 * count, width: n)
                    let component = count * v.rows.stride
                    tiles.withUnsafeBufferPointer { tiles in
                        WindowConvolution.inputs(
                            tiles: tiles, columnCount: n, x: input.rows, v: v.rows, componentStride: component)
                        for (number, packed) in transformed(taps, width: n).enumerated() {
                            Kernel.multiply(
                                rowCount: count, a: v.rows.pointer + number * component, aRowStride: v.rows.stride,
                                b: packed, c: m.rows.pointer + number * component, cStride: m.rows.stride)
                        }
                        WindowConvolution.outputs(
                            tiles: tiles, columnCount: n, m: m.rows, componentStride: component, y: y.rows)
                    }
                    // Four products are sums of up to two inputs and halves of up to three taps.
                    #expect(
                        firstDifference(y.values(0..<rows), expected, absolute: 1e-6 * Double(n + 4)) == nil,
                        "\(path) \(tiles) of \(n)")
                }
            }
        }
    }

    @Test func gradientsAreThoseOfTheDefinition() {
        for n in Self.widths {
            for tiles in Self.tileRows where !tiles.isEmpty {
                let rows = Self.rowCount(tiles)
                let inside = Set(tiles.flatMap { [Int($0) + 1, Int($0) + 2] })
                var x = randomFloats(rows * n, seed: 3), dy = randomFloats(rows * n, seed: 5)
                for row in 0..<rows where !inside.contains(row) {  // boundaries
                    for column in 0..<n { (x[row * n + column], dy[row * n + column]) = (0, 0) }
                }
                let taps = randomFloats(3 * n * n, seed: 4), start = randomFloats(rows * n, seed: 6)
                let mask = DropoutMask(key: 8, probability: 0.25)
                let kept = Reference.dropout([Float](repeating: 1, count: rows * n), mask: mask, firstIndex: 5)
                var dTaps = [Double](repeating: 0, count: 3 * n * n), dx = start.map(Double.init)
                for row in inside {
                    for tap in 0..<3 {
                        let from = row - 1 + tap
                        for i in 0..<n {
                            var sum = 0.0
                            for o in 0..<n {
                                let d = Double(dy[row * n + o])
                                dTaps[(tap * n + i) * n + o] += Double(x[from * n + i]) * d
                                sum += d * Double(taps[(tap * n + i) * n + o])
                            }
                            if inside.contains(from) { dx[from * n + i] += sum * Double(kept[from * n + i]) }
                        }
                    }
                }
                onEveryPath { path in
                    let found = gradients(x, taps, dy, start, width: n, tiles, mask: mask, firstIndex: 5)
                    let what = "\(path) \(tiles) of \(n)"
                    #expect(
                        firstDifference(found.taps, dTaps, absolute: 2e-6 * Double(rows + 4)) == nil, "taps \(what)")
                    #expect(firstDifference(found.x, dx, absolute: 3e-6 * Double(n + 4)) == nil, "x \(what)")
                }
            }
        }
    }

    private func gradients(
        _ x: [Float], _ taps: [Float], _ dy: [Float], _ start: [Float], width n: Int, _ tiles: [Int32],
        mask: DropoutMask, firstIndex: Int
    ) -> (taps: [Float], x: [Float]) {
        let input = Padded(x, width: n), output = Padded(dy, width: n), dx = Padded(start, width: n)
        let count = tiles.count
        let v = Padded(rowCount: 4 * count, width: n), dm = Padded(rowCount: 4 * count, width: n)
        let stride = v.rows.stride, component = count * stride
        let dU = FloatBuffer(count: 4 * n * n), dTaps = FloatBuffer(count: 3 * n * n)
        tiles.withUnsafeBufferPointer { tiles in
            WindowConvolution.inputs(
                tiles: tiles, columnCount: n, x: input.rows, v: v.rows, componentStride: component)
            WindowConvolution.outputGradients(
                tiles: tiles, columnCount: n, dy: output.rows, dm: dm.rows, componentStride: component)
            for (number, packed) in transformed(taps, width: n, transposed: true).enumerated() {
                Kernel.multiply(
                    rowCount: n, columnCount: n, depth: count, a: v.rows.pointer + number * component, aRowStride: 1,
                    aColumnStride: stride, rows: dm.rows.pointer + number * component, bStride: stride,
                    c: dU.pointer + number * n * n, cStride: n)
                Kernel.multiply(
                    rowCount: count, a: dm.rows.pointer + number * component, aRowStride: stride, b: packed,
                    c: v.rows.pointer + number * component, cStride: stride)
            }
            WindowConvolution.addInputGradients(
                tiles: tiles, columnCount: n, dv: v.rows, componentStride: component, dx: dx.rows, mask: mask,
                firstIndex: firstIndex)
        }
        WindowConvolution.tapGradients(count: n * n, transformed: dU.pointer, taps: dTaps.pointer, tapStride: n * n)
        return (dTaps.array, dx.values(0..<x.count / n))
    }

    /// A token must get the same bits whatever stands around its sentence.
    @Test func rowsDoNotDependOnTheTilesOfTheCall() {
        let n = 33, tiles: [Int32] = [0, 2, 5, 7, 10, 12, 14]
        let x = randomFloats(Self.rowCount(tiles) * n, seed: 7)
        onEveryPath { path in
            let input = Padded(x, width: n)
            let whole = Padded(rowCount: 4 * tiles.count, width: n), single = Padded(rowCount: 4, width: n)
            tiles.withUnsafeBufferPointer {
                WindowConvolution.inputs(
                    tiles: $0, columnCount: n, x: input.rows, v: whole.rows,
                    componentStride: tiles.count * whole.rows.stride)
            }
            for (index, tile) in tiles.enumerated() {
                [tile].withUnsafeBufferPointer {
                    WindowConvolution.inputs(
                        tiles: $0, columnCount: n, x: input.rows, v: single.rows, componentStride: single.rows.stride)
                }
                for number in 0..<4 {
                    let row = number * tiles.count + index
                    #expect(
                        single.values(number..<number + 1) == whole.values(row..<row + 1), "\(path) tile \(index)")
                }
            }
        }
    }

    @Test(arguments: [false, true]) func lookUpAddsWhatTheEntriesOfARowAndItsNeighboursGive(_ isReduced: Bool) {
        for n in Self.widths {
            let part = (n + 15) / 16 * 16, entryCount = 9, rows = 20
            var generator = SeededGenerator(seed: 3)
            let slots = (0..<rows + 2).map { _ in UInt32.random(in: 0..<UInt32(entryCount), using: &generator) }
            var entries = randomFloats(entryCount * 4 * part, seed: 8)
            let halves = entries.map { Float16($0).bitPattern }
            if isReduced { entries = halves.map { Reference.float(half: $0) } }
            func value(_ slot: UInt32, _ number: Int, _ column: Int) -> Float {
                entries[(Int(slot) * 4 + number) * part + column]
            }
            let expected = (0..<rows).flatMap { row in
                (0..<n).map {
                    value(slots[row], 1, $0) + value(slots[row + 1], 2, $0) + value(slots[row + 2], 3, $0)
                }
            }
            let hidden = (0..<rows).flatMap { row in (0..<n).map { value(slots[row + 1], 0, $0) } }
            onEveryPath { path in
                let z = Padded(rowCount: rows, width: n), h = Padded(rowCount: rows, width: n)
                if isReduced {
                    WindowConvolution.lookUp(
                        rowCount: rows, columnCount: n, entries: halves, partStride: part, slots: slots, z: z.rows,
                        hidden: h.rows)
                } else {
                    WindowConvolution.lookUp(
                        rowCount: rows, columnCount: n, entries: entries, partStride: part, slots: slots, z: z.rows,
                        hidden: h.rows)
                }
                #expect(z.values(0..<rows) == expected && h.values(0..<rows) == hidden, "\(path) \(n)")
            }
        }
    }
}
