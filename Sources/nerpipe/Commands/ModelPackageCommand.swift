import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Formats
import LanguageCodes
import ModelPackages
import Pipelines
import Shards
import Taggers
import Tokenization
import Vectors

struct ModelPackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Packs a model with what it needs of its vector table.",
        discussion: """
            EXAMPLES
              nerpipe model package students/sw -o sw.nerpipe
              nerpipe model package students/sw --megabytes 10 \\
                --gold dev.conll -o sw.nerpipe
              nerpipe tag --model sw.nerpipe < text > tagged.conll

            A package tags without any other file. It holds the rows of its language, the most frequent words first, as 8-bit numbers, \
            and a model card in the form of Hugging Face. A name that ends in .nerpipe is one file, an uncompressed ZIP archive; any other is a folder. With --gold \
            the card says what F1 it has, what the model has with the whole table, and what smaller packages cost.
            """)

    @Argument(help: "Model directory.")
    var model: String

    @Option(name: .joinable("o"), help: "Package to make: NAME.nerpipe, one file, or a folder.")
    var output: String

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(help: "Language of the package. Default: the language of the model.")
    var lang = "und"

    @Option(help: "Words that have a vector, at most. Default: all of the language.")
    var rows: Int?

    @Option(help: "Size of the package, at most, in millions of bytes; decides --rows.")
    var megabytes: Double?

    @Option(
        help: ArgumentHelp(
            "Sub-words for words without a vector: as they are, none, or fitted anew to the words that are kept in so many rows.",
            valueName: "keep|none|number"))
    var subwords: SubwordChoice = .fitted(20_000)

    @Option(help: ArgumentHelp("How the numbers of a vector are stored.", valueName: "f16|int8"))
    var rowFormat = VectorRowFormat.int8

    @Option(help: "Labelled files of the language, to measure what the package loses.")
    var gold: [String] = []

    @Option(help: "Identifier of the licence, for the card (apache-2.0, cc-by-4.0 ...).")
    var license: String?

    @Option(help: "Name, for the card. Default: the output's.")
    var name: String?

    @Option(help: "Seed of what is fitted.")
    var seed: UInt64 = 1

    @OptionGroup var labels: GoldArguments
    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    enum SubwordChoice: ExpressibleByArgument, Equatable {
        case keep, none
        case fitted(Int)

        init?(argument: String) {
            switch argument {
            case "keep": self = .keep
            case "none": self = .none
            default:
                guard let count = Int(argument), (1...10_000_000).contains(count) else { return nil }
                self = .fitted(count)
            }
        }

        var defaultValueDescription: String {
            switch self {
            case .keep: "keep"
            case .none: "none"
            case .fitted(let count): "\(count)"
            }
        }
    }

    func validate() throws {
        guard rows.map({ $0 >= 1 }) ?? true else { throw ValidationError("--rows must be at least 1") }
        guard megabytes.map({ (0.001...1e6).contains($0) }) ?? true else {
            throw ValidationError("--megabytes must be from 0.001 to 1000000")
        }
        guard rows == nil || megabytes == nil else { throw ValidationError("give either --rows or --megabytes") }
    }

    func run() async throws {
        let session = Session(common, command: "model package")
        let rule = try overwriting.rule(for: output, compresses: false, wait: common.wait)
        let isFile = output.hasSuffix(ModelPackage.ending)
        let folder = isFile ? output + ".work" : output
        do {
            try rule.requireFree(isFile ? output : "\(output)/\(ModelPackage.manifestName)")
        } catch let complete as OutputRule.CompleteAlready {
            // It was killed while it tidied up.
            if isFile { try Directory.removeTree(folder) }
            throw complete
        }
        let packing = try Packing(self, session)
        try await session.run {
            // A folder is complete when it has its manifest, which is written last.
            try Directory.make(folder)
            let lock = try FileLock(folder: folder, wait: rule.wait)
            defer { withExtendedLifetime(lock) {} }
            try Directory.remove("\(folder)/\(ModelPackage.manifestName)")
            try packing.make(in: folder)
            if isFile {
                try StoredArchive.write(ModelPackage.memberNames, of: folder, to: output, rule)
                try Directory.removeTree(folder)
            }
        }
    }

    /// What is packed, and what is measured of it.
    private struct Packing: Sendable {
        let command: ModelPackageCommand
        let session: Session
        let folder: ModelFolder
        let table: VectorTable
        let cut: LanguageCut
        var size = LanguageCut.Size()

        init(_ command: ModelPackageCommand, _ session: Session) throws {
            (self.command, self.session) = (command, session)
            folder = try ModelFolder(path: command.model)
            table = try TableFinder.open(
                folder.model.configuration.vectors, override: command.vectors, neededBy: command.model)
            let code = try TextLanguage.of(command.lang, models: [folder.model.configuration], table: table) {
                session.log($0)
            }
            cut = try LanguageCut(table, language: table.ownCode(for: code), seed: command.seed)
            size.rowFormat = command.rowFormat
            switch command.subwords {
            case .keep: size.subwords = .kept
            case .none: size.subwords = .none
            case .fitted(let count): size.subwords = .fitted(buckets: count)
            }
            size.rowLimit = command.rows
            if let megabytes = command.megabytes {
                size.rowLimit = try ModelPackage.rowLimit(megabytes: megabytes, folder.model, cut, size)
            }
        }

        func make(in path: String) throws {
            let package = ModelPackage(folder.model, cut, size)
            let (model, description) = try package.writeModel(to: path)
            var card = PackageCard()
            card.name = command.name ?? String(command.output.split(separator: "/").last ?? "model")
            card.language = cut.language
            card.license = command.license
            card.types = try model.tagSet(place: command.model).types
            card.producer = Version.producer
            (card.rows, card.rowsOfTable) = (description.rowCount, cut.candidateCount)
            card.subwords = subwordText(description)
            card.byteCount = try ModelPackage.byteCount(of: path)
            if Directory.fileExists("\(command.model)/README.md") {
                card.origin = String(decoding: try Directory.contents(of: "\(command.model)/README.md"), as: UTF8.self)
            }
            if let corpus = try corpus() {
                let full = try score(folder.model, table, corpus)
                let report = try score(model, VectorTable(path: "\(path)/\(ModelPackage.tableName)"), corpus)
                card.score = .init(
                    dataset: String(command.gold[0].split(separator: "/").last ?? "gold"), report: report,
                    fullTableF1: full.f1)
                card.sizes = try smallerSizes(description.rowCount, beside: path, corpus)
            }
            try package.finish(card, in: path, tokenizer: WordTokenizer.identity, producer: Version.producer)
            session.log(
                "\(command.output): \(description.rowCount) of \(cut.candidateCount) words, \(FixedDecimal.text(Double(card.byteCount) / 1e6, decimals: 1)) MB"
                    + (card.score.map { score in
                        ", F1 \(FixedDecimal.text(score.report.f1, decimals: 2)) (with the whole table \(FixedDecimal.text(score.fullTableF1 ?? 0, decimals: 2)))"
                    } ?? ""))
        }

        private func subwordText(_ description: VectorTableDescription) -> String {
            guard let subwords = description.subwords else { return "others have no vector" }
            let origin = size.subwords == .kept ? "" : ", fitted to these words"
            return
                "others are composed of their n-grams of \(subwords.minimum) to \(subwords.maximum) letters, hashed into \(subwords.buckets) rows\(origin)"
        }

        private func corpus() throws -> GoldCorpus? {
            guard !command.gold.isEmpty else { return nil }
            var arguments = command.labels
            // What the model does not know cannot be lost by packing it.
            arguments.types =
                try arguments.types ?? folder.model.tagSet(place: command.model).types.joined(separator: ",")
            let bad = arguments.bad.records { session.log($0) }, reading = ReadingNotes { session.log($0) }
            return try arguments.corpus(
                command.gold, longSentences: .refuse, requiresIOB: false, bad: bad, reading: reading)
        }

        private func score(_ model: Model, _ table: VectorTable, _ corpus: GoldCorpus) throws -> ScoreReport {
            try corpus.evaluate(model, table: table, language: cut.language).scorer.report
        }

        /// Half, a quarter ... of the words, down to a thousand.
        private func smallerSizes(_ rowCount: Int, beside path: String, _ corpus: GoldCorpus) throws -> [PackageCard
            .SizeRow]
        {
            var sizes: [PackageCard.SizeRow] = []
            var rows = rowCount / 2
            let trial = path + "/trial"
            while rows >= 1000, sizes.count < 6 {
                try Interruption.check("interrupted while sizes were compared")
                var smaller = size
                smaller.rowLimit = rows
                let (model, description) = try ModelPackage(folder.model, cut, smaller).writeModel(to: trial)
                let report = try score(model, VectorTable(path: "\(trial)/\(ModelPackage.tableName)"), corpus)
                sizes.append(
                    .init(rows: description.rowCount, byteCount: try ModelPackage.byteCount(of: trial), f1: report.f1))
                rows /= 2
            }
            try Directory.removeTree(trial)
            return sizes
        }
    }
}

struct ModelVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compares a package with its manifest; exit status 65 if it differs.",
        discussion: """
            EXAMPLE
              nerpipe model verify sw.nerpipe
            """)
    @Argument(help: "Package: NAME.nerpipe, or a folder.") var package: String

    func run() throws {
        let manifest = try ModelPackage.verify(package)
        // The digests that weights and table carry themselves.
        let model = try Model(path: package)
        _ = try TableFinder.open(model.configuration.vectors, override: nil, neededBy: package)
        try StandardOutput.write(
            "\(package): ok, \(manifest.language), \(manifest.members.values.reduce(0) { $0 + $1.bytes }) bytes, digest \(try model.digest())\n"
        )
    }
}
