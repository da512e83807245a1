import Diagnostics
import Pipelines
import Shards

/// Runs of one program with all combinations of some values, and what is asked of their scores.
///
/// ```yaml
/// study: results
/// work: out/results                                 # where the cells work; other studies may share it
/// cell: ["pipelines/${method}/run.sh", "${target}", "${seed}"]
/// axes:
///   method: [direct, tsl-single]                    # method, target and seed must be there
///   target: [es, nl]
///   seed: [1, 2, 3]
///   size: [1000, 10000]                             # any others
/// environment: {JOBS: 1, SENTENCES: "${size}"}      # of the cells, beside our own
/// processes: 2
/// compare: {base: direct, contrasts: "pipelines/${method}/contrasts"}
/// languages: languages.tsv                          # target, family, script, and numbers
/// measures: divergence.csv                          # of 'nerpipe divergence --csv'
/// gain: {of: tsl, over: direct, measure: type Jaccard, source: en, covariates: []}
/// ```
///
/// A cell prints lines `TARGET NAME SEED F1`, and leaves `scores/TARGET-NAME-SEED.counts` in the folder that `WORK`
/// names.
package struct StudyDefinition: Sendable {
    package struct Axis: Equatable, Sendable {
        package let name: String
        package let values: [String]
    }

    package let path, name, work: String
    package let command: [String]
    package let environment: [String: String]
    /// `method`, `target`, `seed`, then the others by name.
    package let axes: [Axis]
    package let processes: Int
    /// The name of the scores with which all others are compared.
    package let base: String
    /// Files of lines `NAME CONTROL`, by method.
    package let contrasts: String?
    package let languages, measures: String?
    package let gain: GainQuestion?

    static let ownAxes = ["method", "target", "seed"]
    private static let keys = [
        "study", "work", "cell", "axes", "environment", "processes", "compare", "languages", "measures", "gain",
    ]
    /// More are no study that anybody has the time for.
    private static let maximumCellCount = 100_000
    /// Variables that programs need; an axis is a variable in capitals.
    private static let reservedAxes = ["path", "home", "work", "nerpipe", "processes", "tmpdir", "lang"]

    /// - Parameter settings: `work=DIR`, `processes=N`, or `AXIS=VALUE`, of several values with commas between them, or
    ///   repeated; in place of what the file says.
    package init(path: String, settings: [String] = []) throws {
        try self.init(
            text: String(decoding: Directory.contents(of: path), as: UTF8.self), path: path, settings: settings)
    }

    package init(text: String, path: String, settings: [String] = []) throws {
        let reader = DefinitionText(path: path), root = try reader.parse(text)
        try reader.requireKeys(Array(root.keys), among: Self.keys)
        func scalar(_ key: String) throws -> String? { try root[key].map { try reader.scalar($0, key) } }
        var axes: [String: [String]] = [:]
        for (name, node) in try reader.section(root["axes"], "axes") {
            axes[name] = try reader.values(node, "axes.\(name)")
        }
        let set = try StudySettings(settings, axes: Array(axes.keys), reader)
        axes.merge(set.axes) { $1 }
        guard let command = try root["cell"].map({ try reader.values($0, "cell") }), !command.isEmpty else {
            throw reader.failure(#"'cell' is missing; list the words of a run: ["run.sh", "${target}", "${seed}"]"#)
        }
        let compare = try reader.section(root["compare"], "compare")
        try reader.requireKeys(Array(compare.keys), among: ["base", "contrasts"], section: "compare")
        self.path = path
        self.command = command
        name = try scalar("study") ?? "study"
        work = try set.work ?? scalar("work") ?? "out/\(name)"
        let processes = try set.processes ?? scalar("processes") ?? "1"
        guard let count = Int(processes), (1...256).contains(count) else {
            throw reader.failure("'processes' is '\(processes)'; it must be from 1 to 256")
        }
        self.processes = count
        environment = try reader.section(root["environment"], "environment").reduce(into: [:]) { result, entry in
            result[entry.key] = try reader.scalar(entry.value, "environment.\(entry.key)")
        }
        base = try compare["base"].map { try reader.scalar($0, "compare.base") } ?? "direct"
        contrasts = try compare["contrasts"].map { try reader.scalar($0, "compare.contrasts") }
        languages = try scalar("languages")
        measures = try scalar("measures")
        gain = try root["gain"].map { try GainQuestion(reader.section($0, "gain"), reader) }
        self.axes = try Self.ordered(axes, reader)
        guard gain == nil || measures != nil else {
            throw reader.failure("'gain' needs 'measures': the file of 'nerpipe divergence --csv'")
        }
    }

    private static func ordered(_ axes: [String: [String]], _ reader: DefinitionText) throws -> [Axis] {
        for name in ownAxes where axes[name] == nil {
            throw reader.failure("'axes.\(name)' is missing; a study has methods, targets and seeds")
        }
        let names = ownAxes + axes.keys.filter { !ownAxes.contains($0) }.sorted()
        var cells = 1
        for name in names {
            let values = axes[name] ?? []
            // They stand in names of files and of variables.
            let isGood =
                !values.isEmpty && !reservedAxes.contains(name.lowercased()) && Set(values).count == values.count
                && (values + [name]).allSatisfy(isWord)
            guard isGood else {
                throw reader.failure(
                    "'axes.\(name)' must be a list of different words of letters, digits and . _ + -, not of a dash first"
                )
            }
            cells *= values.count
            guard cells <= maximumCellCount else { throw reader.failure("more than \(maximumCellCount) cells") }
        }
        return names.map { Axis(name: $0, values: axes[$0] ?? []) }
    }

    /// Whether it can stand in the name of a file, of a variable, and in a line of words.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 60 && !text.hasPrefix("-") && !text.hasPrefix(".")
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || "._+-".unicodeScalars.contains($0)
            }
    }

    package func values(_ axis: String) -> [String] { axes.first { $0.name == axis }?.values ?? [] }

    /// The axes that are not method, target or seed.
    package var furtherAxes: [Axis] { Array(axes.dropFirst(Self.ownAxes.count)) }
}

/// What is said on the command line in place of the definition.
struct StudySettings {
    private(set) var work, processes: String?
    private(set) var axes: [String: [String]] = [:]

    init(_ settings: [String], axes known: [String], _ reader: DefinitionText) throws {
        for setting in settings {
            let (name, value) = try DefinitionText.parts(ofSetting: setting)
            switch name {
            case "work": work = value
            case "processes": processes = value
            default:
                try reader.requireKeys([name], among: known + ["work", "processes"])
                axes[name, default: []] += value.split(separator: ",").map(String.init)
            }
        }
    }
}

/// What is decided before the scores are looked at: whose gain over what, and what it is held against.
package struct GainQuestion: Equatable, Sendable {
    package let method, base, measure, source: String
    package let covariates: [String]

    private static let keys = ["of", "over", "measure", "source", "covariates"]

    init(_ section: [String: DefinitionText.Node], _ reader: DefinitionText) throws {
        try reader.requireKeys(Array(section.keys), among: Self.keys, section: "gain")
        func scalar(_ key: String) throws -> String {
            guard let node = section[key] else { throw reader.failure("'gain.\(key)' is missing") }
            return try reader.scalar(node, "gain.\(key)")
        }
        (method, base, measure) = (try scalar("of"), try scalar("over"), try scalar("measure"))
        source = section["source"] == nil ? "en" : try scalar("source")
        covariates = try section["covariates"].map { try reader.values($0, "gain.covariates") } ?? []
    }
}
