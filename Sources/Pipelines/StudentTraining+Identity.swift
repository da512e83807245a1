import Checkpoints
import Corpora
import Diagnostics
import Distillation
import Kernels
import Objectives
import Shards
import Taggers

extension StudentTraining {
    /// Everything that decides the bytes of the model; a run is continued only with the same.
    func makeIdentity(_ configuration: TaggerConfiguration, _ header: StreamHeader, _ inputs: [String: String])
        throws -> [String: String]
    {
        var identity = options.settings.identity.merging(inputs) { $1 }
        identity["labels"] = configuration.labels.joined(separator: " ")
        identity["vector table"] = configuration.vectors.digest
        identity["network"] =
            "\(configuration.hiddenWidth) x \(configuration.convolutionCount), features "
            + configuration.features.map { "\($0.name) \($0.buckets) \($0.width)" }.joined(separator: ", ")
        let numbers = configuration.numbers.names
        if !numbers.isEmpty { identity["numbers"] = numbers.joined(separator: " ") }
        identity["language"] = header.language
        identity["tokenizer"] = header.tokenizer
        identity["teachers"] = (header.teachers ?? []).joined(separator: " ")
        if let weights = header.teacherWeights {
            identity["weights of the teachers"] = weights.map { "\($0)" }.joined(separator: " ")
        }
        if let initial = options.initial { identity["initial weights"] = try initial.digest() }
        if let evaluator = options.evaluator { identity["evaluator"] = try evaluator.digest() }
        if let selection = options.selection { identity["selector"] = try selection.identity }
        if let (adversary, text) = options.adversary {
            identity["adversary"] = "\(adversary.identity), text \(text.digest)"
        }
        if let rules = header.selection { identity["selection"] = rules.joined(separator: "; ") }
        // The order of sums differs between instruction sets, and with it the last bits.
        identity[RunKernels.key] = Kernel.pathName
        identity["arithmetic"] = Trainer.arithmetic
        return identity
    }

    /// The sizes come from options here, not from a file.
    func requireUsable(_ configuration: TaggerConfiguration) throws {
        do {
            try configuration.validate(place: "network")
        } catch let failure as Failure {
            throw Failure(.usage, failure.message)
        }
    }

    /// Refuses models and streams that the objective cannot work with.
    func requireFit(_ configuration: TaggerConfiguration, _ header: StreamHeader) throws {
        let objective = options.settings.objective
        if let evaluator = options.evaluator {
            try evaluator.configuration.requireFit(header, model: "the evaluator", stream: "the stream")
        }
        if let text = options.adversary?.text {
            try configuration.requireFit(text.header, model: "the model", stream: "the text of --adversary")
            guard text.counts.tokens > 0, text.blockCount > 0 else {
                throw Failure(.badData, "--adversary: the stream held no token; there is nothing to compare with")
            }
        }
        guard objective.needs.contains(.evaluator) == (options.evaluator != nil) else {
            let names = KnownObjectives.names(needing: .evaluator).joined(separator: " or ")
            throw Failure(.usage, "--objective \(names) and --evaluator MODEL need each other")
        }
        guard !objective.needs.contains(.votes) || header.votes != nil else {
            throw Failure(
                .usage,
                "--objective \(objective.name) learns from what several teachers agree on; score with several --teacher"
            )
        }
        guard let initial = options.initial?.configuration else { return }
        guard configuration.identity == initial.identity else {
            throw Failure(
                .mismatch,
                "the model of --initial has another form: width \(initial.hiddenWidth), \(initial.convolutionCount) convolutions, features "
                    + "\(initial.features.map(\.name).joined(separator: ",")), labels \(initial.labels.joined(separator: " ")); give the same options"
            )
        }
    }
}
