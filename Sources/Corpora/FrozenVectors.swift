/// Rows of a vector table that nothing trains, as a tagger sees them.
package protocol FrozenVectors: Sendable {
    /// Width of a row.
    var dimension: Int { get }
    /// Number of rows.
    var rowCount: Int { get }
    /// Writes `scale` times each row as floats; ``EmbeddedColumns/absent`` gives zeros.
    ///
    /// - Precondition: every other row number is below ``rowCount``.
    func gather(_ rows: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int)
    /// Names of the numbers stored beside each row; empty for a table of vectors alone.
    var statisticNames: [String] { get }
    /// Writes the `statisticNames.count` numbers of each row; ``EmbeddedColumns/absent`` gives those of an unseen word.
    ///
    /// - Precondition: every other row number is below ``rowCount``.
    func gatherStatistics(_ rows: UnsafeBufferPointer<UInt32>, into out: UnsafeMutablePointer<Float>, stride: Int)
}
