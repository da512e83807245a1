import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Pipelines
import Shards
import VectorInspection
import Vectors

struct VectorsPlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draws words of two languages in two dimensions, as SVG.",
        discussion: """
            EXAMPLES
              nerpipe vectors plot t.vectors --from en --to sw --words pairs.tsv -o p.svg
              nerpipe vectors plot t.vectors --from en --to sw --words dog=mbwa,cat -o -

            A file has a word per line, or a word, a tab and its translation, which a line joins in the picture. On the command line words \
            stand between commas, translations behind '='. The two principal components of the unit vectors.
            """)

    @Argument(help: "Vector table.")
    var table: String

    @Option(help: ArgumentHelp("Words and their translations.", valueName: "file|words"))
    var words: String

    @Option(help: "Language of the words.")
    var from: String = "*"

    @Option(help: "Language of the translations. Default: that of the words.")
    var to: String?

    @Option(name: .joinable("o"), help: "Picture to make; '-' is standard output.")
    var output: String

    @OptionGroup var overwriting: OverwriteArguments

    private static let maximumWordCount = 2000

    func run() throws {
        let rule = try overwriting.rule(for: output)
        try rule.requireFree(output)
        let table = try VectorTable(path: table)
        let from = try table.ownCode(for: from, option: "--from")
        let to = try to.map { try table.ownCode(for: $0, option: "--to") } ?? from
        var queries: [(label: String, series: Int, vector: [Float])] = []
        var pairs: [(Int, Int)] = []
        for (number, entry) in try entries().enumerated() {
            queries.append((entry.word, 0, try vector(entry.word, from, table, number)))
            guard let translation = entry.translation else { continue }
            queries.append((translation, 1, try vector(translation, to, table, number)))
            pairs.append((queries.count - 2, queries.count - 1))
        }
        guard (2...Self.maximumWordCount).contains(queries.count) else {
            throw Failure.wrongWordCount(queries.count, maximum: Self.maximumWordCount)
        }
        let components = PrincipalComponents(queries.map(\.vector))
        let plot = VectorPlot(
            series: pairs.isEmpty ? [from] : [from, to],
            points: zip(queries, components.coordinates).map {
                .init(label: $0.label, x: $1.x, y: $1.y, series: $0.series)
            },
            pairs: pairs, title: "\(queries.count) words of \(self.table)",
            axes: (axis(1, components.explained.first), axis(2, components.explained.second)))
        if output == "-" { return try StandardOutput.write(plot.svg) }
        try TextFile.write(plot.svg, to: output, rule)
    }

    private func axis(_ number: Int, _ share: Double) -> String {
        "component \(number), \(FixedDecimal.text(100 * share, decimals: 0)) % of the variance"
    }

    /// The unit vector of a word.
    private func vector(_ word: String, _ language: String, _ table: VectorTable, _ number: Int) throws -> [Float] {
        do {
            let vector = try WordQuery(word, language: language, in: table).vector
            let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            return vector.map { Float(Double($0) / length) }
        } catch let failure as Failure {
            throw Failure.inWords(entry: number + 1, failure)
        }
    }

    private func entries() throws -> [(word: String, translation: String?)] {
        guard Directory.fileExists(words) else {
            return try words.split(separator: ",").map { try Self.entry($0, separator: "=", place: "--words") }
        }
        let reader = LineReader(try BufferedInput(FileInput(path: words)), maximumLineByteCount: 1 << 16)
        var entries: [(word: String, translation: String?)] = []
        var line: [UInt8] = []
        while try reader.appendNext(to: &line) {
            let text = String(decoding: line, as: UTF8.self)
            if !text.isEmpty {
                entries.append(
                    try Self.entry(text[...], separator: "\t", place: "\(words):\(reader.lineNumber)"))
            }
            guard entries.count <= Self.maximumWordCount else { break }
            line.removeAll(keepingCapacity: true)
        }
        return entries
    }

    private static func entry(_ text: Substring, separator: Character, place: String) throws
        -> (word: String, translation: String?)
    {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure.noWordPair(place)
        }
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
    }
}
