/// What a user is told while vectors are trained.
package struct TrainingReport: Sendable {
    /// Takes a line about each step.
    package var log: @Sendable (String) -> Void
    /// Takes what is being done now, and how much of it is done.
    package var status: @Sendable (String, Double?) -> Void
    /// Takes epoch and loss, by name.
    package var figures: @Sendable ([String: Double]) -> Void

    package init(
        log: @escaping @Sendable (String) -> Void, status: @escaping @Sendable (String, Double?) -> Void,
        figures: @escaping @Sendable ([String: Double]) -> Void
    ) {
        (self.log, self.status, self.figures) = (log, status, figures)
    }
}
