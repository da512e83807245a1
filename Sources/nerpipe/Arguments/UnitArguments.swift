import ArgumentParser
import Shards

extension WorkUnit: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// A part of the work, for many processes that do all of it together.
struct UnitArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do only unit I of N, from 1; the outputs of all units, in order, are that of one process. docs/cluster.md says how.",
            valueName: "i/n"))
    var shard: WorkUnit?
}
