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
    static let tileCounts = [0, 1, 2, 5, 13]

    /// `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` for rows 1 to `2 * tileCount`.
    func convolved(_ x: [Float], _ taps: [Float], width n: Int, tileCount: Int) -> [Double] {
        (1..<1 + 2 * tileCount).flatMap { row in
            (0..<n).map { out in
                (0..<3).reduce(0.0) { sum, tap in
                    (0..<n).reduce(sum) {
                        $0 + Double(x[(row - 1 + tap) * n + $1]) * Double(taps[(tap * n + $1) * n + out])
                    }
                }
            }
        }
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
            for tiles in Self.tileCounts {
                let x = randomFloats((2 * tiles + 2) * n, seed: 1), taps = randomFloats(3 * n * n, seed: 2)
                let expected = convolved(x, taps, width: n, tileCount: tiles)
                onEveryPath { path in
                    let input = Padded(x, width: n), y = Padded(rowCount: 2 * tiles, width: n)
                    let v = Padded(rowCount: 4 * tiles, width: n), m = Padded(rowCount: 4 * tiles, width: n)
                    let component = tiles * v.rows.stride
                    WindowConvolution.inputs(
                        tileCount: tiles, columnCount: n, x: input.rows, v: v.rows, componentStride: component)
                    for (number, packed) in transformed(taps, width: n).enumerated() {
                        Kernel.multiply(
                            rowCount: tiles, a: v.rows.pointer + number * component, aRowStride: v.rows.stride,
                            b: packed, c: m.rows.pointer + number * component, cStride: m.rows.stride)
                    }
                    WindowConvolution.outputs(
                        tileCount: tiles, columnCount: n, m: m.rows, componentStride: component, y: y.rows)
                    let found = y.values(0..<2 * tiles)
                    // Four products are sums of up to two inputs and halves of up to three taps.
                    #expect(
                        firstDifference(found, expected, absolute: 1e-6 * Double(n + 4)) == nil,
                        "\(path) \(tiles) tiles of \(n)")
                }
            }
        }
    }

    @Test func gradientsAreThoseOfTheDefinition() {
        for n in Self.widths {
            for tiles in Self.tileCounts where tiles > 0 {
                let rows = 2 * tiles
                var x = randomFloats((rows + 2) * n, seed: 3)
                for column in 0..<n { (x[column], x[(rows + 1) * n + column]) = (0, 0) }  // boundaries
                let taps = randomFloats(3 * n * n, seed: 4), dy = randomFloats(rows * n, seed: 5)
                let start = randomFloats(rows * n, seed: 6)
                let mask = DropoutMask(key: 8, probability: 0.25), firstIndex = n
                let kept = Reference.dropout(
                    [Float](repeating: 1, count: rows * n), mask: mask, firstIndex: UInt64(firstIndex))
                var dTaps = [Double](repeating: 0, count: 3 * n * n), dx = start.map(Double.init)
                for row in 0..<rows {
                    for tap in 0..<3 {
                        let from = row + tap  // row of x
                        for i in 0..<n {
                            var sum = 0.0
                            for o in 0..<n {
                                let d = Double(dy[row * n + o])
                                dTaps[(tap * n + i) * n + o] += Double(x[from * n + i]) * d
                                sum += d * Double(taps[(tap * n + i) * n + o])
                            }
                            if from > 0 && from <= rows {
                                dx[(from - 1) * n + i] += sum * Double(kept[(from - 1) * n + i])
                            }
                        }
                    }
                }
                onEveryPath { path in
                    let found = gradients(
                        x, taps, dy, start, width: n, tileCount: tiles, mask: mask, firstIndex: firstIndex)
                    let what = "\(path) \(tiles) tiles of \(n)"
                    #expect(firstDifference(found.taps, dTaps, absolute: 2e-6 * Double(rows + 4)) == nil, "taps \(what)")
                    #expect(firstDifference(found.x, dx, absolute: 3e-6 * Double(n + 4)) == nil, "x \(what)")
                }
            }
        }
    }

    private func gradients(
        _ x: [Float], _ taps: [Float], _ dy: [Float], _ start: [Float], width n: Int, tileCount tiles: Int,
        mask: DropoutMask, firstIndex: Int
    ) -> (taps: [Float], x: [Float]) {
        let input = Padded(x, width: n), output = Padded(dy, width: n), dx = Padded(start, width: n)
        let v = Padded(rowCount: 4 * tiles, width: n), middle = Padded(rowCount: 2 * tiles, width: n)
        let stride = v.rows.stride, component = tiles * stride
        WindowConvolution.inputs(
            tileCount: tiles, columnCount: n, x: input.rows, v: v.rows, componentStride: component)
        WindowConvolution.outputGradients(
            tileCount: tiles, columnCount: n, dy: output.rows, first: middle.rows, second: middle.rows.from(row: tiles))
        let dm = [
            RowsPointer(output.rows.pointer, stride: 2 * stride), middle.rows, middle.rows.from(row: tiles),
            RowsPointer(output.rows.from(row: 1).pointer, stride: 2 * stride),
        ]
        let dU = FloatBuffer(count: 4 * n * n), dTaps = FloatBuffer(count: 3 * n * n)
        for (number, dm) in dm.enumerated() {
            Kernel.multiply(
                rowCount: n, columnCount: n, depth: tiles, a: v.rows.pointer + number * component, aRowStride: 1,
                aColumnStride: stride, rows: dm.pointer, bStride: dm.stride, c: dU.pointer + number * n * n,
                cStride: n)
        }
        WindowConvolution.tapGradients(count: n * n, transformed: dU.pointer, taps: dTaps.pointer, tapStride: n * n)
        for (number, packed) in transformed(taps, width: n, transposed: true).enumerated() {
            Kernel.multiply(
                rowCount: tiles, a: dm[number].pointer, aRowStride: dm[number].stride, b: packed,
                c: v.rows.pointer + number * component, cStride: stride)
        }
        WindowConvolution.addInputGradients(
            tileCount: tiles, columnCount: n, dv: v.rows, componentStride: component, dx: dx.rows, mask: mask,
            firstIndex: firstIndex)
        return (dTaps.array, dx.values(0..<2 * tiles))
    }

    /// A token must get the same bits whatever stands around its sentence.
    @Test func rowsDoNotDependOnTheTilesOfTheCall() {
        let n = 33, tiles = 11
        let x = randomFloats((2 * tiles + 2) * n, seed: 7)
        onEveryPath { path in
            let input = Padded(x, width: n)
            let whole = Padded(rowCount: 4 * tiles, width: n), single = Padded(rowCount: 4, width: n)
            let component = tiles * whole.rows.stride
            WindowConvolution.inputs(
                tileCount: tiles, columnCount: n, x: input.rows, v: whole.rows, componentStride: component)
            for tile in 0..<tiles {
                WindowConvolution.inputs(
                    tileCount: 1, columnCount: n, x: input.rows.from(row: 2 * tile), v: single.rows,
                    componentStride: single.rows.stride)
                for number in 0..<4 {
                    let row = number * tiles + tile
                    #expect(
                        single.values(number..<number + 1) == whole.values(row..<row + 1), "\(path) tile \(tile)")
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
