import Kernels
import Shards

/// Unit rows that wait in an unnamed temporary file, as f32, until the mean of their language is known: 4 bytes a
/// number on disk, one sum per language in memory. Rows of zeros stay zero, and no mean counts them.
final class CenteringSpool {
    private let file: UnnamedFile
    private let dimension: Int
    /// By language: the sum of its rows, in double precision, and how many there are.
    private var sums: [UInt16: (values: [Double], count: Int)] = [:]
    private var pending: [Float] = []

    private static let blockFloatCount = 1 << 18

    /// - Parameter path: The table that is being written.
    init(beside path: String, dimension: Int) throws {
        file = try UnnamedFile(beside: path)
        self.dimension = dimension
    }

    func append(_ row: UnsafePointer<Float>, language: UInt16) throws {
        pending.append(contentsOf: UnsafeBufferPointer(start: row, count: dimension))
        if pending.count >= Self.blockFloatCount { try flush() }
        guard VectorNorm.largestPattern(row, dimension) != 0 else { return }
        sums[language, default: ([Double](repeating: 0, count: dimension), 0)].count += 1
        sums[language]?.values.withUnsafeMutableBufferPointer { sum in
            for index in 0..<dimension { sum[index] += Double(row[index]) }
        }
    }

    /// The mean of the rows of a language; zero when it has none.
    func center(of language: UInt16) -> [Float] {
        guard let sum = sums[language] else { return [Float](repeating: 0, count: dimension) }
        return sum.values.map { Float($0 / Double(sum.count)) }
    }

    /// Calls `body` with each row in order, less the mean of its language and made unit again.
    ///
    /// - Parameter languages: Of every row that was appended.
    func forEachCentered(languages: [UInt16], _ body: (UnsafeMutablePointer<Float>) throws -> Void) throws {
        try flush()
        let centers = Dictionary(uniqueKeysWithValues: sums.keys.map { ($0, center(of: $0)) })
        let blockRowCount = max(1, Self.blockFloatCount / dimension)
        let block = FloatBuffer(count: blockRowCount * dimension)
        for start in stride(from: 0, to: languages.count, by: blockRowCount) {
            let count = min(blockRowCount, languages.count - start)
            try file.read(
                into: UnsafeMutableRawBufferPointer(start: block.pointer, count: count * dimension * 4),
                at: start * dimension * 4)
            for index in 0..<count {
                let row = block.pointer + index * dimension
                if VectorNorm.largestPattern(row, dimension) != 0 {
                    centers[languages[start + index]]?.withUnsafeBufferPointer {
                        if let center = $0.baseAddress { Kernel.axpy(count: dimension, a: -1, x: center, y: row) }
                    }
                    VectorNorm.makeUnit(row, dimension)
                }
                try body(row)
            }
        }
    }

    private func flush() throws {
        try pending.withUnsafeBytes { try file.write($0) }
        pending.removeAll(keepingCapacity: true)
    }
}
