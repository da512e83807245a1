import Glibc
import Kernels
import Testing

struct SkipGramKernelTests {
    /// The same step in doubles, as the papers write it.
    private func plainStep(
        dimension: Int, inputs: inout [Double], _ inputRows: [Int], outputs: inout [Double], _ outputRows: [Int],
        rates: [Double]
    ) -> Double {
        var hidden = [Double](repeating: 0, count: dimension), gradient = hidden
        for row in inputRows {
            for n in 0..<dimension { hidden[n] += inputs[row * dimension + n] / Double(inputRows.count) }
        }
        var loss = 0.0
        for (k, row) in outputRows.enumerated() {
            let x = (0..<dimension).reduce(0.0) { $0 + hidden[$1] * outputs[row * dimension + $1] }
            let probability = 1 / (1 + exp(-x))
            let label = rates[k] > 0 ? 1.0 : 0.0, rate = abs(rates[k])
            loss -= log(label == 1 ? probability : 1 - probability)
            for n in 0..<dimension {
                gradient[n] += rate * (label - probability) * outputs[row * dimension + n]
                outputs[row * dimension + n] += rate * (label - probability) * hidden[n]
            }
        }
        for row in inputRows { for n in 0..<dimension { inputs[row * dimension + n] += gradient[n] } }
        return loss
    }

    @Test(arguments: [(16, 1, 1), (32, 3, 12), (208, 20, 66), (48, 2, 7)])
    func everyPathMakesTheStepOfTheDefinition(shape: (dimension: Int, inputs: Int, outputs: Int)) {
        let (D, rows) = (shape.dimension, 30)
        let inputTable = randomFloats(rows * D, seed: 3), outputTable = randomFloats(rows * D, seed: 4)
        // Rows repeat, among the inputs (two n-grams in one bucket) and among the outputs.
        let inputRows = (0..<shape.inputs).map { ($0 * 7) % 11 }
        let outputRows = (0..<shape.outputs).map { ($0 * 5) % 13 }
        let rates = (0..<shape.outputs).map { (output: Int) -> Float in
            output % 3 == 0 ? 0.05 : -0.02 * Float(1 + output % 4)
        }
        var (inputs, outputs) = (inputTable.map(Double.init), outputTable.map(Double.init))
        let loss = plainStep(
            dimension: D, inputs: &inputs, inputRows, outputs: &outputs, outputRows, rates: rates.map(Double.init))
        onEveryPath { path in
            let a = GuardedFloats(inputTable), b = GuardedFloats(outputTable)
            let scratch = FloatBuffer(count: 2 * D)
            let found = inputRows.map(UInt32.init).withUnsafeBufferPointer { inputs in
                outputRows.map(UInt32.init).withUnsafeBufferPointer { outputs in
                    rates.withUnsafeBufferPointer { rates in
                        Kernel.trainSkipGram(
                            dimension: D, inputTable: a.pointer, inputs: inputs, outputTable: b.pointer,
                            outputs: outputs, rates: rates, scratch: scratch.pointer)
                    }
                }
            }
            #expect(abs(Double(found) - loss) < 1e-4 * max(1, abs(loss)), "\(path): loss")
            for (name, values, expected) in [("inputs", a.values, inputs), ("outputs", b.values, outputs)] {
                let worst = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? 1
                #expect(worst < 2e-5, "\(path): \(name) differ by \(worst)")
            }
            #expect(a.isIntact && b.isIntact, "\(path)")
        }
    }

    @Test func enormousProductsLeaveFiniteRows() {
        onEveryPath { path in
            let a = FloatBuffer([Float](repeating: 1e4, count: 16)),
                b = FloatBuffer([Float](repeating: -1e4, count: 16))
            let scratch = FloatBuffer(count: 32)
            let loss = [UInt32(0)].withUnsafeBufferPointer { row in
                [Float(0.1)].withUnsafeBufferPointer { rates in
                    Kernel.trainSkipGram(
                        dimension: 16, inputTable: a.pointer, inputs: row, outputTable: b.pointer, outputs: row,
                        rates: rates, scratch: scratch.pointer)
                }
            }
            #expect(loss.isFinite && a.array.allSatisfy(\.isFinite) && b.array.allSatisfy(\.isFinite), "\(path)")
        }
    }
}
