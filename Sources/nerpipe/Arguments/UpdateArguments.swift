import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Pipelines
import Shards
import Taggers
import Vectors

struct UpdateArguments: ParsableArguments {
    @OptionGroup var training: TrainingArguments

    @OptionGroup var learning: ObjectiveArguments

    @Option(help: "Passes over the stream; with 1 the student learns while the stream flows.")
    var epochs = 8

    @Option(help: "Tokens of one update.")
    var batchTokens = 700

    @Option(help: "Vector table, when it is not where the stream says.")
    var vectors: String?

    @OptionGroup var selector: SelectorArguments

    var settings: TrainingSettings {
        training.settings(objective: learning.choice, epochs: epochs, batchTokens: batchTokens)
    }

    func options(jobs: Int, purpose: String) throws -> StudentTraining.Options {
        var options = try training.options(settings: settings, jobs: jobs, purpose: purpose)
        options.evaluator = try learning.evaluator.map { try ModelFolder(path: $0).model }
        options.selection = try selector.selection(seed: training.seed)
        return options
    }
}

/// What chooses the sentences of each update (RIKD).
struct SelectorArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let the sentences of each update be chosen: by a policy that is rewarded when the student gets better on labelled text of the source (--selector-dev), or at random.",
            valueName: "policy|random"))
    var selector: Kind?

    enum Kind: String, ExpressibleByArgument, CaseIterable { case policy, random }

    @Option(help: "Labelled file of a source language for the policy's reward; LANGUAGE=FILE; repeatable.")
    var selectorDev: [String] = []

    @Option(help: "Sentences of --selector-dev that rewards are computed on.")
    var selectorSentences = 128

    @Option(help: "Share of the sentences that the random selector keeps.")
    var selectorRate = 0.5

    @Option(help: "Learning rate of the policy.")
    var selectorLearningRate = InstanceSelector.Settings().learningRate

    func validate() throws {
        guard (selector == .policy) != selectorDev.isEmpty else {
            throw ValidationError("--selector policy and --selector-dev LANGUAGE=FILE need each other")
        }
        guard (1...100_000).contains(selectorSentences) else {
            throw ValidationError("--selector-sentences must be from 1 to 100000")
        }
        guard selectorRate > 0, selectorRate <= 1 else {
            throw ValidationError("--selector-rate must be above 0 and at most 1")
        }
        guard selectorLearningRate > 0, selectorLearningRate.isFinite else {
            throw ValidationError("--selector-learning-rate must be above 0")
        }
    }

    func selection(seed: UInt64) throws -> InstanceSelection? {
        guard let selector else { return nil }
        var settings = InstanceSelector.Settings()
        settings.seed = seed
        settings.learningRate = selectorLearningRate
        if selector == .random { settings.kind = .random(rate: selectorRate) }
        let files = selectorDev.flatMap(GoldCorpus.File.parse)
        for file in files { _ = try FileInput(path: file.path) }
        return InstanceSelection(settings, files: files, sentenceCount: selectorSentences)
    }
}

/// What `update` and `run` do once there is a scored stream.
struct UpdateRun: Sendable {
    let arguments: UpdateArguments
    let common: CommonOptions
    let session: Session

    func run(_ source: TrainingSource, table: VectorTable, labels: TagSet, identity: [String: String], purpose: String)
        async throws
    {
        let session = session
        let training = StudentTraining(
            try arguments.options(jobs: common.jobCount, purpose: purpose), table: table, labels: labels,
            log: { session.log($0) })
        let output = arguments.training.output
        try await session.run {
            let result = try await training.run(source, identity: identity, progress: session.progress)
            session.log(
                result.wasComplete
                    ? "\(output): complete already, nothing to do"
                    : "\(output): done, \(result.state.updateNumber) updates")
        }
    }
}
