import Glibc
import Kernels
import Testing

/// A round over 30 rows on either side, with the arrays that the kernels take.
private struct Round {
    static let rowCount = 30

    let dimension: Int
    /// By word: its input rows.
    let wordRows: [[UInt32]]
    var words: [UInt32]
    var outputs: [[UInt32]]
    var rates: [[Float]]

    /// Rows repeat: among the inputs of a word (two n-grams in one bucket), among its outputs, among the centers.
    init(dimension: Int, inputs: Int, outputs: Int, centers: Int) {
        self.dimension = dimension
        func numbers(_ count: Int, _ factor: Int, _ first: Int, below limit: Int) -> [UInt32] {
            (0..<count).map { (place: Int) -> UInt32 in UInt32((place * factor + first) % limit) }
        }
        func rate(_ place: Int) -> Float { place % 3 == 0 ? 0.05 : -0.02 * Float(1 + place % 4) }
        wordRows = (0..<3).map { numbers(inputs, 7, $0, below: 11) }
        words = numbers(centers, 2, 0, below: 3)
        self.outputs = (0..<centers).map { numbers(outputs, 5, $0, below: 13) }
        rates = (0..<centers).map { center in (0..<outputs).map { rate($0 + center) } }
    }

    /// What every row is to move by, and the loss of each center, in doubles as the papers write it.
    func expected(_ inputs: [Double], _ contexts: [Double]) -> (inputs: [Double], outputs: [Double], losses: [Double]) {
        let D = dimension
        var moves = (
            inputs: [Double](repeating: 0, count: inputs.count),
            outputs: [Double](repeating: 0, count: contexts.count), losses: [Double]()
        )
        for (center, word) in words.enumerated() {
            let own = wordRows[Int(word)].map(Int.init)
            var hidden = [Double](repeating: 0, count: D), gradient = hidden, loss = 0.0
            for row in own { for n in 0..<D { hidden[n] += inputs[row * D + n] / Double(own.count) } }
            for (output, rate) in zip(outputs[center], rates[center]) {
                let row = Int(output) * D
                let x = (0..<D).reduce(0.0) { $0 + hidden[$1] * contexts[row + $1] }
                let probability = 1 / (1 + exp(-x)), label = rate > 0 ? 1.0 : 0.0
                loss -= log(label == 1 ? probability : 1 - probability)
                let step = Double(abs(rate)) * (label - probability)
                for n in 0..<D {
                    gradient[n] += step * contexts[row + n]
                    moves.outputs[row + n] += step * hidden[n]
                }
            }
            for row in own { for n in 0..<D { moves.inputs[row * D + n] += gradient[n] } }
            moves.losses.append(loss)
        }
        return moves
    }

    /// Runs both kernels over the whole round, in parts.
    func run(_ inputs: HalfBuffer, _ contexts: HalfBuffer, rate: Float = 1, key: UInt64 = 7) -> [Float] {
        var starts: [UInt32] = [0], ends: [UInt32] = []
        for rows in wordRows { starts.append(starts[starts.count - 1] + UInt32(rows.count)) }
        for row in outputs { ends.append((ends.last ?? 0) + UInt32(row.count)) }
        let rows = SkipGramRows(
            dimension: dimension, inputs: inputs, outputs: contexts, wordRows: NumberBuffer(wordRows.flatMap { $0 }),
            wordStarts: NumberBuffer(starts))
        let flat = NumberBuffer(outputs.flatMap { $0 }), flatRates = FloatBuffer(rates.flatMap { $0 })
        let steps = FloatBuffer(count: flat.count), losses = FloatBuffer(count: words.count)
        let hidden = FloatBuffer(count: words.count * dimension), gradients = hidden.copied()
        let wordNumbers = NumberBuffer(words), endNumbers = NumberBuffer(ends)
        withExtendedLifetime((flat, flatRates, wordNumbers, endNumbers)) {
            let round = SkipGramRound(
                words: wordNumbers.pointer, outputEnds: endNumbers.pointer, outputs: flat.pointer,
                rates: flatRates.pointer, rate: rate, steps: steps.pointer, centers: hidden.pointer,
                gradients: gradients.pointer, losses: losses.pointer)
            for part in [0..<words.count / 2, words.count / 2..<words.count] {
                Kernel.predictSkipGram(rows, round, centers: part)
            }
        }
        let outputUses = zip(outputs.indices, outputs).flatMap { center, rows in rows.map { ($0, UInt32(center)) } }
        let inputUses = zip(words.indices, words).flatMap { center, word in
            wordRows[Int(word)].map { ($0, UInt32(center)) }
        }
        move(contexts, outputUses, steps: steps, hidden, key)
        move(inputs, inputUses, steps: nil, gradients, key &+ 1)
        return losses.array
    }

