package import ArgumentParser
import Corpora
import Diagnostics
package import Distillation
import Objectives
package import Shards
import Taggers
import Vectors

/// The end of a pipeline: a student learns from the scored stream.
package struct UpdateStage: ParsableArguments, Sendable {
    package static let help = StageHelp(
        "update", abstract: "Trains a student on a scored stream.",
        discussion: """
            EXAMPLES
              nerpipe update scored/*.zst -o students/sw
              ... | nerpipe score --teacher teachers/en \\
                | nerpipe update -o students/sw --resume

            Teacher-student learning (Wu et al., ACL 2020): fresh weights, mean squared error between the distributions. A pipe is kept in the \
            output folder while several epochs are trained. Interrupted, the same command continues and ends with the same bytes; a pipe must \
            then be replayed from its beginning.
            """)

    package static let kinds: [StreamHeader.Kind] = [.scored]

    @OptionGroup package var training: TrainingArguments

    @OptionGroup package var learning: ObjectiveArguments

    @Option(help: "Passes over the stream; with 1 the student learns while the stream flows.")
    package var epochs = 8

    @Option(help: "Tokens of one update.")
    package var batchTokens = 700

    @Option(help: "Vector table, when it is not where the stream says.")
    package var vectors: String?

    @OptionGroup package var selector: SelectorArguments

    package init() {}

    package var needsVotes: Bool { learning.choice.needs.contains(.votes) }

    package var settings: TrainingSettings {
        training.settings(objective: learning.choice, epochs: epochs, batchTokens: batchTokens)
    }

    /// What must be the same of the stream's origin when a run is continued; nothing of what is known by its text alone, as a
    /// pipe is.
    package struct Inputs: Codable, Sendable {
        /// Digest of a stream in files.
        package var stream: String?
        /// Of text.
        package var files: String?
        package var tokenize: String?

        package init(stream: String? = nil, files: String? = nil, tokenize: String? = nil) {
            (self.stream, self.files, self.tokenize) = (stream, files, tokenize)
        }
    }

    /// Learns from a stream until the end, or until it is interrupted.
    ///
    /// - Parameters:
    ///   - inputs: What must be the same when the run is continued, besides the options.
    ///   - plannedBytes: Memory that the whole pipeline may hold besides the mapped table, where somebody planned it.
    package func run(
        _ source: TrainingSource, inputs: Inputs, in context: PipelineContext, plannedBytes: Int? = nil
    ) async throws {
        var (options, table, labels) = try materials(source.header, place: source.place, in: context)
        options.memoryBoundBytes = plannedBytes.map { $0 + table.byteCount }
        let student = StudentTraining(options, table: table, labels: labels, log: context.log)
        let result = try await student.run(source, inputs: inputs, progress: context.progress)
        context.log(
            result.wasComplete
                ? "\(training.output): complete already, nothing to do"
                : "\(training.output): done, \(result.state.updateNumber) updates")
    }

    /// Does the updates that are due in a round.
    ///
    /// - Parameter library: The data of the unit.
    package func run(
        _ round: RoundTraining.Settings, on library: ShardLibrary, place: String, in context: PipelineContext
    ) async throws {
        let (options, table, labels) = try materials(library.header, place: place, in: context)
        let training = RoundTraining(round, options, table: table, labels: labels, log: context.log)
        let what = "\(round.folder.path), unit \(round.unit)"
        switch try await training.run(library, progress: context.progress) {
        case .wasDone: context.log("\(what): complete already, nothing to do")
        case .done(let updates, let count): context.log("\(what): done, \(updates.upperBound) of \(count) updates")
        }
    }

    /// What a student is made of that learns from a stream.
    private func materials(_ header: StreamHeader, place: String, in context: PipelineContext) throws -> (
        StudentOptions, VectorTable, TagSet
    ) {
        try header.require(Self.kinds, from: place, by: Self.help.name)
        guard let labels = header.labels else { throw Failure.withoutLabels(place) }
        let table = try context.table(of: header, at: vectors, neededBy: place)
        var options = try training.options(settings: settings, purpose: "nerpipe update", in: context)
        options.evaluator = try learning.evaluator.map { try context.model(at: $0).model }
        options.selection = try selector.selection(seed: training.seed)
        return (options, table, try TagSet(names: labels, place: place))
    }
}

/// What chooses the sentences of each update (RIKD).
package struct SelectorArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Let the sentences of each update be chosen: by a policy that is rewarded when the student gets better on labelled text of the source (--selector-dev), or at random.",
            valueName: "policy|random"))
    package var selector: Kind?

    package enum Kind: String, ExpressibleByArgument, CaseIterable { case policy, random }

    @Option(help: "Labelled file of a source language for the policy's reward; LANGUAGE=FILE; repeatable.")
    package var selectorDev: [String] = []

    @Option(help: "Rename entity types of --selector-dev, or drop them to O: MISC=O,DATE=O.")
    package var selectorMap = ""

    @Option(help: "Sentences of --selector-dev that rewards are computed on.")
    package var selectorSentences = 128

    @Option(help: "Share of the sentences that the random selector keeps.")
    package var selectorRate = 0.5

    @Option(help: "Learning rate of the policy.")
    package var selectorLearningRate = InstanceSelector.Settings().learningRate

    package init() {}

    package func validate() throws {
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

    package func selection(seed: UInt64) throws -> InstanceSelection? {
        guard let selector else { return nil }
        var settings = InstanceSelector.Settings()
        settings.seed = seed
        settings.learningRate = selectorLearningRate
        if selector == .random { settings.kind = .random(rate: selectorRate) }
        let files = selectorDev.flatMap(GoldCorpus.File.parse)
        for file in files { _ = try FileInput(path: file.path) }
        var selection = InstanceSelection(settings, files: files, sentenceCount: selectorSentences)
        selection.map = selectorMap
        return selection
    }
}
