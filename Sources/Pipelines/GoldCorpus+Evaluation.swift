package import Corpora
package import Evaluation
package import Formats
import Shards
package import Taggers
package import Teachers
package import Vectors

extension GoldCorpus {
    /// Tags the corpus with a model and compares.
    package func evaluate(
        _ model: Model, table: VectorTable, language: String, precision: ArithmeticPrecision = .full
    ) throws -> SpanScorer {
        let tags = try model.tagSet(place: "model")
        let tagger = try TaggerInference(model, vectors: table, precision: precision)
        return try evaluate(Embedder(table: table, for: model.configuration), tags: tags, language: language) {
            tagger.tag($0, tags: tags)
        }
    }

    /// Tags the corpus with several models as an ensemble, and compares.
    ///
    /// - Parameter configuration: Of one of them; all must read the same inputs.
    package func evaluate(
        _ ensemble: TeacherMixture, table: VectorTable, configuration: TaggerConfiguration, language: String
    ) throws -> SpanScorer {
        let tags = try TagSet(names: ensemble.labels, place: ensemble.teachers[0].path)
        let embedder = try Embedder(table: table, for: configuration)
        try ensemble.requireFit(
            embedder.header(for: Self.tokensHeader(languages(default: language)[0]), place: paths[0]),
            stream: "the models' own inputs")
        return try evaluate(embedder, tags: tags, language: language) { ensemble.tag($0, tags: tags) }
    }

    private func evaluate(
        _ embedder: Embedder, tags: TagSet, language: String, _ predict: (SentenceBatch) -> [UInt8]
    ) throws -> SpanScorer {
        for language in languages(default: language) { try embedder.requireKnown(language) }
        var scorer = SpanScorer()
        try forEachBatch { batch in
            let (embedded, _) = embedder.embed(batch.sentences, language: batch.language ?? language)
            let predicted = predict(embedded)
            for sentence in 0..<batch.sentences.sentenceCount {
                let tokens = batch.sentences.tokens(ofSentence: sentence)
                try scorer.add(
                    gold: Array(batch.tags[tokens]), predicted: tokens.map { tags.names[Int(predicted[$0])] })
            }
        }
        return scorer
    }

    /// Compares the last column, the prediction, with the one before it.
    package static func evaluateColumns(
        _ paths: [String], mapping: TagMapping, columns: ColumnOptions = ColumnOptions(),
        bad: BadRecords = BadRecords(),
        reading: ReadingNotes = ReadingNotes()
    ) throws -> SpanScorer {
        var scorer = SpanScorer()
        for path in paths {
            var reader = try CoNLLReader(
                path: path, ReadingRequest(columns: columns, tags: .goldAndPredicted), tags: .goldAndPredicted,
                isTolerant: bad.isTolerant, reading)
            while let batch = try reader.nextBatch(textByteCount: blockByteCount) {
                for record in reader.takeRejected() { try bad.reject(record) }
                bad.accept(batch.sentenceCount)
                for sentence in 0..<batch.sentenceCount {
                    let tokens = batch.tokens(ofSentence: sentence)
                    try scorer.add(
                        gold: reader.tags[0][tokens].map(mapping.apply),
                        predicted: reader.tags[1][tokens].map(mapping.apply))
                }
            }
        }
        try bad.finish()
        return scorer
    }
}
