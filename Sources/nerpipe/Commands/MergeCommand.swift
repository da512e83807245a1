import ArgumentParser
import Diagnostics
import Distillation
import Evaluation
import Pipelines
import Shards

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Makes the weights of the next round of what all units learnt in one.",
        discussion: """
            EXAMPLES
              nerpipe update --round 1/40 scored/00001-of-00002.zst -o rounds
              nerpipe update --round 1/40 scored/00002-of-00002.zst -o rounds
              nerpipe merge --round 1/40 -o rounds      # and so on; in the end:
              nerpipe tag --model rounds/00040-of-00040 < text > tagged.conll

            The units may be done anywhere, in any order, several times, several at once; 'merge' waits for none: it refuses while one is missing, and \
            names it. What was made of other weights, options, versions or kernels is refused. The folder of a round is a model like any other, and the last one \
            is the student. pipelines/cluster/drive.sh does all of it, on one machine or many.
            """)

    @Argument(help: "Deltas that do not lie in the folder of the round.")
    var deltas: [String] = []

    @Option(help: ArgumentHelp("Which round, of how many.", valueName: "k/r"))
    var round: WorkUnit

    @Option(name: .joinable("o"), help: "Folder of all rounds, as 'update --round' had it.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "How the next weights are made: the mean, or DiLoCo's step with Nesterov's momentum. The same in all rounds.",
            valueName: "mean|nesterov"))
    var outer: Outer = .mean

    enum Outer: String, ExpressibleByArgument, CaseIterable { case mean, nesterov }

    @Option(help: "Learning rate of nesterov.")
    var outerRate = OuterOptimizer.diLoCo.rate

    @Option(help: "Momentum of nesterov.")
    var outerMomentum = OuterOptimizer.diLoCo.momentum

    @Option(help: "The model that 'update --initial' named, for the first round.")
    var initial: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--outer-rate", outerRate > 0 && outerRate <= 10, "above 0 and at most 10"),
            ("--outer-momentum", (0..<1).contains(outerMomentum), "from 0 to below 1"),
        ])
    }

    func run() throws {
        let session = Session(common, command: "merge")
        var settings = RoundMerge.Settings(
            folder: RoundFolder(output, round),
            outer: outer == .mean ? .mean : .nesterov(rate: outerRate, momentum: outerMomentum))
        settings.further = deltas
        settings.initial = try initial.map { try session.context.model(at: $0).model }
        settings.wait = session.context.wait
        settings.words = session.context.words
        switch try RoundMerge(settings).run() {
        case .wasMerged: session.log("\(settings.folder.path): complete already, nothing to do")
        case .merged(let units, let duplicates, let loss):
            session.log(
                "\(settings.folder.path): \(units) unit\(units == 1 ? "" : "s")\(duplicates > 0 ? ", \(duplicates) given twice" : ""), loss \(FixedDecimal.text(loss, decimals: 5))"
            )
        }
    }
}
