package import ArgumentParser
import Corpora
import Diagnostics
import Locks
import Selection
package import Shards
import Taggers
import Teachers
import Vectors

/// Scores to weights, smoother scores and fewer sentences: rules, in the order in which they are applied.
package struct SelectStage: Stage {
    package static let help = StageHelp(
        "select", abstract: "Decides which scored sentences a student learns from, and how much each token counts.",
        discussion: """
            EXAMPLES
              nerpipe select --smooth 0.5 scored.zst -o smooth.zst
              ... | nerpipe score --teacher A --teacher B \\
                | nerpipe select --weigh-by agreement --keep 0.8 --by entropy \\
                | nerpipe update -o student
              nerpipe select --keep 0.8 --by independence --model teachers/en \\
                --source en.zst scored.zst -o kept.zst

              nerpipe select --budget 50000 --by coverage cheap.zst -o few.zst
              nerpipe score --teacher transformers/en few.zst -o dear.zst

            What is given is done in this order: smooth, weights, minimum confidence, keep or budget. \((["--smooth", "--budget"] + surveying).enumerated(by: " and ")) read the \
            stream twice, so it must be in files.
            """)
    package static let kinds: [StreamHeader.Kind] = [.scored]

    @Option(
        help: ArgumentHelp(
            "Mix each word's distribution with the mean of those of the same word in the whole stream; 0 to 1.",
            valueName: "strength"))
    package var smooth: Double?

    @Option(
        help: ArgumentHelp(
            "Let tokens count by \(KnownRules.weightings.summaries); repeatable, the weights are multiplied.",
            valueName: KnownRules.weightings.valueName))
    package var weighBy: [WeightingName] = []

    @Option(
        help: ArgumentHelp("Tokens whose best label is less probable do not count.", valueName: "probability"))
    package var minConfidence: Double?

    @Option(help: ArgumentHelp("Keep this share of the sentences of each block.", valueName: "share"))
    package var keep: Double?

    @Option(
        help: ArgumentHelp(
            "Keep so many tokens of the whole stream, at most: what a costly teacher may be asked about.",
            valueName: "tokens"))
    package var budget: Int?

    @Option(
        help: ArgumentHelp(
            "Which sentences: \(KnownRules.choices.summaries).", valueName: KnownRules.choices.valueName))
    package var by = ChoiceName.standard

    @Option(
        help:
            "Model whose states of words are looked at, for \(KnownRules.names(needing: .states).enumerated(by: " and "))."
    )
    package var model: String?

    @Option(
        help:
            "Embedded stream of the source's text, for \(KnownRules.names(needing: .source).enumerated(by: " and ")); repeatable."
    )
    package var source: [String] = []

    @Option(name: .customLong("select-seed"), help: "Seed of samples and of what is chosen by chance.")
    package var seed: UInt64 = 1

    @OptionGroup package var place: TableArguments

    package init() {}

    /// The rules that were chosen by name, in the order in which they are applied.
    private var named: [RuleKind] { weighBy.map(\.kind) + (isChoosing ? [by.kind] : []) }
    var isChoosing: Bool { keep != nil || budget != nil }
    private func needs(_ need: RuleNeeds) -> Bool { named.contains { $0.needs.contains(need) } }
    package var needsVotes: Bool { needs(.votes) }

    package var reasonForSurvey: String? {
        smooth != nil || budget != nil || needs(.survey)
            ? "\((["smooth", "budget"] + Self.surveying).enumerated(by: " and ")) read the stream" : nil
    }

    private static let surveying = KnownRules.names(needing: .survey)

    /// Rules that need something, with their options, for messages.
    private static func options(needing need: RuleNeeds) -> String {
        let kinds = KnownRules.weightings.map { ("--weigh-by", $0) } + KnownRules.choices.map { ("--by", $0) }
        return kinds.filter { $1.needs.contains(need) }.map { "\($0) \($1.name)" }.enumerated(by: " and ")
    }

    package func validate() throws {
        guard smooth != nil || !weighBy.isEmpty || minConfidence != nil || isChoosing else {
            throw ValidationError(
                "nothing is selected; give --smooth, --weigh-by, --min-confidence, --keep or --budget")
        }
        guard keep == nil || budget == nil else { throw ValidationError("give either --keep or --budget") }
        if let budget, budget < 1 { throw ValidationError("--budget must be at least 1") }
        for (name, value) in [("smooth", smooth), ("min-confidence", minConfidence), ("keep", keep)] {
            if let value, !(value > 0 && value <= 1) {
                throw ValidationError("--\(name) must be above 0 and at most 1")
            }
        }
        guard needs(.states) == (model != nil) else {
            throw ValidationError(
                "--model is for \(Self.options(needing: .states)), which need it")
        }
        guard needs(.source) == !source.isEmpty else {
            throw ValidationError("--source is for --keep SHARE \(Self.options(needing: .source)), which needs it")
        }
    }

    package func requireInputs(in context: PipelineContext) throws {
        if let model { _ = try context.model(at: model) }
        for path in source.flatMap(Directory.expand) { _ = try FileInput(path: path) }
    }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        _ = try TagSet(names: header.labels ?? [], place: place)
        guard !needsVotes || header.votes != nil else {
            throw Failure.noVotes(place, neededBy: Self.options(needing: .votes))
        }
        let table = try context.table(of: header, at: self.place.vectors, neededBy: place)
        let rules = try await rules(header, place, table, context)
        var selected = header
        selected.selection = (header.selection ?? []) + rules.map(\.identity)
        var stage = OpenStage(header: selected) { batch, counters in
            try batch.requireRows(below: table.rowCount, place: place)
            var selected = batch
            for rule in rules { rule.apply(to: &selected) }
            if selected.scores?.weights.isEmpty == true {
                let count = selected.tokenCount
                selected.scores?.weights = Array(repeating: 1, count: count)
            }
            counters.leaveOut("sentences left out", sentences: batch.sentenceCount - selected.sentenceCount)
            return selected
        }
        let surveying = rules.compactMap { $0 as? any SurveyingRule }
        if !surveying.isEmpty {
            stage.survey = .init(
                observe: { batch in
                    try batch.requireRows(below: table.rowCount, place: place)
                    for rule in surveying { rule.survey(batch) }
                }, finish: { for rule in surveying { rule.finishSurvey() } })
        }
        stage.choosesByContent = rules.contains { $0.leavesSentencesOut }
        stage.memory = StageMemory(bytesHeld: try memoryByteCount(labelCount: header.labels?.count ?? 0, context))
        return stage
    }

    /// Bytes that the rules hold, at most.
    private func memoryByteCount(labelCount: Int, _ context: PipelineContext) throws -> Int {
        let stateWidth = try model.map { try context.model(at: $0).model.configuration.hiddenWidth } ?? 0
        var sum = 0
        if smooth != nil { sum += TypeSmoothing.memoryByteCount(labelCount: labelCount) }
        for kind in named { sum += kind.memoryByteCount(stateWidth) }
        return sum
    }
}
