import Diagnostics

extension Failure {
    static func hugeTokenizer(_ path: String, _ byteCount: Int) -> Failure {
        Failure(.badData, "\(path): has \(byteCount) bytes; a tokenizer of more than 1 GiB is not read")
    }

    /// - Parameter offset: A byte of the file, counted from 0.
    static func badTokenizer(_ path: String, _ offset: Int, _ what: String) -> Failure {
        Failure(.badData, "\(path): byte \(offset): \(what)")
    }
}
