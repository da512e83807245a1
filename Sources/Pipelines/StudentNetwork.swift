import Corpora
import Diagnostics
import Distillation
import Kernels
import Objectives
import Shards
import Taggers
import Vectors

/// The network of a student and what trains it, made to fit the stream that it learns from.
struct StudentNetwork {
    let options: StudentOptions
    let header: StreamHeader
    let configuration: TaggerConfiguration
    private let table: VectorTable
    private let labels: TagSet

    /// - Throws: When options, table, models and stream do not fit together.
    init(_ options: StudentOptions, table: VectorTable, labels: TagSet, header: StreamHeader) throws {
        try options.settings.validate()
        (self.options, self.table, self.labels, self.header) = (options, table, labels, header)
        configuration = Self.configuration(options, table, labels, header)
        do {
            try configuration.validate(place: "network")
        } catch let failure as Failure {
            throw Failure.unusable(options: failure)
        }
        try configuration.requireFit(table)
        try requireFit()
    }

    private static func configuration(
        _ options: StudentOptions, _ table: VectorTable, _ labels: TagSet, _ header: StreamHeader
    ) -> TaggerConfiguration {
        var configuration = TaggerConfiguration(
            labels: labels.names,
            vectors: TableReference(path: table.path, digest: table.description.digest, dimension: table.dimension),
            features: (header.features ?? []).map {
                FeatureEmbedding(name: $0, buckets: options.featureBuckets, width: options.featureWidth)
            })
        configuration.numbers = TokenNumbers(names: header.numbers ?? [])
        configuration.hiddenWidth = options.hiddenWidth
        configuration.convolutionCount = options.convolutionCount
        let languages = header.languages
        configuration.languages = languages.isEmpty ? nil : languages
        return configuration
    }

    /// Refuses models and streams that the objective cannot work with.
    private func requireFit() throws {
        let objective = options.settings.objective
        if let evaluator = options.evaluator {
            try evaluator.configuration.requireFit(header, model: "the evaluator", stream: "the stream")
        }
        if let text = options.adversary?.text {
            try configuration.requireFit(text.header, model: "the model", stream: "the text of --adversary")
            guard text.counts.tokens > 0, text.blockCount > 0 else { throw Failure.emptyAdversary() }
        }
        guard objective.needs.contains(.evaluator) == (options.evaluator != nil) else {
            throw Failure.needEachOther(objectives: KnownObjectives.names(needing: .evaluator))
        }
        guard !objective.needs.contains(.votes) || header.votes != nil else {
            throw Failure.withoutVotes(objective: objective.name)
        }
        guard let initial = options.initial?.configuration else { return }
        guard configuration.identity == initial.identity else { throw Failure.initialOfAnotherForm(initial) }
    }

    /// - Parameter log: Is told what a user should know of the text that rewards the selector.
    func makeSelector(log: (String) -> Void) throws -> InstanceSelector? {
        try options.selection.map {
            InstanceSelector(
                $0.settings, labelCount: configuration.labelCount, taggerWidth: configuration.hiddenWidth,
                development: try $0.development(table, header, labels, log: log))
        }
    }

    /// Weights to begin with, which are the caller's.
    var initialParameters: FloatBuffer {
        options.initial?.parameters.copied()
            ?? ParameterLayout(configuration).makeInitialParameters(seed: options.settings.seed)
    }

    /// - Parameter updatesPerEpoch: nil when the stream's length is not known.
    func makeTrainer(_ selector: InstanceSelector?, updatesPerEpoch: Int?) throws -> Trainer {
        let evaluator = try options.evaluator.map { try TaggerInference($0, vectors: table) }
        return Trainer(
            Trainer.Network(configuration, parameters: initialParameters, vectors: table),
            settings: options.settings,
            objective: options.settings.objective.made(of: ObjectiveInputs(evaluator: evaluator)),
            updatesPerEpoch: updatesPerEpoch, threads: options.threads,
            selector: selector,
            adversary: options.adversary.map { LanguageAdversary($0.settings, width: configuration.hiddenWidth) })
    }

    /// The text of the adversary, when there is one.
    var adversaryText: LibraryText? {
        options.adversary.map {
            LibraryText(library: $0.text, rowCount: table.rowCount, seed: options.settings.seed)
        }
    }

    var rowCount: Int { table.rowCount }
}
