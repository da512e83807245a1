package import Diagnostics
import Evaluation

extension Failure {
    /// - Parameter what: In which they differ: `words`, or the name of a variable.
    static func otherCell(_ record: String, _ what: String) -> Failure {
        Failure(
            .mismatch,
            "\(record): this cell was done with other \(what == "words" ? what : "variables (\(what))"); give the study "
                + "another 'work', or remove the record and the lines of the cell to do it anew")
    }

    static func cannotStartCell(_ program: String, _ error: SystemError) -> Failure {
        Failure(.unavailable, "cannot start \(program): \(error)", cause: error)
    }

    static func cannotWait(_ error: SystemError) -> Failure {
        Failure(.inputOutput, "cannot wait for the program of a cell: \(error)", cause: error)
    }

    static func scoredOnOtherGold(_ path: String, than other: String) -> Failure {
        Failure(.mismatch, "\(path): counts of other gold data than \(other); score both on the same file")
    }

    static func cannotCompareOn(_ target: String, _ error: EvaluationError) -> Failure {
        Failure(.mismatch, "the counts of \(target) cannot be compared: \(error)", cause: error)
    }

    static func noScores(_ work: String) -> Failure {
        Failure(.noInput, "\(work): no scores yet; run the study without --tables")
    }

    package static func cellsFailed(_ failed: [StudyRun.Failed]) -> Failure {
        let names = failed.map { "\($0.cell) (\($0.log))" }.joined(separator: ", ")
        return Failure(.checkFailed, "\(failed.count) cell\(failed.count == 1 ? "" : "s") failed: \(names)")
    }

    /// - Parameters:
    ///   - path: Where it was looked for.
    ///   - beside: Where it is: beside the definition.
    static func noFileOfStudy(_ study: String, _ key: String, _ path: String, beside: String?) -> Failure {
        let hint = beside.map { "it is \($0): name it so" } ?? "and none beside the definition"
        return Failure(
            .noInput,
            "\(study): there is no \(path), which '\(key)' names; paths are those of the folder in which nerpipe runs, \(hint)"
        )
    }

    static func noSuchMeasure(_ path: String, _ name: String, known: [String]) -> Failure {
        let hint =
            NearestName.of(name, in: known).map { "did you mean '\($0)'?" }
            ?? "there are: \(known.joined(separator: ", "))"
        return Failure(.badData, "\(path): no measure '\(name)'; \(hint)")
    }

    static func resultsOfAnotherStudy(_ path: String) -> Failure {
        Failure(
            .cannotCreate,
            "\(path): was not made by this study; name another folder with -o, or replace it with --force")
    }
}
