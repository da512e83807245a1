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
              nerpipe report --frontier french.tsv -o french.html

            A run is a folder that 'distill' made, or that of a model. The page needs nothing else and no network; the same records give the same bytes. Nothing is computed \
            again: scores are those of 'distill --gold'. Of several runs the students are compared on the same labels. --check prints what should make somebody look (no entity found, \
            a loss that rises, a student worse than its teacher, memory above what was planned, sentences gone without a reason, a phase that is not done) and exits with 1 if there is any.

            --frontier draws taggers by their cost: a file with the columns name, f1, microseconds (of one core, for a token) and megabytes, divided by tabs and named \
            in the first line; pipelines/frontier makes one. Lines with # in front are printed below.
            """)

    @Argument(help: "Folders of runs.")
    var runs: [String] = []

    @Option(help: ArgumentHelp("Draw these taggers by F1 and time.", valueName: "file"))
    var frontier: String?

    @Option(name: .joinable("o"), help: "File to make.")
    var output: String?

    @Flag(help: "Print alarms; exit status 1 if there are any.")
    var check = false

    @OptionGroup var overwriting: OverwriteArguments

    func validate() throws {
        guard !runs.isEmpty || frontier != nil else { throw ValidationError("Missing expected argument '<runs> ...'") }
        guard output != nil || check else { throw ValidationError("give -o FILE, or --check") }
    }

    func run() throws {
        let report = try RunReport(runs, frontier: frontier.map(Frontier.init(path:)))
        if let output {
            let inputs = runs + [frontier].compactMap(\.self)
            try TextFile.write(report.html(), to: output, overwriting.rule(for: output, inputs: inputs).forParts)
        }
        guard check else { return }
        for alarm in report.alarms { try StandardOutput.write(alarm + "\n") }
        if !report.alarms.isEmpty { throw Failure.alarms(report.alarms.count) }
    }
}
