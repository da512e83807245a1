/// What `doctor` found of something: in order, worth knowing, or in the way.
package struct Finding: Codable, Equatable, Sendable {
    package enum Severity: String, Codable, Sendable {
        case good, note, warning
        /// A run would fail, or its result would mean nothing.
        case error
    }

    package let severity: Severity
    /// What was looked at: `labels`, `text`, `vectors` ...
    package let check: String
    package let what: String
    /// What to do about it; empty when there is nothing to do.
    package let advice: String

    package init(_ severity: Severity, _ check: String, _ what: String, advice: String = "") {
        (self.severity, self.check, self.what, self.advice) = (severity, check, what, advice)
    }

    /// The finding as a line.
    package var line: String { "\(severity.rawValue)  \(check): \(what)\(advice.isEmpty ? "" : "; \(advice)")" }
}
