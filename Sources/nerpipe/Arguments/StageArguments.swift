import ArgumentParser
import Corpora
import Diagnostics
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

extension ArithmeticPrecision: ExpressibleByArgument {}
extension InputFormat: ExpressibleByArgument {}
extension InvalidTextPolicy: ExpressibleByArgument {}
extension NumberSelection: ExpressibleByArgument {}

struct TokenizeArguments: ParsableArguments {
    @Option(help: "Language code of the text, for instance sw; it is stored in the stream.")
    var lang = "und"

    @Option(help: ArgumentHelp("Form of the input.", valueName: "auto|text|jsonl|conll"))
    var format: InputFormat = .auto

    @Option(help: ArgumentHelp("What to do with bytes that are not UTF-8.", valueName: "fail|replace"))
    var invalid: InvalidTextPolicy = .fail

    @Option(help: "Bytes of text per block, at least; decides the blocks and with them the order of training.")
    var blockBytes = 65536

    @Option(help: "Longest line that is accepted, in bytes.")
    var maximumLineBytes = LineReader.defaultMaximumLineByteCount

    @Option(help: "Longer sentences are split, and counted.")
    var maximumSentenceTokens = 512

    @OptionGroup var bad: BadRecordArguments

    func validate() throws {
        guard (1...(1 << 26)).contains(blockBytes) else {
            throw ValidationError("--block-bytes must be from 1 to 67108864")
        }
        guard (1...(1 << 29)).contains(maximumLineBytes) else {
            throw ValidationError("--maximum-line-bytes must be from 1 to 536870912")
        }
        guard (1...65536).contains(maximumSentenceTokens) else {
            throw ValidationError("--maximum-sentence-tokens must be from 1 to 65536")
        }
    }

    /// What decides the blocks, besides the text.
    var identity: String {
        "blocks of \(blockBytes) bytes, sentences of \(maximumSentenceTokens) tokens, format \(format.rawValue), invalid \(invalid.rawValue)"
            + (bad.onError.isTolerant ? ", bad records left out" : "")
    }

    private func stage(for paths: [String]) -> TokenizeStage {
        TokenizeStage(
            language: lang, invalidText: invalid, maximumSentenceTokenCount: maximumSentenceTokens,
            isGiven: paths.allSatisfy { format.resolved(for: $0) == .conll }, isTolerant: bad.onError.isTolerant)
    }

    /// The header of the stream that ``stream(_:_:_:)`` gives.
    func header(for paths: [String]) throws -> StreamHeader {
        let formats = Set(paths.map { format.resolved(for: $0).rawValue }).sorted()
        if case .quarantine(let path) = bad.onError, formats.count > 1 {
            throw Failure(
                .usage,
                "\(path): inputs of several forms (\(formats.joined(separator: ", "))) cannot be kept in one file; read each form in a run of its own"
            )
        }
        return stage(for: paths).header
    }

    /// Starts reading and tokenizing.
    func stream(_ paths: [String], _ runner: PipelineRunner, _ session: Session) throws -> BatchStream {
        _ = try header(for: paths)
        return runner.tokenize(
            TextSource(
                paths: paths, format: format, blockByteCount: blockBytes, maximumLineByteCount: maximumLineBytes,
                isTolerant: bad.onError.isTolerant),
            stage(for: paths), name: paths[0], bad: bad.records { session.log($0) })
    }
}

struct EmbedArguments: ParsableArguments {
    @Option(help: "Vector table, from 'nerpipe vectors import'.")
    var vectors: String

    @Option(help: "Hashed features, comma-separated: shape, lower, prefix1-9, suffix1-9.")
    var features = "shape"

    @Option(
        help: ArgumentHelp(
            "Numbers beside each vector: statistics of the word, where the table has them, and flags of its position. auto: all when the table has statistics, otherwise none.",
            valueName: "auto|none|statistics|positions|all"))
    var numbers: NumberSelection = .auto

    @Flag(help: "Also write every vector and its statistics, for programs that are not nerpipe.")
    var dense = false

    func embedder() throws -> Embedder {
        let table = try VectorTable(path: vectors)
        try table.verify()
        return try Embedder(
            table: table, features: features.split(separator: ",").map(String.init),
            numbers: numbers.numbers(of: table), writesDenseVectors: dense)
    }
}

struct PrecisionArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Arithmetic of the network: 32-bit floats, or products of 16-bit ones, which is faster on a CPU that has them (AVX512_BF16) and moves few labels.",
            valueName: "full|reduced"))
    var precision: ArithmeticPrecision = .full
}

struct ScoreArguments: ParsableArguments {
    @Option(help: "Model directory of the teacher; repeated, the mean of several.")
    var teacher: [String] = []

    @Option(help: "How much each teacher has to say, in their order. Default: the same for all.")
    var weight: [Double] = []

    @Option(help: "File of 'nerpipe weigh', whose sources are the teachers in their order.")
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Whether all of the target has one set of weights, or every sentence its own.", valueName: "domain|sentence"
        ))
    var weightLevel: WeightLevel = .domain

    enum WeightLevel: String, ExpressibleByArgument, CaseIterable { case domain, sentence }

    @OptionGroup var arithmetic: PrecisionArguments

    func validate() throws {
        guard !teacher.isEmpty else { throw ValidationError("Missing expected argument '--teacher <teacher>'") }
        guard weight.isEmpty || weights == nil else { throw ValidationError("give either --weight or --weights") }
        guard weightLevel == .domain || weights != nil else {
            throw ValidationError("--weight-level sentence needs --weights FILE")
        }
    }

    func models() throws -> [ModelFolder] { try teacher.map(ModelFolder.init) }

    func makeTeacher(_ models: [ModelFolder], vectors: VectorTable) throws -> TeacherMixture {
        let teachers = try models.map { try $0.teacher(vectors: vectors, arithmetic.precision) }
        guard let weights else { return try TeacherMixture(teachers, weights: weight) }
        let similarity = try SourceSimilarity(path: weights)
        guard similarity.sources.count == teachers.count else {
            throw Failure(
                .usage,
                "\(weights): weighs \(similarity.sources.count) sources (\(similarity.sources.joined(separator: " "))), there are \(teachers.count) teachers; give one --teacher for each, in that order"
            )
        }
        var feature = SentenceFeature.vectors(vectors)
        if let digest = similarity.modelDigest {
            guard arithmetic.precision == .full else {
                throw Failure(
                    .usage,
                    "\(weights): made with the states of a model in full precision; leave out --precision reduced, or weigh without --model"
                )
            }
            guard let teacher = teachers.first(where: { $0.digests == [digest] }) else {
                throw Failure(
                    .usage,
                    "\(weights): made with the states of another model than these teachers; weigh the sources again with --model one of them"
                )
            }
            feature = .states(teacher)
        }
        guard similarity.tableDigest == vectors.description.digest, similarity.dimension == feature.dimension else {
            throw Failure(
                .badData, "\(weights): made with another vector table than \(vectors.path); weigh the sources again")
        }
        return try TeacherMixture(
            teachers, weights: similarity.weights,
            bySentence: weightLevel == .sentence ? (similarity, feature) : nil)
    }
}
