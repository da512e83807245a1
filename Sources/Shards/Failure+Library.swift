import Diagnostics

extension Failure {
    static func shardsDoNotFit(_ path: String, _ first: String, _ difference: String) -> Failure {
        Failure(.badData, "\(path): does not fit \(first): \(difference)")
    }
}
