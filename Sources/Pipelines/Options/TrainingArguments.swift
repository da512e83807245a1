package import ArgumentParser
package import Distillation
package import Objectives
import Runs
package import Taggers

extension TrainingSettings.Schedule: ExpressibleByArgument {}

package enum ResumeChoice: String, EnumerableFlag, Sendable {
    case resume, fresh

    package static func help(for value: ResumeChoice) -> ArgumentHelp? {
        switch value {
        case .resume: "Continue what an interrupted run with the same options left (the default)."
        case .fresh: "Start over, and replace what the output folder holds."
        }
    }
}

/// What a run that resumes on another kind of CPU needs.
package struct KernelArguments: ParsableArguments, Sendable {
    @Flag(
        help:
            "Continue a run that other kernels began (see NERPIPE_KERNELS in 'nerpipe help'), though its bytes will differ from those of a run with one kind."
    )
    package var acceptOtherKernels = false

    package init() {}
}

package struct TrainingArguments: ParsableArguments, Sendable {
    @Option(name: .joinable("o"), help: "Model directory to make; also holds the checkpoints.")
    package var output: String

    @Option(help: "Seed of everything random.")
    package var seed: UInt64 = 1

    @Option(help: "Tokens whose sentences are shuffled together.")
    package var windowTokens = TrainingSettings().windowTokenCount

    @Option(help: "Learning rate at its highest.")
    package var learningRate = TrainingSettings().learningRate

    @Option(
        help: ArgumentHelp(
            "Learning-rate schedule. Default: linear for several epochs, inverse-sqrt for one.",
            valueName: "linear|inverse-sqrt|constant"))
    package var schedule: TrainingSettings.Schedule?

    @Option(help: "Share of the updates that warm up, for linear.")
    package var warmUp = TrainingSettings().warmUpFraction

    @Option(help: "Updates that warm up, for inverse-sqrt.")
    package var warmUpUpdates = TrainingSettings().warmUpUpdateCount

    @Option(help: "Final factor of the learning rate, for linear.")
    package var scheduleFloor = TrainingSettings().scheduleFloor

    @Option(help: "AdamW's first beta.")
    package var beta1 = TrainingSettings().beta1

    @Option(help: "AdamW's second beta.")
    package var beta2 = TrainingSettings().beta2

    @Option(help: "AdamW's decoupled weight decay.")
    package var weightDecay = TrainingSettings().weightDecay

    @Option(help: "Largest norm of a gradient.")
    package var clip = TrainingSettings().maximumGradientNorm

    @Option(
        help:
            "Dropout of every layer's input; in the first layer, tokens that are alike share it within a slice of an update."
    )
    package var dropout = TrainingSettings().dropout

    @Option(help: "Share of the tokens whose vector is dropped, alike ones within a slice together.")
    package var vectorDropout = TrainingSettings().vectorDropout

    @Option(help: "Hidden width of the network.")
    package var width = 96

    @Option(help: "Window convolutions of the network.")
    package var convolutions = 3

    @Option(help: "Width of each feature's embedding.")
    package var featureWidth = 16

    @Option(help: "Rows of each feature's embedding.")
    package var featureBuckets = 1024

    @Option(help: "Model whose weights to begin with, of the same form. Default: fresh weights.")
    package var initial: String?

    @Option(
        help: ArgumentHelp(
            "Keep the running mean of the weights with this decay, for instance 0.999, instead of the last ones.",
            valueName: "decay"))
    package var average: Double?

    @Option(
        help: ArgumentHelp(
            "Arithmetic of the network: 32-bit floats, or products of 16-bit ones (bfloat16), which is faster on a CPU that has them (AVX512_BF16) and slower on others.",
            valueName: "full|reduced"))
    package var precision: ArithmeticPrecision = .full

    @Option(help: "Seconds between checkpoints.")
    package var checkpointSeconds = 60.0

    @Flag(help: "")
    package var start: ResumeChoice = .resume

    @OptionGroup package var kernels: KernelArguments

    package init() {}

    package func validate() throws {
        guard (0...1e9).contains(checkpointSeconds) else {
            throw ValidationError("--checkpoint-seconds must be from 0 to 1000000000")
        }
    }

    package func settings(objective: ObjectiveChoice, epochs: Int, batchTokens: Int) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.objective = objective
        settings.epochs = epochs
        settings.batchTokenCount = batchTokens
        settings.windowTokenCount = windowTokens
        settings.learningRate = learningRate
        settings.schedule = schedule
        settings.warmUpFraction = warmUp
        settings.warmUpUpdateCount = warmUpUpdates
        settings.scheduleFloor = scheduleFloor
        settings.beta1 = beta1
        settings.beta2 = beta2
        settings.weightDecay = weightDecay
        settings.maximumGradientNorm = clip
        settings.dropout = dropout
        settings.vectorDropout = vectorDropout
        settings.seed = seed
        settings.averageDecay = average
        settings.precision = precision
        return settings
    }

    /// How a student is trained with these arguments.
    package func options(settings: TrainingSettings, purpose: String, in context: PipelineContext) throws
        -> StudentOptions
    {
        var options = StudentOptions(output: output, settings: settings, purpose: purpose)
        options.featureWidth = featureWidth
        options.featureBuckets = featureBuckets
        options.hiddenWidth = width
        options.convolutionCount = convolutions
        options.checkpointInterval = .seconds(checkpointSeconds)
        options.start.isFresh = start == .fresh
        options.start.acceptsOtherKernels = kernels.acceptOtherKernels
        options.start.wait = context.wait
        options.threads = context.threads
        options.words = context.words
        options.initial = try initial.map { try context.model(at: $0).model }
        return options
    }
}
