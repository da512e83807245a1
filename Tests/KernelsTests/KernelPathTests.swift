import Kernels
import Testing

struct KernelPathTests {
    @Test func plainIsAlwaysAvailableAndTheDefaultIsNotATestPath() {
        #expect(KernelPath.available.contains(.plain))
        #expect(KernelPath.available.contains(KernelPath.current))
        print("kernel paths here: \(KernelPath.available.map(\.rawValue)), in use: \(KernelPath.current.rawValue)")
    }

    @Test func aThreadsPathEndsWithItsBody() {
        let before = KernelPath.current
        for path in KernelPath.available {
            let inside = path.run { KernelPath.current }
            #expect(inside == path)
            #expect(KernelPath.current == before)
        }
    }

    @Test func anUnavailablePathIsRefusedAndChangesNothing() {
        let before = KernelPath.current
        for path in KernelPath.allCases where !KernelPath.available.contains(path) {
            #expect(!KernelPath.select(path))
        }
        #expect(KernelPath.current == before)
    }
}

struct FloatBufferTests {
    @Test(arguments: [0, 1, 15, 16, 17, 1000])
    func isAlignedAndZero(_ count: Int) {
        let buffer = FloatBuffer(count: count)
        #expect(buffer.count == count && buffer.array == [Float](repeating: 0, count: count))
        #expect(UInt(bitPattern: buffer.pointer) % 64 == 0)
    }

    @Test func copiesSpansAndSubscriptsSeeTheSameElements() {
        let buffer = FloatBuffer([1, 2, 3]), other = FloatBuffer(count: 3)
        buffer[1] = 7
        buffer.withMutableSpan { $0[2] = 9 }
        other.copy(from: buffer)
        #expect(other.array == [1, 7, 9] && buffer[2] == 9)
        let middle = other.withSpan { $0[1] }, first = other.withPointer { $0[0] }
        #expect(middle == 7 && first == 1)
        buffer.zero()
        #expect(buffer.array == [0, 0, 0])
    }

    @Test func anArraySliceIsCopiedFromItsOwnStart() {
        #expect(FloatBuffer([1, 2, 3, 4][2...]).array == [3, 4])
    }
}
