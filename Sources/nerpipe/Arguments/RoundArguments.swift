import ArgumentParser
import Diagnostics
import Distillation
import Pipelines
import Shards

extension InnerMoments: ExpressibleByArgument {}

/// One unit of one round, for `update`.
struct RoundArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do the updates of one unit that are due in round K of R, from the weights of that round; -o is the folder of all rounds. docs/cluster.md says how.",
            valueName: "k/r"))
    var round: WorkUnit?

    @Option(
        help: ArgumentHelp(
            "Which unit of a round the streams are. Default: what the name of the one stream says, 00003-of-00008.zst.",
            valueName: "i/n"))
    var unit: WorkUnit?

    @Option(
        help: ArgumentHelp(
            "What a unit does in a round with the moments that its AdamW had after the one before.",
            valueName: "keep|reset"))
    var innerMoments = InnerMoments.keep

    /// nil when no round is asked for.
    func settings(_ update: UpdateStage, streams paths: [String]) throws -> RoundTraining.Settings? {
        guard let round else { return nil }
        guard let unit = unit ?? (paths.count == 1 ? WorkUnit(ofStream: paths[0]) : nil) else {
            throw Failure.unitIsNotSaid(paths)
        }
        return RoundTraining.Settings(
            folder: RoundFolder(update.training.output, round), unit: unit, moments: innerMoments)
    }

    /// Refuses what a round has not.
    func validate(_ update: UpdateStage) throws {
        guard round != nil else {
            guard unit == nil else { throw ValidationError("--unit is of a round; say --round K/R") }
            return
        }
        let refused: [(String, Bool)] = [
            ("--average", update.training.average != nil), ("--selector", update.selector.selector != nil),
            ("--fresh", update.training.start == .fresh),
            ("--accept-other-kernels", update.training.kernels.acceptOtherKernels),
        ]
        if let option = refused.first(where: \.1)?.0 { throw ValidationError("--round does not go with \(option)") }
    }
}
