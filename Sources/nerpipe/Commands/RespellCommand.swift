import ArgumentParser
import Corpora
import Diagnostics
import Divergence
import Evaluation
import Formats
import Pipelines
import Shards

struct RespellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "respell", abstract: "Makes a twin of a language: some of its words are spelled in another way.",
        discussion: """
            EXAMPLES
              nerpipe respell news.sw.txt.zst twin.txt.zst --rate 0.3
              nerpipe respell dev.conll twin.conll --rate 0.3 --column 1
              nerpipe respell en-sw.tsv en-twin.tsv --rate 0.3 --column 2
              nerpipe respell news.sw.txt twin.txt --rate 0.3 --names keep \\
                --labels train.conll --name-list gazetteer.txt

            Which words, and how, depends on the word, the rate and the seed alone, so that text, parallel text, dictionaries and labelled text of one \
            language become those of one twin. Vowels become vowels and consonants consonants, case and length stay; no two words become one, and \
            done twice it gives the words back. What is between words stays as it is, and so are the other columns. A column ends with a \
            tab, in a line without tab with a space.
            """)

    enum Names: String, CaseIterable, ExpressibleByArgument { case keep, respell }

    @Argument(help: "Text, plain, .gz or .zst; '-' is standard input.")
    var input: String

    @Argument(help: "Output file, compressed when it ends in .zst; '-' is standard output.")
    var output: String

    @Option(help: "The share of the different words that are re-spelled, from 0 to 1.")
    var rate: Double

    @Option(help: "Seed of the spelling, and of which words have it.")
    var seed: UInt64 = 1

    @Option(help: "Re-spell this column alone, counted from 1. Default: whole lines.")
    var column: Int?

    @Option(help: ArgumentHelp("What becomes of the words of names.", valueName: "keep|respell"))
    var names = Names.respell

    @Option(help: "Labelled text whose entities are names, for --names keep.")
    var labels: [String] = []

    @Option(help: ArgumentHelp("Names, one on a line, for --names keep.", valueName: "file"))
    var nameList: [String] = []

    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--rate", (0...1).contains(rate), "from 0 to 1"),
            ("--column", column.map { (1...1000).contains($0) } ?? true, "from 1 to 1000"),
        ])
        guard (names == .keep) == !(labels.isEmpty && nameList.isEmpty) else {
            throw ValidationError("--names keep and --labels or --name-list need each other")
        }
    }

    func run() async throws {
        let session = Session(common, command: "respell"), command = self
        try await session.run { try command.respell(session) }
    }

    private func respell(_ session: Session) throws {
        let rule = try overwriting.rule(for: output, inputs: [input] + labels + nameList, wait: common.wait)
        let file = output == "-" ? nil : try TextFile(output, rule)
        let cipher = WordCipher(seed: seed, rate: rate, keeping: try keptWords(session))
        let lines = LineReader(try BufferedInput(FileInput(path: input)))
        var line: [UInt8] = [], out: [UInt8] = [], counts = WordCipher.Counts()
        func flush() throws {
            if let file { try file.write(out) } else { try out.withUnsafeBytes { try StandardOutput.write($0) } }
            out.removeAll(keepingCapacity: true)
        }
        while try lines.appendNext(to: &line) {
            line.withUnsafeBufferPointer { line in
                let part = Self.part(of: line, column)
                out += line[..<part.lowerBound]
                cipher.respell(UnsafeBufferPointer(rebasing: line[part]), to: &out, &counts)
                out += line[part.upperBound...]
            }
            out += lines.lineEnd.bytes
            line.removeAll(keepingCapacity: true)
            if out.count >= 1 << 16 {
                try Interruption.check("interrupted while reading \(lines.name)")
                try flush()
            }
        }
        try flush()
        try file?.commit()
        let share = FixedDecimal.text(100 * Double(counts.respelled) / Double(max(1, counts.words)), decimals: 1)
        session.log(
            "\(counts.words) words, \(counts.respelled) re-spelled (\(share) %), \(counts.names) stay as names, \(counts.unknown) have no letter that can be swapped"
        )
    }

    /// What is re-spelled of a line.
    static func part(of line: UnsafeBufferPointer<UInt8>, _ column: Int?) -> Range<Int> {
        guard let column else { return 0..<line.count }
        // The mark of a document is no word.
        guard !line.starts(with: Array("-DOCSTART-".utf8)) else { return 0..<0 }
        let separator: UInt8 = line.contains(0x09) ? 0x09 : 0x20
        var start = 0
        for _ in 1..<column {
            guard let end = line[start...].firstIndex(of: separator) else { return line.count..<line.count }
            start = end + 1
        }
        return start..<(line[start...].firstIndex(of: separator) ?? line.count)
    }

    /// The words of all names.
    private func keptWords(_ session: Session) throws -> [[UInt8]] {
        var words: [[UInt8]] = []
        for path in nameList {
            let lines = LineReader(try BufferedInput(FileInput(path: path)))
            var line: [UInt8] = []
            while try lines.appendNext(to: &line) {
                words.append(line)
                line.removeAll(keepingCapacity: true)
            }
        }
        guard !labels.isEmpty else { return words }
        let bad = bad.records { session.log($0) }
        let corpus = GoldCorpus(
            files: labels.flatMap(Directory.expand).map { GoldCorpus.File(path: $0, language: nil) },
            labels: try LabelFilter(map: "", types: nil), longSentences: .cut, requiresIOB: false, bad: bad,
            reading: ReadingNotes { session.log($0) })
        words += try corpus.entityWords()
        try bad.finish()
        return words
    }
}
