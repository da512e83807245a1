import Kernels
import Shards

/// The numbers of all pairs of words of all lines, so that they are looked up once and not in every pass.
///
/// They lie in a file without a name, 4 bytes for each pair of a source token and a target token of a line.
///
/// `@unchecked Sendable`: one thread writes, and then any number may read.
final class PairCells: @unchecked Sendable {
    private let file: UnnamedFile
    /// `[blocks + 1]`: numbers before each block.
    private var starts = [0]

    /// - Parameter neighbour: The file lies beside it.
    init(beside neighbour: String) throws { file = try UnnamedFile(beside: neighbour) }

    /// Keeps those of the next block.
    func append(_ numbers: NumberBuffer) throws {
        try file.write(
            UnsafeRawBufferPointer(start: numbers.pointer, count: numbers.count * MemoryLayout<UInt32>.stride))
        starts.append(starts[starts.count - 1] + numbers.count)
    }

    /// Those of a block that was appended.
    func block(_ index: Int) throws -> NumberBuffer {
        let numbers = NumberBuffer(count: starts[index + 1] - starts[index])
        let stride = MemoryLayout<UInt32>.stride
        try file.read(
            into: UnsafeMutableRawBufferPointer(start: numbers.pointer, count: numbers.count * stride),
            at: starts[index] * stride)
        return numbers
    }
}
