import ArgumentParser
import Diagnostics
import Pipelines
import Shards

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Shows runs as one HTML page, from their records alone.",
        discussion: """
            EXAMPLES
              nerpipe report sw -o sw/report.html
              nerpipe report sw-1 sw-2 -o compared.html
              nerpipe report --check students/sw

            A run is a folder that 'distill' made, or that of a model. The page needs nothing else and no network; the same records give the same bytes. Nothing is computed \
            again: scores are those of 'distill --gold'. Of several runs the students are compared on the same labels. --check prints what should make somebody look (no entity found, \
            a loss that rises, a student worse than its teacher, memory above what was planned, sentences gone without a reason, a phase that is not done) and exits with 1 if there is any.
            """)

    @Argument(help: "Folders of runs.")
    var runs: [String]

    @Option(name: .joinable("o"), help: "File to make.")
    var output: String?

    @Flag(help: "Print alarms; exit status 1 if there are any.")
    var check = false

    @OptionGroup var overwriting: OverwriteArguments

    func validate() throws {
        guard output != nil || check else { throw ValidationError("give -o FILE, or --check") }
    }

    func run() throws {
        let report = try RunReport(runs)
        if let output {
            try TextFile.write(report.html(), to: output, overwriting.rule(for: output, inputs: runs).forParts)
        }
        guard check else { return }
        for alarm in report.alarms { try StandardOutput.write(alarm + "\n") }
        if !report.alarms.isEmpty { throw Failure.alarms(report.alarms.count) }
    }
}
