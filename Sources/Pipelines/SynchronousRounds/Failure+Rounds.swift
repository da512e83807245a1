import Diagnostics
import Shards

/// Why a unit of a round cannot be done, or a round not be merged.
extension Failure {
    static func roundIsNotMerged(_ folder: RoundFolder) -> Failure {
        Failure(
            .noInput,
            "\(folder.path): the weights of round \(folder.round) are not there; merge it first: nerpipe merge --round \(folder.round) -o \(folder.folder)"
        )
    }

    static func unitMadeOtherwise(_ path: String, _ difference: String) -> Failure {
        Failure(
            .mismatch,
            "\(path): was made otherwise: \(difference); use the same inputs and options, or name another folder")
    }

    static func stateIsGone(_ path: String) -> Failure {
        Failure(
            .noInput,
            "\(path): where the unit stood after the round before is not there, and cannot be made again; begin anew in another folder"
        )
    }

    static func noState(_ path: String) -> Failure { Failure(.badData, "\(path): no state of a unit") }

    static func noRoundRecord(_ path: String) -> Failure {
        Failure(.badData, "\(path): no record of a round; is this a folder of rounds?")
    }

    static func roundsOfTwoWorks(_ folder: String, _ one: WorkUnit, _ other: WorkUnit) -> Failure {
        Failure(.mismatch, "\(folder): holds rounds of two works, \(one) and \(other); give each a folder of its own")
    }

    // MARK: Deltas

    static func noDelta(_ path: String) -> Failure {
        Failure(.badData, "\(path): no delta of a unit; remove it, and do the unit again")
    }

    static func damagedDelta(_ path: String) -> Failure {
        Failure(.badData, "\(path): damaged, or not of numbers; remove it, and do the unit again")
    }

    static func deltaHasChanged(_ path: String) -> Failure {
        Failure(.badData, "\(path): changed while it was read; merge again")
    }

    static func withoutDeltas(_ path: String) -> Failure {
        Failure(.noInput, "\(path): no delta here; do the units of the round first (nerpipe update --round)")
    }

    static func deltasAreMissing(_ path: String, _ names: [String], of count: Int) -> Failure {
        let few = names.prefix(10).joined(separator: " ") + (names.count > 10 ? " ..." : "")
        return Failure(
            .noInput,
            "\(path): \(names.count) of \(count) units \(names.count == 1 ? "has" : "have") no delta: \(few); do them, and merge again"
        )
    }

    static func deltaOfAnother(_ path: String, _ difference: String) -> Failure {
        Failure(.mismatch, "\(path): does not belong to this round: \(difference); remove it, or do its unit again")
    }

    static func deltasDiffer(_ one: String, _ other: String, unit: WorkUnit) -> Failure {
        Failure(
            .mismatch, "\(one) and \(other): two deltas of unit \(unit) that are not the same; remove the wrong one")
    }

    static func unitsOfSameData(_ one: String, _ other: String) -> Failure {
        Failure(.mismatch, "\(one) and \(other): two units learnt from the same data; give each unit its own streams")
    }

    static func otherInitialWeights(_ path: String, found: String, here: String, isFirst: Bool) -> Failure {
        Failure(
            .mismatch,
            "\(path): does not belong to this round: it began with the weights \(found), and this round begins with \(here)"
                + (isFirst ? "; name the model that it began with, --initial" : "; do its unit again"))
    }

    static func noVelocity(_ path: String) -> Failure {
        Failure(.badData, "\(path): not the velocity that was written; begin anew in another folder")
    }

    static func outerDivergence(_ path: String) -> Failure {
        Failure(.badData, "\(path): the merged weights are no numbers; lower --outer-rate")
    }
}
