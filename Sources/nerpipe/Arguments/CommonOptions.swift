import ArgumentParser
import Diagnostics
import Pipelines

enum Switch: String, ExpressibleByArgument, CaseIterable { case auto, always, never }
enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// Refuses the first of some options whose value is not what it must be.
func requireAll(_ checks: [(option: String, isGood: Bool, rule: String)]) throws {
    if let bad = checks.first(where: { !$0.isGood }) { throw ValidationError("\(bad.option) must be \(bad.rule)") }
}

/// A file or folder that an option names with something else, as `NAME=PATH`.
struct NamedPath {
    let name: String
    let path: String

    /// - Parameter form: What the option's value must be, for the message.
    init(_ text: String, option: String, form: String) throws {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure.isNot(form, option: option, text)
        }
        name = String(text[..<equals])
        path = String(text[text.index(after: equals)...])
    }
}

/// What means the same everywhere.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .joinable("j"),
        help:
            "Computing threads; the result does not depend on it. Default: all processors that this process may use.")
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "Wait so long for another process that writes the same output, instead of giving up at once.",
            valueName: "seconds"))
    var wait = 0.0

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print more of what happens.")
    var verbose = false

    @Option(
        help: ArgumentHelp(
            "Progress on stderr: live on a terminal, otherwise a line now and then.", valueName: "auto|always|never"))
    var progress: Switch = .auto

    @Option(help: ArgumentHelp("Form of messages on stderr.", valueName: "text|json"))
    var logFormat: LogFormat = .text

    @Option(
        help: ArgumentHelp("Append counters to this file every 10 seconds and at the end.", valueName: "file.jsonl"))
    var metrics: String?

    /// These options as a part of a command that has its own.
    func within(_ whole: CommonOptions) -> CommonOptions {
        var options = whole
        options.jobs = jobs ?? whole.jobs
        options.quiet = quiet || whole.quiet
        options.verbose = verbose || whole.verbose
        return options
    }

    var jobCount: Int { jobs ?? min(256, AvailableProcessors().count) }

    func validate() throws {
        guard (0...1e9).contains(wait) else { throw ValidationError("--wait must be from 0 to 1000000000") }
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be from 1 to 256") }
    }
}
