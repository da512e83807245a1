import Corpora

/// A vector table in memory, exact floats.
package struct TinyVectors: FrozenVectors {
    package let dimension: Int
    package let rowCount: Int
    package let values: [Float]
    package let statisticNames: [String]
    /// `[rowCount + 1, statisticNames.count]`; the last row is that of an unseen word.
    package let statistics: [Float]

    package init(rowCount: Int, dimension: Int, statisticCount: Int = 0, seed: UInt64) {
        self.rowCount = rowCount
        self.dimension = dimension
        var random = SeededGenerator(seed: seed)
        values = random.floats(rowCount * dimension)
        statisticNames = (0..<statisticCount).map { "s\($0)" }
        statistics = random.floats((rowCount + 1) * statisticCount)
    }

    package func gatherStatistics(
        _ rows: UnsafeBufferPointer<UInt32>, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let statisticCount = statisticNames.count
        for (index, row) in rows.enumerated() {
            let start = (row == EmbeddedColumns.absent ? rowCount : Int(row)) * statisticCount
            for column in 0..<statisticCount { out[index * stride + column] = statistics[start + column] }
        }
    }

    package func gather(
        _ rows: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        for (index, row) in rows.enumerated() {
            for column in 0..<dimension {
                out[index * stride + column] =
                    row == EmbeddedColumns.absent ? 0 : scale * values[Int(row) * dimension + column]
            }
        }
    }
}
