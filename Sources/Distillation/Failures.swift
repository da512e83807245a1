import Diagnostics

extension Failure {
    /// - Parameter rule: What the setting must be.
    static func unusableSetting(_ name: String, _ rule: String) -> Failure {
        Failure(.usage, "\(name) must be \(rule)")
    }
}
