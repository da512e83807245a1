import Diagnostics

extension Failure {
    static func noPairs(_ path: String) -> Failure {
        Failure(.badData, "\(path): no sentence pair in it; nothing to project")
    }

    static func pairsChanged(_ path: String) -> Failure {
        Failure(.badData, "\(path): the pairs changed while they were read; give files that stay as they are")
    }
}
