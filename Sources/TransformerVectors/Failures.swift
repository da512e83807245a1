import Diagnostics

extension Failure {
    static func noSuchLayer(_ path: String, layerCount: Int) -> Failure {
        Failure(
            .usage, "\(path): has the layers 0 (below the first one) to \(layerCount); name some of them with --layers")
    }

    static func tooManyAxes(_ path: String, width: Int) -> Failure {
        Failure(.usage, "\(path): its states have \(width) numbers; --dimension must be at most that")
    }

    static func damagedPart(_ path: String) -> Failure {
        Failure(.badData, "\(path): damaged; say --fresh to start over")
    }

    static func damagedWord(_ path: String, row: Int) -> Failure {
        Failure(.badData, "\(path): damaged: the word of row \(row) lies outside the words; make the table anew")
    }
}
