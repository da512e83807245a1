import ArgumentParser
import Pipelines
import Shards

struct StreamInputArguments: ParsableArguments {
    @Argument(help: "Streams of nerpipe, compressed or plain; '-' is standard input.")
    var inputs: [String] = ["-"]

    var paths: [String] { inputs.flatMap(Directory.expand) }
}

struct StreamOutputArguments: ParsableArguments {
    @Option(
        name: .joinable("o"),
        help:
            "Output stream; '-' is standard output; FOLDER/ is a folder of units, where it gets the unit's name and a record."
    )
    var output = "-"

    @Option(help: ArgumentHelp("Compress the output: auto leaves pipes uncompressed.", valueName: "auto|always|never"))
    var compress: Switch = .auto

    @Option(help: "zstd level.")
    var level = 3

    @OptionGroup var overwriting: OverwriteArguments

    func validate() throws {
        guard (1...19).contains(level) else { throw ValidationError("--level must be from 1 to 19") }
        guard !isFolder || compress != .never else {
            throw ValidationError("streams of units are compressed, so that their blocks can be found")
        }
    }

    /// Whether the output is that of a unit, in a folder of all of them.
    var isFolder: Bool { output.count > 1 && output.hasSuffix("/") }

    /// The output of a unit in its folder; nil where it is no folder.
    ///
    /// - Parameter inputs: Streams; the unit of one, when nothing else is said, has its name.
    func unit(_ shard: WorkUnit?, ofStreams inputs: [String] = []) -> UnitOutput? {
        guard isFolder else { return nil }
        var name = UnitOutput.name(of: shard ?? .whole)
        if shard == nil, inputs.count == 1, let file = inputs[0].split(separator: "/").last, file != "-" {
            name = String(file.hasSuffix(".zst") ? file.dropLast(4) : file)
        }
        return UnitOutput(folder: String(output.dropLast()), name: name)
    }

    /// - Parameter inputs: What the run reads, `-` for standard input.
    func destination(inputs: [String], _ common: CommonOptions) throws -> StreamDestination {
        try StreamDestination(output, overwriting.rule(for: output, inputs: inputs, wait: common.wait))
    }

    var compressor: FrameCompressor? {
        switch compress {
        case .always: FrameCompressor(level: level)
        case .never: nil
        case .auto: output == "-" && StandardOutput.isPipe ? nil : FrameCompressor(level: level)
        }
    }
}
