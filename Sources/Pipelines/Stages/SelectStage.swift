import Corpora
package import Selection
package import Shards
package import Vectors

/// The rules of a `select` stage, in the order in which they are applied.
package struct SelectStage: Sendable {
    package let rules: [any SelectionRule]

    package init(_ rules: [any SelectionRule]) { self.rules = rules }

    /// Whether the stream must be read once before the first batch can be handed on.
    package var needsSurvey: Bool { rules.contains { $0 is any SurveyingRule } }

    /// Whether the blocks that come out may have fewer sentences than those that go in.
    package var leavesSentencesOut: Bool { rules.contains { $0.leavesSentencesOut } }

    package func header(for input: StreamHeader, place: String) throws -> StreamHeader {
        try input.require(.scored, from: place, by: "select")
        var header = input
        header.selection = (input.selection ?? []) + rules.map(\.identity)
        return header
    }

    /// Shows the whole stream, as it comes, to the rules that must have seen it.
    package func survey(_ stream: BatchStream, _ runner: PipelineRunner) async throws {
        let surveying = rules.compactMap { $0 as? any SurveyingRule }
        runner.forEach(stream, name: "survey") { batch in
            for rule in surveying { rule.survey(batch) }
        }
        try await runner.run()
        for rule in surveying { rule.finishSurvey() }
    }
}

extension PipelineRunner {
    /// The same stream; a row that the table does not have ends it.
    package func checked(_ input: BatchStream, _ table: VectorTable) -> BatchStream {
        let count = table.rowCount
        return map(input, name: "check", header: input.header) { batch, _ in
            try batch.requireRows(below: count, place: input.name)
            return batch
        }
    }

    /// Scores to weights, smoother scores and fewer sentences.
    package func select(_ input: BatchStream, _ stage: SelectStage) throws -> BatchStream {
        map(input, name: "select", header: try stage.header(for: input.header, place: input.name)) { batch, counters in
            var selected = batch
            for rule in stage.rules { rule.apply(to: &selected) }
            if selected.scores?.weights.isEmpty == true {
                let count = selected.tokenCount
                selected.scores?.weights = Array(repeating: 1, count: count)
            }
            counters.note("sentences left out", batch.sentenceCount - selected.sentenceCount)
            return selected
        }
    }
}
