import ArgumentParser
import Diagnostics
import Evaluation
import Shards
import Streams
import VectorInspection
import Vectors

struct VectorsNearestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nearest", abstract: "Prints the words of a language that are nearest to a word.",
        discussion: """
            EXAMPLES
              nerpipe vectors nearest en-sw.vectors nyumba --from sw --to en
              nerpipe vectors nearest en-sw.vectors nyumba --from sw --count 3 --json

            The cosine of the angle, exact, over all rows of the language. An unknown word is composed from its \
            sub-words when the table has some.
            """)

    @Argument(help: "Vector table.")
    var table: String

    @Argument(help: "Word.")
    var word: String

    @Option(help: "Language of the word. Default: any, for a table whose rows are of any language.")
    var from: String = "*"

    @Option(help: "Language of the words to find. Default: that of the word.")
    var to: String?

    @Option(help: "How many words.")
    var count = 10

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Result: Encodable {
        struct Near: Encodable { var word: String, similarity: Double, row: Int }
        var word: String, language: String, vector: String, nearest: [Near]
    }

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count must be from 1 to 100000") }
    }

    func run() throws {
        let table = try VectorTable(path: table)
        let to = to ?? from
        let target = try table.requireNumber(of: to, option: self.to == nil ? "--from" : "--to")
        let query = try WordQuery(word, language: table.ownCode(for: from, option: "--from"), in: table)
        let neighbors = NeighborSearch(table, language: target).nearest(
            to: query.vector, count: count, excluding: query.row, threads: ComputeThreads(count: common.jobCount))
        let words = neighbors.map { neighbor in
            Result.Near(
                word: table.bytes(ofWord: neighbor.row).map { String(decoding: $0, as: UTF8.self) } ?? "",
                similarity: Double(neighbor.similarity), row: neighbor.row)
        }
        if json {
            let result = Result(
                word: query.form, language: query.language, vector: query.origin.rawValue, nearest: words)
            return try StandardOutput.write(String(decoding: try JSON.encodePretty(result), as: UTF8.self))
        }
        try StandardOutput.write(
            words.map { "\(FixedDecimal.text($0.similarity, decimals: 4))\t\($0.word)\n" }.joined())
    }
}
