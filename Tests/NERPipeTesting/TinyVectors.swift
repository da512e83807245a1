import Corpora

/// A vector table in memory, exact floats.
package struct TinyVectors: FrozenVectors {
    package let dimension: Int
    package let rowCount: Int
    package let values: [Float]

    package init(rowCount: Int, dimension: Int, seed: UInt64) {
        self.rowCount = rowCount
        self.dimension = dimension
        var random = SeededGenerator(seed: seed)
        values = random.floats(rowCount * dimension)
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
