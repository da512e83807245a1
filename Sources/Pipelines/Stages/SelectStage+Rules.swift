import Corpora
import Diagnostics
import Locks
import Selection
import Shards
import Taggers
import Teachers
import Vectors

extension SelectStage {
    /// The rules that the options ask for; reads what they need of the source.
    func rules(_ header: StreamHeader, _ place: String, _ table: VectorTable, _ context: PipelineContext) async throws
        -> [any SelectionRule]
    {
        let teacher = try model.map { try context.model(at: $0).teacher(vectors: table, .full) }
        if let teacher {
            try teacher.requireFit(header, stream: place)
            guard teacher.labels == header.labels else {
                throw Failure.otherLabels(place, than: teacher)
            }
        }
        var inputs = RuleInputs(labels: header.labels ?? [], seed: seed)
        let budget = budget.map(TokenBudget.init)
        inputs.amount = budget.map(KeptAmount.tokens) ?? .share(keep ?? 1)
        inputs.encoder = teacher
        if let teacher, !source.isEmpty { inputs.source = try await sourceStates(teacher, table, context) }
        var rules: [any SelectionRule] = []
        if let smooth { rules.append(TypeSmoothing(strength: smooth)) }
        rules += weighBy.map { $0.kind.make(inputs) }
        if let minConfidence { rules.append(ConfidenceThreshold(minConfidence)) }
        if let budget { rules.append(budget) }
        if isChoosing { rules.append(by.kind.make(inputs)) }
        return rules
    }

    /// States of words of the source, and what names its text.
    private func sourceStates(
        _ encoder: some WordEncoder, _ table: VectorTable, _ context: PipelineContext
    ) async throws -> (states: FeatureSample, identity: String) {
        let paths = source.flatMap(Directory.expand)
        let reader = try ShardReader(paths: paths)
        try reader.header.require(.embedded, .scored, .labelled, from: reader.name, by: "select")
        try encoder.requireFit(reader.header, stream: reader.name)
        let sample = Locked(StateSample.ofSource(encoder, seed: seed))
        let name = reader.name
        let runner = context.makeRunner()
        let stream = runner.read(reader)
        runner.forEach(stream, name: "source") { batch in
            try batch.requireRows(below: table.rowCount, place: name)
            sample.withLock { $0.offer(batch) }
        }
        try await runner.run()
        return (sample.withLock { $0.states }, try InputIdentity.ofContent(paths))
    }
}
