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
        var rules: [any SelectionRule] = []
        if let smooth { rules.append(TypeSmoothing(strength: smooth)) }
        for weighting in weighBy {
            switch weighting {
            case .confidence: rules.append(ConfidenceWeighting())
            case .agreement: rules.append(AgreementWeighting())
            case .reliability:
                guard let teacher else { continue }
                var settings = NeighborReliability.Settings()
                settings.seed = seed
                rules.append(NeighborReliability(encoder: teacher, labels: teacher.labels, settings: settings))
            }
        }
        if let minimumConfidence { rules.append(ConfidenceThreshold(minimumConfidence)) }
        if let keep {
            if let criterion = SentenceChoice.Criterion(rawValue: by.rawValue) {
                rules.append(SentenceChoice(rate: keep, by: criterion, seed: seed))
            } else if let teacher {
                rules.append(try await independence(keep, teacher, table, context))
            }
        }
        return rules
    }

    private func independence(
        _ rate: Double, _ encoder: some WordEncoder, _ table: VectorTable, _ context: PipelineContext
    ) async throws -> IndependenceChoice {
        var settings = IndependenceChoice.Settings()
        settings.seed = seed
        let paths = source.flatMap(Directory.expand)
        let reader = try ShardReader(paths: paths)
        try reader.header.require(.embedded, .scored, .labelled, from: reader.name, by: "select")
        try encoder.requireFit(reader.header, stream: reader.name)
        let sample = Locked(StateSample(encoder, limit: settings.sampleCount, seed: seed, number: 3 << 40))
        let name = reader.name
        let runner = context.makeRunner()
        let stream = runner.read(reader)
        runner.forEach(stream, name: "source") { batch in
            try batch.requireRows(below: table.rowCount, place: name)
            sample.withLock { $0.offer(batch) }
        }
        try await runner.run()
        return IndependenceChoice(
            rate: rate, encoder: encoder, source: sample.withLock { $0.states },
            sourceIdentity: try InputIdentity.ofContent(paths),
            settings: settings)
    }
}
