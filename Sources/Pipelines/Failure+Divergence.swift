import Diagnostics

// Tables beside the texts that are compared.
extension Failure {
    static func fewStrengths(_ path: String) -> Failure {
        Failure(.badData, "\(path): the strengths of at least two sources, which differ, are needed")
    }
}
