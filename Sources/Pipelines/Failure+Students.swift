import Diagnostics
import Taggers

/// What is wrong with what a student is to be trained on, or with what its folder holds.
extension Failure {
    static func noTokens(_ output: String) -> Failure {
        Failure(.badData, "\(output): the stream held no token; nothing was learnt and no model written")
    }

    static func replayMismatch(_ path: String, blocks: Int) -> Failure {
        Failure(
            .mismatch,
            "\(path): cannot resume: the text of the first \(blocks) blocks is not what it was before the interruption; "
                + "replay the same input with the same options, or start over with --fresh")
    }

    static func anotherStream(_ path: String, _ difference: String) -> Failure {
        Failure(
            .mismatch,
            "\(path): cannot resume, the stream is another one: \(difference); use the same inputs, or --fresh to start over"
        )
    }

    static func damagedSpool(_ path: String) -> Failure {
        Failure(.badData, "\(path): the spool is damaged; start over with --fresh")
    }

    static func vanishedSpool(_ path: String) -> Failure {
        Failure(.inputOutput, "\(path): vanished while it was written")
    }

    static func askedForAsIfItFlowed(_ place: String) -> Failure {
        Failure(.bug, "\(place): a stream in files was asked for as if it flowed")
    }

    static func modelOfSomebodyElse(_ output: String) -> Failure {
        Failure(
            .mismatch,
            "\(output): holds a model that this run did not make; choose another --output, or replace it with --fresh")
    }

    static func modelOfAnotherRun(_ output: String, _ difference: String) -> String {
        "\(output): holds the model of another run: \(difference); choose another --output, or replace it with --fresh"
    }

    /// The sizes of a network come from options here, not from a file.
    static func unusable(options failure: Failure) -> Failure { Failure(.usage, failure.message) }

    static func emptyAdversary() -> Failure {
        Failure(.badData, "--adversary: the stream held no token; there is nothing to compare with")
    }

    static func adversaryWithoutTokens() -> Failure {
        Failure(.badData, "the text of --adversary: no token in any of its blocks; make the stream again")
    }

    static func needEachOther(objectives: [String]) -> Failure {
        Failure(.usage, "--objective \(objectives.joined(separator: " or ")) and --evaluator MODEL need each other")
    }

    static func withoutVotes(objective: String) -> Failure {
        Failure(
            .usage, "--objective \(objective) learns from what several teachers agree on; score with several --teacher")
    }

    static func initialOfAnotherForm(_ initial: TaggerConfiguration) -> Failure {
        Failure(
            .mismatch,
            "the model of --initial or --continue has another form: width \(initial.hiddenWidth), \(initial.convolutionCount) convolutions, features "
                + "\(initial.features.map(\.name).joined(separator: ",")), labels \(initial.labels.joined(separator: " ")); give the same options"
        )
    }

    static func withoutLabels(_ place: String) -> Failure {
        Failure(.badData, "\(place): the stream names no labels; score it again")
    }
}
