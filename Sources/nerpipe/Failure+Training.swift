import Diagnostics

/// What is wrong with what a command of training, or for the folder of a run, is given.
extension Failure {
    static func codeSwitchOfNothing(_ languages: [String], from source: String) -> Failure {
        Failure(
            .usage,
            "--code-switch translates words of --lang, \(source), and the files have \(languages.joined(separator: ", "))"
        )
    }

    static func withoutEntities(_ place: String) -> Failure {
        Failure(.badData, "\(place): no entity in the training data; is the tag in the last column?")
    }

    static func adversaryNotInFiles(_ names: [String]) -> Failure {
        Failure(
            .usage,
            "--adversary: \(names.joined(separator: ", ")) cannot be read in any order; write the stream with 'embed -o FILE'"
        )
    }

    static func withoutCheckpoints(_ folder: String) -> Failure {
        Failure(.noInput, "\(folder): no checkpoints there; is it the --output of a run?")
    }

    static func damagedCheckpoints(_ count: Int) -> Failure { Failure(.badData, "\(count) damaged checkpoint(s)") }

    static func nothingToTrainOn() -> Failure {
        Failure(.usage, "nothing to train on: give --parallel, --dictionary or --text")
    }

    static func unknownPivot(_ pivot: String) -> Failure {
        Failure(.usage, "--pivot \(pivot): no input has this language")
    }
}
