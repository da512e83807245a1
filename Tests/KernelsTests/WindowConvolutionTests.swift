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
    /// Tiles by the row before them and their rows: neighbours, and with rows between; of two rows, of four, of both.
    static let tiles: [[WindowTile]] = [
        [], [(0, 2)], [(0, 4)], [(0, 2), (2, 2)], [(0, 4), (4, 4)], [(0, 4), (4, 2)], [(0, 2), (2, 4)],
        [(0, 4), (5, 4)],
        [(0, 2), (3, 2)], [(0, 2), (2, 2), (5, 2), (7, 2), (9, 2), (12, 2)],
        [(3, 2), (5, 4), (9, 4), (14, 4), (18, 2), (21, 2), (23, 4), (28, 2), (31, 4)],
    ].map { (tiles: [(Int32, Int32)]) in tiles.map { WindowTile(row: $0.0, rowCount: $0.1) } }

    static func rowCount(_ tiles: [WindowTile]) -> Int { tiles.last.map { Int($0.row + $0.rowCount) + 2 } ?? 0 }

    static func outputRows(_ tiles: [WindowTile]) -> [Int] {
        tiles.flatMap { Int($0.row) + 1...Int($0.row + $0.rowCount) }
    }

    /// The components of a tile of `x.count - 2` rows, by the formulas of `window_template.h`.
    static func components(_ x: [ArraySlice<Float>]) -> [[Float]] {
        let d = x.map(Array.init)
        func each(_ body: (Int) -> Float) -> [Float] { d[0].indices.map(body) }
        guard d.count == 6 else {
            return [
                each { d[0][$0] - d[2][$0] }, each { 3 * (d[1][$0] + d[2][$0]) }, each { 3 * (d[2][$0] - d[1][$0]) },
                each { d[3][$0] - d[1][$0] },
            ]
        }
        return [
            each { d[0][$0] - d[2][$0] + 0.25 * (d[4][$0] - d[2][$0]) },
            each { 4 * (d[1][$0] + d[2][$0]) - (d[3][$0] + d[4][$0]) },
            each { 4 * (d[2][$0] - d[1][$0]) + (d[3][$0] - d[4][$0]) },
            each { d[5][$0] - d[3][$0] - 4 * (d[3][$0] - d[1][$0]) },
            each { d[4][$0] - d[2][$0] + 2 * (d[3][$0] - d[1][$0]) },
            each { d[4][$0] - d[2][$0] - 2 * (d[3][$0] - d[1][$0]) },
        ]
    }

    /// The rows of all components, in the order in which ``WindowTiles`` has them.
    static func components(of x: [Float], width: Int, _ tiles: [WindowTile]) -> [[Float]] {
        let parts = tiles.map { tile in
            components((tile.row...tile.row + tile.rowCount + 1).map { x[Int($0) * width..<(Int($0) + 1) * width] })
        }
        return (0..<WindowConvolution.componentCount).flatMap { number in
            parts.compactMap { number < $0.count ? $0[number] : nil }
        }
    }

    /// `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` for the rows of tiles, 0 elsewhere.
    func convolved(_ x: [Float], _ taps: [Float], width n: Int, _ tiles: [WindowTile]) -> [Double] {
        var y = [Double](repeating: 0, count: x.count)
        for row in Self.outputRows(tiles) {
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

    /// The transformed taps, packed.
    func transformed(_ taps: [Float], width n: Int, transposed: Bool = false) -> [PackedMatrix] {
        func packed(_ source: UnsafePointer<Float>) -> PackedMatrix {
            let packed = PackedMatrix(rowCount: n, columnCount: n)
            packed.pack(source, rowStride: transposed ? 1 : n, columnStride: transposed ? n : 1)
            return packed
        }
        return taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return [] }
            func pair(_ components: ClosedRange<Int>) -> [PackedMatrix] {
                let two = FloatBuffer(count: 2 * n * n)
                WindowConvolution.transformTaps(components, count: n * n, taps: taps, into: two.pointer)
                return [packed(two.pointer), packed(two.pointer + n * n)]
            }
            return [packed(taps)] + pair(1...2) + [packed(taps + 2 * n * n)] + pair(4...5)
        }
    }

    @Test func agreesWithItsDefinitionOnEveryPath() {
        for n in Self.widths {
            for tiles in Self.tiles {
                let rows = Self.rowCount(tiles)
                let x = randomFloats(rows * n, seed: 1), taps = randomFloats(3 * n * n, seed: 2)
                let expected = convolved(x, taps, width: n, tiles)
                onEveryPath { path in
                    let input = Padded(x, width: n), y = Padded(rowCount: rows, width: n)
                    tiles.withUnsafeBufferPointer { buffer in
                        let tiles = WindowTiles(buffer), count = tiles.componentRowCount
                        let v = Padded(rowCount: count, width: n), m = Padded(rowCount: count, width: n)
                        WindowConvolution.inputs(tiles, columnCount: n, x: input.rows, v: v.rows)
                        for (number, packed) in transformed(taps, width: n).enumerated() {
                            let rows = tiles.rows(ofComponent: number)
                            Kernel.multiply(
                                rowCount: rows.count, a: v.rows.from(row: rows.lowerBound).pointer,
                                aRowStride: v.rows.stride, b: packed, c: m.rows.from(row: rows.lowerBound).pointer,
                                cStride: m.rows.stride)
                        }
                        WindowConvolution.outputs(tiles, columnCount: n, m: m.rows, y: y.rows)
                    }
                    // Products are of sums of inputs that are up to ten times as large as one, and go into an output
                    // up to eight times.
                    #expect(
                        firstDifference(y.values(0..<rows), expected, absolute: 2e-6 * Double(n + 4)) == nil,
                        "\(path) \(tiles) of \(n)")
                }
            }
        }
    }

    @Test func gradientsAreThoseOfTheDefinition() {
        for n in Self.widths {
            for tiles in Self.tiles where !tiles.isEmpty {
                let rows = Self.rowCount(tiles)
                let inside = Set(Self.outputRows(tiles))
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
                        firstDifference(found.taps, dTaps, absolute: 4e-6 * Double(rows + 4)) == nil, "taps \(what)")
                    #expect(firstDifference(found.x, dx, absolute: 6e-6 * Double(n + 4)) == nil, "x \(what)")
                }
            }
        }
    }

    private func gradients(
        _ x: [Float], _ taps: [Float], _ dy: [Float], _ start: [Float], width n: Int, _ tiles: [WindowTile],
        mask: DropoutMask, firstIndex: Int
    ) -> (taps: [Float], x: [Float]) {
        let input = Padded(x, width: n), output = Padded(dy, width: n), dx = Padded(start, width: n)
        let dU = FloatBuffer(count: WindowConvolution.componentCount * n * n), dTaps = FloatBuffer(count: 3 * n * n)
        tiles.withUnsafeBufferPointer { buffer in
            let tiles = WindowTiles(buffer), count = tiles.componentRowCount
            let v = Padded(rowCount: count, width: n), dm = Padded(rowCount: count, width: n), stride = v.rows.stride
            WindowConvolution.inputs(tiles, columnCount: n, x: input.rows, v: v.rows)
            WindowConvolution.outputGradients(tiles, columnCount: n, dy: output.rows, dm: dm.rows)
            for (number, packed) in transformed(taps, width: n, transposed: true).enumerated() {
                let rows = tiles.rows(ofComponent: number)
                let v = v.rows.from(row: rows.lowerBound).pointer, dm = dm.rows.from(row: rows.lowerBound).pointer
                Kernel.multiply(
                    rowCount: n, columnCount: n, depth: rows.count, a: v, aRowStride: 1, aColumnStride: stride,
                    rows: dm,
                    bStride: stride, c: dU.pointer + number * n * n, cStride: n)
                Kernel.multiply(
                    rowCount: rows.count, a: dm, aRowStride: stride, b: packed, c: v, cStride: stride)
            }
            WindowConvolution.addInputGradients(
                tiles, columnCount: n, dv: v.rows, dx: dx.rows, mask: mask, firstIndex: firstIndex)
        }
        WindowConvolution.tapGradients(count: n * n, transformed: dU.pointer, taps: dTaps.pointer, tapStride: n * n)
        return (dTaps.array, dx.values(0..<x.count / n))
    }

    /// A token must get the same bits whatever stands around its sentence.
    @Test func rowsDoNotDependOnTheTilesOfTheCall() {
        let n = 33, tiles = Self.tiles[Self.tiles.count - 1]
        let x = randomFloats(Self.rowCount(tiles) * n, seed: 7)
        onEveryPath { path in
            let input = Padded(x, width: n)
            func components(_ range: Range<Int>) -> (Padded, (Int) -> Range<Int>) {
                tiles[range].withUnsafeBufferPointer { buffer in
                    let tiles = WindowTiles(buffer), found = Padded(rowCount: tiles.componentRowCount, width: n)
                    WindowConvolution.inputs(tiles, columnCount: n, x: input.rows, v: found.rows)
                    let rows = (0..<WindowConvolution.componentCount).map { tiles.rows(ofComponent: $0) }
                    return (found, { rows[$0] })
                }
            }
            let (whole, rowsOfWhole) = components(0..<tiles.count)
            let expected = Self.components(of: x, width: n, tiles)
            for (row, values) in expected.enumerated() { #expect(whole.values(row..<row + 1) == values, "\(path)") }
            for (index, tile) in tiles.enumerated() {
                let (single, rowsOfSingle) = components(index..<index + 1)
                let fours = tiles[..<index].count { $0.rowCount == 4 }
                for number in 0..<Int(tile.rowCount) + 2 {
                    let row = rowsOfWhole(number).lowerBound + (number < 4 ? index : fours)
                    #expect(
                        single.values(rowsOfSingle(number)) == whole.values(row..<row + 1), "\(path) tile \(index)")
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
