import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Pipelines
import Runs
import Shards
import Taggers

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Shows and checks the checkpoints of a run.",
        subcommands: [CheckpointListCommand.self, CheckpointShowCommand.self, CheckpointVerifyCommand.self])
}

struct RunFolderArguments: ParsableArguments {
    @Argument(help: "Output folder of 'update', 'train' or 'run'.")
    var folder: String

    var store: CheckpointStore { CheckpointStore(path: "\(folder)/checkpoints") }

    func requirePaths() throws -> [String] {
        let paths = store.paths
        guard !paths.isEmpty else {
            throw Failure.withoutCheckpoints(folder)
        }
        return paths
    }
}

struct CheckpointListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Names the checkpoints, oldest first.")
    @OptionGroup var target: RunFolderArguments

    func run() throws { for path in try target.requirePaths() { try StandardOutput.write(path + "\n") } }
}

struct CheckpointShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints the newest checkpoint's state and what it belongs to.")
    @OptionGroup var target: RunFolderArguments

    func run() throws {
        _ = try target.requirePaths()
        guard let checkpoint = try target.store.newest(warn: { StandardError.write("nerpipe: \($0)\n") })
        else { return }
        var text = "update  \(checkpoint.number)\nstate   \(String(decoding: checkpoint.state, as: UTF8.self))\n"
        text += "kind: \(checkpoint.signature.kind)\nkernels: \(checkpoint.signature.kernels)\n"
        for (name, value) in checkpoint.signature.identity.lines { text += "\(name): \(value)\n" }
        try StandardOutput.write(text)
    }
}

struct CheckpointVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Reads every checkpoint whole; exit status 65 if one is damaged.")
    @OptionGroup var target: RunFolderArguments

    func run() throws {
        var damaged = 0
        for path in try target.requirePaths() {
            do {
                let file = try CheckpointFile(path: path)
                try file.read()
                try StandardOutput.write("\(path): ok, update \(file.checkpoint.number)\n")
            } catch let failure as Failure where ![.interrupted, .mismatch].contains(failure.code) {
                damaged += 1
                try StandardOutput.write("\(failure.message)\n")
            }
        }
        if damaged > 0 { throw Failure.damagedCheckpoints(damaged) }
    }
}

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Describes models, and packs them.",
        subcommands: [
            ModelInfoCommand.self, ModelCardCommand.self, ModelPackageCommand.self, ModelVerifyCommand.self,
        ])
}

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Prints labels, sizes and digest of a model.")
    @Argument(help: "Model directory.") var model: String

    func run() throws {
        let loaded = try Model(path: model)
        let configuration = loaded.configuration
        var text =
            "labels   \(configuration.labels.joined(separator: " "))\nvectors  \(configuration.vectors.path), dimension \(configuration.vectors.dimension), digest \(configuration.vectors.digest)\n"
        text +=
            "features \(configuration.features.map { "\($0.name) (\($0.buckets) x \($0.width))" }.joined(separator: ", "))\n"
        let numbers = configuration.numbers.names
        text += "numbers  \(numbers.isEmpty ? "none" : numbers.joined(separator: " "))\n"
        text +=
            "network  \(configuration.inputWidth) -> \(configuration.hiddenWidth), \(configuration.convolutionCount) window convolutions, \(ParameterLayout(configuration).count) weights\n"
        text += "digest   \(try loaded.digest())\n"
        try StandardOutput.write(text)
    }
}

struct ModelCardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "card", abstract: "Prints the model card.")
    @Argument(help: "Model directory.") var model: String

    func run() throws {
        _ = try Model(path: model)
        try Directory.contents(of: "\(model)/README.md").withUnsafeBytes { try StandardOutput.write($0) }
    }
}
