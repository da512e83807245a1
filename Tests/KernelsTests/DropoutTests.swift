import Kernels
import Testing

struct DropoutTests {
    @Test func maskIsTheReferenceMaskOnEveryPathAndAtEverySplit() {
        let mask = DropoutMask(key: 0xfeed_beef_1234, probability: 0.3)
        // The last start crosses an index whose low 32 bits are 0.
        for first in [0, 5, 1 << 40, (3 << 32) - 37] as [UInt64] {
            for n in [0, 1, 7, 16, 33, 97, 300] {
                let x = randomFloats(n, seed: 1)
                let expected = Reference.dropout(x, mask: mask, firstIndex: first).map(\.bitPattern)
                onEveryPath { path in
                    let whole = GuardedFloats(x), parts = GuardedFloats(x)
                    Kernel.dropout(count: n, x: whole.pointer, y: whole.pointer, mask: mask, firstIndex: first)
                    let cut = n / 3
                    Kernel.dropout(count: cut, x: parts.pointer, y: parts.pointer, mask: mask, firstIndex: first)
                    Kernel.dropout(
                        count: n - cut, x: parts.pointer + cut, y: parts.pointer + cut, mask: mask,
                        firstIndex: first + UInt64(cut))
                    #expect(whole.values.map(\.bitPattern) == expected, "\(path)")
                    #expect(parts.values == whole.values && whole.isIntact && parts.isIntact, "\(path)")
                }
            }
        }
    }

    @Test(arguments: [0.0, 0.1, 0.5, 0.9])
    func keptFractionMeanAndVarianceAreRight(_ probability: Double) {
        let n = 100_000, ones = [Float](repeating: 1, count: n)
        let mask = DropoutMask(key: 99, probability: probability)
        let y = FloatBuffer(count: n)
        Kernel.dropout(count: n, x: ones, y: y.pointer, mask: mask, firstIndex: 0)
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
