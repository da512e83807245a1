import ArgumentParser
import Diagnostics
import Pipelines
import Shards
import Studies

struct StudyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Runs a program with all combinations of methods, targets and seeds, and compares the scores.",
        discussion: """
            EXAMPLES
              nerpipe study pipelines/results.yaml --plan
              nerpipe study pipelines/results.yaml
              nerpipe study pipelines/results.yaml --set target=es --set seed=1
              nerpipe study pipelines/results.yaml --tables -o out/tables

            The definition names the words of a run, a cell, and lists of values: method, target, seed, and any others. A cell that is done is not done again, by this study or \
            another one in the same folder of work; an interrupted study continues when the same command is given again. A cell that fails is named at the end and stops no other.

            From the counts of the cells it makes results.md (also printed), results.csv, results.json and report.html: F1 and differences to the base with the p-values of \
            'nerpipe compare' over seeds and sentences, corrected by Holm; and what a gain goes with, where the definition asks that. --tables needs no data and no models, only the counts.
            """)

    @Argument(help: "Definition of the study, YAML.")
    var definition: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "In place of what the definition says: work=DIR, processes=N, or values of an axis (target=sw); repeated for one axis, a list.",
            valueName: "name=value"))
    var settings: [String] = []

    @Flag(help: "Print the cells that would be run, and what time and disk they take; run nothing.")
    var plan = false

    @Flag(help: "Run nothing; make the tables of what is done.")
    var tables = false

    @Option(name: .joinable("o"), help: "Folder for the results. Default: that of the work.")
    var output: String?

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "study")
        let study = try StudyDefinition(path: definition, settings: settings)
        let plan = try StudyPlan(study)
        if self.plan { return try StandardOutput.write(plan.text) }
        let gain = try GainMaterials(study)
        if plan.changedCount > 0 {
            session.warn("\(plan.changedCount) cells were done by another version of their program")
        }
        var failed: [StudyRun.Failed] = []
        if !tables, !plan.open.isEmpty {
            session.log("\(plan.open.count) cells to be done: \(plan.estimateText)")
            failed = try await StudyRun(study) { session.log($0) }.run(plan.open)
        }
        do {
            let results = try StudyResults(study, gain: gain, failed: failed, threads: session.context.threads)
            try results.write(to: output ?? study.work, replaces: overwriting.force)
            try StandardOutput.write(results.markdown)
        } catch let failure as Failure where !failed.isEmpty {
            session.warn(failure.message)
        }
        if !failed.isEmpty { throw Failure.cellsFailed(failed) }
    }
}