    private func move(
        _ table: HalfBuffer, _ uses: [(row: UInt32, center: UInt32)], steps: FloatBuffer?, _ vectors: FloatBuffer,
        _ key: UInt64
    ) {
        let order = uses.indices.sorted { (uses[$0].row, $0) < (uses[$1].row, $1) }
        var rows: [UInt32] = [], ends: [UInt32] = []
        for (place, use) in order.enumerated() {
            if rows.last != uses[use].row {
                rows.append(uses[use].row)
                ends.append(0)
            }
            ends[ends.count - 1] = UInt32(place + 1)
        }
        let numbers = [rows, ends, order.map(UInt32.init)].map(NumberBuffer.init)
        let centers = order.map { UInt16(uses[$0].center) }
        withExtendedLifetime((numbers, steps, vectors)) {
            centers.withUnsafeBufferPointer { centers in
                guard let centers = centers.baseAddress else { return }
                let moves = SkipGramMoves(
                    rowCount: rows.count, rows: numbers[0].pointer, useEnds: numbers[1].pointer,
                    uses: numbers[2].pointer, centers: centers)
                for part in 0..<3 {
                    Kernel.moveRows(
                        dimension: dimension, table: table.pointer, moves, steps: steps?.pointer,
                        vectors: vectors.pointer, key: key,
                        rows: moves.rows(moves.work * part / 3..<moves.work * (part + 1) / 3))
                }
            }
        }
    }
}

struct SkipGramKernelTests {
    private func halves(_ values: [Float]) -> HalfBuffer {
        let buffer = HalfBuffer(count: values.count)
        Kernel.floatToHalf(count: values.count, x: values, y: buffer.pointer)
        return buffer
    }

    private func floats(_ buffer: HalfBuffer) -> [Float] {
        var values = [Float](repeating: 0, count: buffer.count)
        Kernel.halfToFloat(count: buffer.count, x: buffer.pointer, y: &values)
        return values
    }

