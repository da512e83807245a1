import ArgumentParser
import Pipelines
import Shards

struct StreamInputArguments: ParsableArguments {
    @Argument(help: "Streams of nerpipe, compressed or plain; '-' is standard input.")
    var inputs: [String] = ["-"]

    var paths: [String] { inputs.flatMap(Directory.expand) }
}

struct StreamOutputArguments: ParsableArguments {
    @Option(name: .joinable("o"), help: "Output stream; '-' is standard output.")
    var output = "-"

    @Option(help: ArgumentHelp("Compress the output: auto leaves pipes uncompressed.", valueName: "auto|always|never"))
    var compress: Switch = .auto

    @Option(help: "zstd level.")
    var level = 3

    @OptionGroup var overwriting: OverwriteArguments

    func validate() throws {
        guard (1...19).contains(level) else { throw ValidationError("--level must be from 1 to 19") }
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
