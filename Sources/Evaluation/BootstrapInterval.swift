/// A confidence interval of F1 in percent, with what is needed to compute it again.
package struct BootstrapInterval: Equatable, Sendable {
    package var f1Low: Double
    package var f1High: Double

    /// Confidence level, 0.95 unless asked otherwise.
    package var level: Double

    /// Number of resampled test files.
    package var replicates: Int

    package var seed: UInt64

    package init(f1Low: Double, f1High: Double, level: Double = 0.95, replicates: Int, seed: UInt64) {
        self.f1Low = f1Low
        self.f1High = f1High
        self.level = level
        self.replicates = replicates
        self.seed = seed
    }
}
