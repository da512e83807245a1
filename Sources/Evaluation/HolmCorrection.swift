/// Adjusts the p-values of a family of comparisons so that the chance of any false alarm stays below the level.
///
/// - Note: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
package struct HolmCorrection: Equatable, Sendable {
    /// Adjusted p-values, in the order given.
    package let adjusted: [Double]

    /// - Precondition: Every p-value is in `0...1`.
    package init(pValues: [Double]) {
        for value in pValues { precondition(value >= 0 && value <= 1, "p-value \(value) outside 0...1") }
        // Ties are ordered by position only to keep the walk defined; they get equal results either way.
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = pValues
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
            adjusted[index] = largest
        }
        self.adjusted = adjusted
    }

    /// Returns which comparisons are significant at the family-wise level `level`, in the order given.
    package func rejected(level: Double = 0.05) -> [Bool] { adjusted.map { $0 <= level } }
}
