import Kernels
import Testing

struct DropoutTests {
    @Test func maskIsTheReferenceMaskOnEveryPathAndAtEverySplit() {
        let mask = DropoutMask(key: 0xfeed_beef_1234, probability: 0.3)
        for first in [0, 5, (1 << 32) - 5000] {
            for n in [0, 1, 7, 16, 33, 97, 300] {
                let rows = 5, stride = n + 3
                let x = randomFloats(rows * stride, seed: 1)
                var expected = x
                for row in 0..<rows {
                    let range = row * stride..<row * stride + n
                    expected.replaceSubrange(
                        range,
                        with: Reference.dropout(Array(x[range]), mask: mask, firstIndex: UInt64(first + row * n)))
                }
                onEveryPath { path in
                    let whole = GuardedFloats(x), parts = GuardedFloats(x)
                    let all = RowsPointer(whole.pointer, stride: stride)
                    Kernel.dropout(rowCount: rows, columnCount: n, x: all, y: all, mask: mask, firstIndex: first)
                    for row in 0..<rows {
                        let part = RowsPointer(parts.pointer + row * stride, stride: stride)
                        Kernel.dropout(
                            rowCount: 1, columnCount: n, x: part, y: part, mask: mask, firstIndex: first + row * n)
                    }
                    #expect(whole.values == expected, "\(path)")
                    #expect(parts.values == expected && whole.isIntact && parts.isIntact, "\(path)")
                }
            }
        }
    }

    @Test func randomBitsAreTheReferenceHashOverTheEndOfTheLowHalf() {
        for first in [0, 5, 1 << 40, (3 << 32) - 37] as [UInt64] {
            let expected = (0..<100).map { Reference.hash(key: 9, index: first + UInt64($0)) }
            onEveryPath { path in
                var bits = [UInt32](repeating: 0, count: 100)
                bits.withUnsafeMutableBufferPointer {
                    Kernel.randomBits(count: 100, key: 9, firstIndex: first, into: $0.baseAddress!)
                }
                #expect(bits == expected, "\(path)")
            }
        }
    }

    @Test(arguments: [0.0, 0.1, 0.5, 0.9])
    func keptFractionMeanAndVarianceAreRight(_ probability: Double) {
        let n = 100_000, ones = [Float](repeating: 1, count: n)
        let mask = DropoutMask(key: 99, probability: probability)
        let y = FloatBuffer(count: n)
        for (index, value) in ones.enumerated() { y[index] = value }
        let rows = RowsPointer(y.pointer, stride: n)
        Kernel.dropout(rowCount: 1, columnCount: n, x: rows, y: rows, mask: mask, firstIndex: 0)
        let values = y.array.map(Double.init)
        let mean = values.reduce(0, +) / Double(n)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
        let expectedVariance = probability / (1 - probability)
        // Five standard errors of the mean.
        #expect(abs(mean - 1) <= 5 * (expectedVariance / Double(n)).squareRoot() + 1e-6)
        #expect(abs(variance - expectedVariance) < 0.04 * expectedVariance + 1e-6)
    }

    @Test func hashBitsAreBalancedAndUncorrelatedBetweenNeighboursAndKeys() {
        let n = 20_000
        func bits(_ key: UInt64, _ first: UInt64) -> [UInt32] {
            var out = [UInt32](repeating: 0, count: n)
            out.withUnsafeMutableBufferPointer {
                guard let base = $0.baseAddress else { return }
                Kernel.randomBits(count: n, key: key, firstIndex: first, into: base)
            }
            return out
        }
        let a = bits(1, 0), b = bits(2, 0), next = bits(1, 1), high = bits(1, 1 << 32)
        #expect(Array(a[1...]) == Array(next[..<(n - 1)]))
        let bound = 5 * Double(n).squareRoot() / 2
        for bit in stride(from: 0, to: 32, by: 3) {
            let none = [UInt32](repeating: 0, count: n)
            for (name, other) in [("ones", none), ("key", b), ("next", next), ("high", high)] {
                let differing = zip(a, other).reduce(0) { $0 + Int((($1.0 ^ $1.1) >> UInt32(bit)) & 1) }
                #expect(abs(Double(differing) - Double(n) / 2) < bound, "bit \(bit) \(name): \(differing)")
            }
        }
        // Two keys must not give one sequence shifted or permuted by an exclusive or: hardly any value in common.
        #expect(Set(a).intersection(b).count < 20)
    }
}
