import Corpora
package import Shards
package import Taggers
package import Teachers
package import Vectors

extension Embedder {
    /// Makes the inputs of a tagger.
    package init(table: VectorTable, for configuration: TaggerConfiguration) throws {
        try self.init(
            table: table, features: configuration.features.map(\.name), numbers: configuration.numbers)
    }
}

extension PipelineRunner {
    /// Tokens to rows and features.
    package func embed(_ input: BatchStream, _ embedder: Embedder, firstIndex: Int = 0) throws -> BatchStream {
        let header = try embedder.header(for: input.header, place: input.name)
        let language = input.header.language
        return map(input, name: "embed", header: header, firstIndex: firstIndex) { batch, counters in
            let (embedded, coverage) = embedder.embed(batch, language: language)
            counters.note("tokens found in the table", coverage.found)
            counters.note("tokens composed from sub-words", coverage.composed)
            counters.note("tokens without a vector", coverage.absent)
            return embedded
        }
    }

    /// The header of a stream after a teacher scored it.
    package static func scoredHeader(_ input: StreamHeader, _ teacher: some Teacher, place: String) throws
        -> StreamHeader
    {
        try input.require(.embedded, from: place, by: "score")
        try teacher.requireFit(input, stream: place)
        var header = input
        header.kind = .scored
        header.labels = teacher.labels
        header.teachers = teacher.digests
        header.teacherWeights = teacher.digests.count == 1 ? nil : teacher.weights
        header.votes = teacher.weights.count == 1 ? nil : teacher.weights.count
        return header
    }

    /// Rows and features to the teacher's distributions.
    ///
    /// - Parameter rowCount: Rows of the vector table, which those of the stream must not exceed.
    package func score(_ input: BatchStream, _ teacher: some Teacher, rowCount: Int, firstIndex: Int = 0) throws
        -> BatchStream
    {
        let header = try Self.scoredHeader(input.header, teacher, place: input.name)
        return map(input, name: "score", header: header, firstIndex: firstIndex) { batch, _ in
            try batch.requireRows(below: rowCount, place: input.name)
            var scored = batch
            scored.scores = teacher.score(batch)
            return scored
        }
    }
}
