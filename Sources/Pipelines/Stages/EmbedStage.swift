package import ArgumentParser
import Corpora
package import Shards
package import Taggers
package import Vectors

extension NumberSelection: ExpressibleByArgument {}

/// Tokens to rows of a vector table, hashed features and flags of positions.
package struct EmbedStage: Stage {
    package static let help = StageHelp(
        "embed", abstract: "Looks tokens up in a vector table and hashes their features.",
        discussion: """
            EXAMPLE
              nerpipe tokenize --lang sw news.txt.zst \\
                | nerpipe embed --vectors en-sw.vectors -o embedded.zst

            Writes row numbers and hashes, some tens of bytes a token. Words are looked up in lower case and NFC, their usual writings as one (docs/input.md); those the table lacks are \
            composed from character n-grams when the table has them, otherwise they count as absent.
            """)
    package static let kinds: [StreamHeader.Kind] = [.tokens]
    package static func kind(after kind: StreamHeader.Kind) -> StreamHeader.Kind { .embedded }

    @Option(help: "Vector table, from 'nerpipe vectors import'.")
    package var vectors: String

    @Option(help: "Hashed features, comma-separated: shape, lower, prefix1-9, suffix1-9.")
    package var features = "shape"

    @Option(
        help: ArgumentHelp(
            "Numbers beside each vector: statistics of the word, where the table has them, and flags of its position. auto: all when the table has statistics, otherwise none.",
            valueName: "auto|none|statistics|positions|all"))
    package var numbers: NumberSelection = .auto

    @Flag(help: "Also write every vector and its statistics, for programs that are not nerpipe.")
    package var dense = false

    package init() {}

    package func embedder() throws -> Embedder {
        let table = try VectorTable(path: vectors)
        try table.verify()
        return try Embedder(
            table: table, features: features.split(separator: ",").map(String.init),
            numbers: numbers.numbers(of: table), writesDenseVectors: dense)
    }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        let embedder = try embedder()
        let table = embedder.table
        context.share(table)
        var stage = try OpenStage(embedder, header, place: place)
        stage.plan = [
            "vector table: \(table.path), \(table.rowCount) rows of \(table.dimension), digest \(table.description.digest)"
        ]
        return stage
    }
}

extension OpenStage {
    /// Tokens to the inputs of a tagger.
    package init(_ embedder: Embedder, _ header: StreamHeader, place: String) throws {
        let embedded = try embedder.header(for: header, place: place)
        let language = embedded.language, given = header.language
        self.init(header: embedded) { batch, counters in
            let (embedded, coverage) = embedder.embed(batch, language: language)
            counters.note(coverage)
            counters.note(
                "tokens of these found in the rows of the pivot, \(embedder.table.description.pivot ?? "")",
                coverage.foundInPivot)
            if language != given {
                counters.note("tokens of '\(given)', which is '\(language)' in the table", batch.tokenCount)
            }
            return embedded
        }
    }
}

extension Embedder {
    /// Makes the inputs of a tagger.
    package init(table: VectorTable, for configuration: TaggerConfiguration) throws {
        try self.init(
            table: table, features: configuration.features.map(\.name), numbers: configuration.numbers)
    }
}