    @Test(arguments: [(16, 1, 1, 1), (32, 3, 12, 4), (208, 20, 66, 7), (48, 2, 7, 40), (240, 5, 17, 3)])
    func everyPathMovesRowsByTheDefinition(shape: (dimension: Int, inputs: Int, outputs: Int, centers: Int)) {
        let round = Round(
            dimension: shape.dimension, inputs: shape.inputs, outputs: shape.outputs, centers: shape.centers)
        let count = Round.rowCount * shape.dimension
        let before = (
            inputs: floats(halves(randomFloats(count, seed: 3))), outputs: floats(halves(randomFloats(count, seed: 4)))
        )
        let expected = round.expected(before.inputs.map(Double.init), before.outputs.map(Double.init))
        onEveryPath { path in
            let inputs = halves(before.inputs), outputs = halves(before.outputs)
            let losses = round.run(inputs, outputs)
            #expect(
                zip(losses, expected.losses).allSatisfy { abs(Double($0) - $1) < 1e-4 * max(1, abs($1)) },
                "\(path): losses")
            for (name, found, start, moves) in [
                ("inputs", floats(inputs), before.inputs, expected.inputs),
                ("outputs", floats(outputs), before.outputs, expected.outputs),
            ] {
                // To one unit of the last of 11 binary places, and what does not move stays.
                let wrong = found.indices.filter {
                    let value = Double(start[$0]) + moves[$0]
                    return moves[$0] == 0
                        ? found[$0] != start[$0] : abs(Double(found[$0]) - value) > max(1e-4, abs(value) * 0x1p-10)
                }
                #expect(wrong.isEmpty, "\(path): \(name) at \(wrong.prefix(3))")
            }
        }
    }

    /// A step of a tenth of the last place moves one row in ten by a whole one.
    @Test func smallStepsAreNotLost() {
        onEveryPath { path in
            var sum = 0.0
            let dimension = 16, repetitions = 400, unit: Float = 0x1p-10
            for key in 0..<repetitions {
                let table = halves([Float](repeating: 1, count: dimension))
                let vector = [Float](repeating: unit / 10, count: dimension)
                let one = NumberBuffer([1]), zero = NumberBuffer([0])
                var center: UInt16 = 0
                withExtendedLifetime((one, zero)) {
                    let moves = SkipGramMoves(
                        rowCount: 1, rows: zero.pointer, useEnds: one.pointer, uses: zero.pointer, centers: &center)
                    Kernel.moveRows(
                        dimension: dimension, table: table.pointer, moves, steps: nil, vectors: vector,
                        key: UInt64(key), rows: 0..<1)
                }
                for value in floats(table) {
                    #expect(value == 1 || value == 1 + unit)
                    sum += Double((value - 1) / unit)
                }
            }
            let mean = sum / Double(dimension * repetitions)
            // Four deviations of the mean of 6,400 draws.
            #expect(abs(mean - 0.1) < 0.016, "\(path): \(mean)")
        }
    }

    @Test(arguments: [1, 2, 7, 16])
    func partsOfMovesHaveAllRowsOnceAndAboutTheSameWork(partCount: Int) {
        let uses = (0..<40).map { $0 % 9 == 0 ? 30 : 1 + $0 % 3 }
        let ends = NumberBuffer(uses.indices.map { UInt32(uses[...$0].reduce(0, +)) })
        var center: UInt16 = 0
        let moves = SkipGramMoves(
            rowCount: uses.count, rows: ends.pointer, useEnds: ends.pointer, uses: ends.pointer, centers: &center)
        #expect(moves.work == uses.count + uses.reduce(0, +))
        let parts = (0..<partCount).map {
            moves.rows(moves.work * $0 / partCount..<moves.work * ($0 + 1) / partCount)
        }
        #expect(parts.flatMap { $0 } == Array(uses.indices))
        #expect(parts.allSatisfy { $0.count + uses[$0].reduce(0, +) <= moves.work / partCount + 32 })
        #expect(moves.rows(-9..<0).isEmpty && moves.rows(moves.work..<moves.work + 9).isEmpty)
    }

    @Test func pathsOfTheSameWidthGiveTheSameBits() throws {
        guard KernelPath.available.contains(.avx512) else { return }
        let round = Round(dimension: 208, inputs: 9, outputs: 21, centers: 30)
        let values = (0..<2).map { randomFloats(Round.rowCount * 208, seed: 5 + $0) }
        let results = [KernelPath.avx512, .avx2wide].map { path in
            path.run {
                let inputs = halves(values[0]), outputs = halves(values[1])
                let losses = round.run(inputs, outputs)
                return losses + floats(inputs) + floats(outputs)
            }
        }
        #expect(results[0] == results[1])
    }

    @Test func enormousProductsLeaveFiniteRows() {
        onEveryPath { path in
            let round = Round(dimension: 16, inputs: 1, outputs: 1, centers: 1)
            let count = Round.rowCount * 16
            let inputs = halves([Float](repeating: 1e4, count: count))
            let outputs = halves([Float](repeating: -1e4, count: count))
            let losses = round.run(inputs, outputs)
            #expect(
                losses.allSatisfy(\.isFinite) && floats(inputs).allSatisfy(\.isFinite)
                    && floats(outputs).allSatisfy(\.isFinite), "\(path)")
        }
    }
}
