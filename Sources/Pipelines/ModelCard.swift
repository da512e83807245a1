import Corpora
import Distillation
import Evaluation
import Glibc
import Runs
import Shards
import Taggers
import Teachers

/// The README of a model directory.
struct ModelCard {
    let purpose: String
    let configuration: TaggerConfiguration
    let header: StreamHeader
    /// How it was trained.
    let settings: IdentityField
    let state: TrainingRun.State
    /// Where the model is made.
    let path: String

    var text: String {
        lines.joined(separator: "\n") + "\n"
    }

    private var lines: [String] {
        let layout = ParameterLayout(configuration)
        var lines = [
            "# Named-entity tagger (\(header.language))", "",
            "Made by \(Version.producer): \(purpose).", "",
            "- Labels: \(configuration.labels.joined(separator: " "))",
            "- Network: \(configuration.inputWidth) inputs, \(configuration.convolutionCount) window convolutions of width \(configuration.hiddenWidth), \(layout.count) weights",
            "- Frozen vectors: `\(configuration.vectors.path)`, digest `\(configuration.vectors.digest)`",
            "- Numbers beside them: \(configuration.numbers.names.isEmpty ? "none" : configuration.numbers.names.joined(separator: " "))",
            "- Tokenizer: \(header.tokenizer)",
            "- Trained with: \(settings.lines.map { "\($0.name) \($0.text)" }.joined(separator: "; "))",
        ]
        if let teachers = header.teachers {
            lines.append("- Teachers: \(teachers.map { "`\($0)`" }.joined(separator: ", "))")
        }
        if let weights = header.teacherWeights {
            let entropy = SourceSimilarity.entropy(weights)
            lines.append(
                "- Weights of the teachers: \(weights.map { FixedDecimal.text($0, decimals: 4) }.joined(separator: ", "))"
                    + " (entropy \(FixedDecimal.text(entropy, decimals: 4)) of at most \(FixedDecimal.text(log(Double(weights.count)), decimals: 4)))"
            )
        }
        lines += ["", "| epoch | loss | development F1 (source language) |", "|---|---|---|"]
        for (index, epoch) in state.epochs.enumerated() {
            let mark = state.bestEpoch == index ? " (kept)" : ""
            lines.append(
                "| \(index + 1)\(mark) | \(FixedDecimal.text(epoch.loss, decimals: 5)) | \(epoch.developmentF1.map { FixedDecimal.text($0, decimals: 2) } ?? "-") |"
            )
        }
        if let last = state.epochs.last, last.targetEntityTokens > 0, last.predictedEntityTokens == 0 {
            lines += ["", "**This run failed: the tagger labels no token as an entity.**"]
        }
        lines += [
            "",
            "Use it, from the folder where it was made: `\(command)`. Weights: `model.safetensors`, F32, linear layers as `[out, in]`.",
        ]
        return lines
    }

    /// Tags text with the model. One that knows several languages cannot tell which the text has.
    private var command: String {
        let languages = configuration.languages ?? []
        return "nerpipe tag --model \(Definition.quoted(path))"
            + (languages.count > 1 ? " --lang \(Definition.quoted(languages[0]))" : "") + " < text"
    }
}
