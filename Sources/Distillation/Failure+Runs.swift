import Diagnostics

/// Why a run cannot begin where a checkpoint ends, or cannot go on.
extension Failure {
    static func cannotResume(_ path: String, _ difference: String) -> String {
        "\(path): cannot resume: \(difference); use the same inputs and options, another output, or --fresh to start over"
    }

    static func unreadableState(_ path: String) -> Failure {
        Failure(.badData, "\(path): the state in the checkpoint is not readable; start over with --fresh")
    }

    static func arrayDoesNotFit(_ path: String, _ name: String) -> Failure {
        Failure(.badData, "\(path): array \(name) of the checkpoint does not fit; start over with --fresh")
    }

    static func interruptedInRound(after update: Int) -> Failure {
        Failure(.interrupted, "interrupted after update \(update) of a round; the same command does the round again")
    }

    static func divergence(update number: Int) -> Failure {
        Failure(
            .badData,
            "update \(number): the loss or its gradient is not a number; lower --learning-rate, and check the vectors for extreme values"
        )
    }
}
