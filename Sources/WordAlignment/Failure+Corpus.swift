import Diagnostics

extension Failure {
    static func notWhole(_ path: String) -> Failure {
        Failure(.badData, "\(path): not a whole shard; remove it and run the same command again")
    }
}
