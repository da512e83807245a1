import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Glibc
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

extension ArithmeticPrecision: ExpressibleByArgument {}
extension InputFormat: ExpressibleByArgument {}
extension InvalidTextPolicy: ExpressibleByArgument {}
extension NumberSelection: ExpressibleByArgument {}
extension Objective: ExpressibleByArgument {}
extension TrainingSettings.Schedule: ExpressibleByArgument {}
extension VectorNormalization: ExpressibleByArgument {}

enum Switch: String, ExpressibleByArgument, CaseIterable { case auto, always, never }
enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// Refuses the first of some options whose value is not what it must be.
func requireAll(_ checks: [(option: String, isGood: Bool, rule: String)]) throws {
    if let bad = checks.first(where: { !$0.isGood }) { throw ValidationError("\(bad.option) must be \(bad.rule)") }
}

/// A file or folder that an option names with something else, as `NAME=PATH`.
struct NamedPath {
    let name: String
    let path: String

    /// - Parameter form: What the option's value must be, for the message.
    init(_ text: String, option: String, form: String) throws {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(.usage, "\(option) '\(text)' is not \(form)")
        }
        name = String(text[..<equals])
        path = String(text[text.index(after: equals)...])
    }
}

/// What means the same everywhere.
struct CommonOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Computing threads; the result does not depend on it. Default: all cores.")
    var jobs: Int?

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print more of what happens.")
    var verbose = false

    @Option(
        help: ArgumentHelp(
            "Progress on stderr: live on a terminal, otherwise a line now and then.", valueName: "auto|always|never"))
    var progress: Switch = .auto

    @Option(help: ArgumentHelp("Form of messages on stderr.", valueName: "text|json"))
    var logFormat: LogFormat = .text

    @Option(
        help: ArgumentHelp("Append counters to this file every 10 seconds and at the end.", valueName: "file.jsonl"))
    var metrics: String?

    var jobCount: Int { max(1, jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be from 1 to 256") }
    }
}

extension BadRecordPolicy: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

/// What happens with records of the input that cannot be read.
struct BadRecordArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to do with a record that cannot be read (a line of text or JSON, a sentence of columns): stop, leave it out and count it, or keep it in FILE as well, to be mended and read again.",
            valueName: "fail|skip|quarantine:file"))
    var onError: BadRecordPolicy = .fail

    @Option(help: "Bad records that are left out at most; one more stops the run.")
    var maxErrors = BadRecords.defaultMaximumCount

    func validate() throws {
        guard (0...1_000_000_000).contains(maxErrors) else {
            throw ValidationError("--max-errors must be from 0 to 1000000000")
        }
        // Before hours of work, not at the first bad record.
        if case .quarantine(let path) = onError, !Directory.exists(Directory.parent(of: path)) {
            throw ValidationError("--on-error: there is no folder \(Directory.parent(of: path)) for the quarantine")
        }
    }

    /// - Parameter suffix: Of the quarantine file, for inputs of another kind than the main one.
    func records(suffix: String = "", notify: @escaping @Sendable (String) -> Void) -> BadRecords {
        var policy = onError
        if case .quarantine(let path) = onError { policy = .quarantine(path + suffix) }
        return BadRecords(policy, maximumCount: maxErrors, notify: notify)
    }
}

struct StreamInputArguments: ParsableArguments {
    @Argument(help: "Streams of nerpipe, compressed or plain; '-' is standard input.")
    var inputs: [String] = ["-"]

    var paths: [String] { inputs.flatMap(Directory.expand) }
}

struct StreamOutputArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "Output stream; '-' is standard output.")
    var output = "-"

    @Option(help: ArgumentHelp("Compress the output: auto leaves pipes uncompressed.", valueName: "auto|always|never"))
    var compress: Switch = .auto

    @Option(help: "zstd level.")
    var level = 3

    func validate() throws {
        guard (1...19).contains(level) else { throw ValidationError("--level must be from 1 to 19") }
    }

    var destination: StreamDestination { get throws { try StreamDestination(output) } }

    var compressor: FrameCompressor? {
        switch compress {
        case .always: FrameCompressor(level: level)
        case .never: nil
        case .auto: output == "-" && StandardOutput.isPipe ? nil : FrameCompressor(level: level)
        }
    }
}

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
        guard similarity.tableDigest == vectors.description.digest, similarity.dimension == vectors.dimension else {
            throw Failure(
                .badData, "\(weights): made with another vector table than \(vectors.path); weigh the sources again")
        }
        return try TeacherMixture(
            teachers, weights: similarity.weights,
            bySentence: weightLevel == .sentence ? (similarity, vectors) : nil)
    }
}

/// A model and where it is.
struct ModelFolder {
    let path: String
    let model: Model

    init(path: String) throws {
        self.path = path
        model = try Model(path: path)
    }

    func teacher(vectors: VectorTable, _ precision: ArithmeticPrecision) throws -> TaggerTeacher {
        try TaggerTeacher(model: model, path: path, vectors: vectors, precision: precision)
    }
}

/// The table that a stream or model names, or another file with the same content.
enum TableFinder {
    static func open(_ reference: TableReference, override: String?, neededBy: String) throws -> VectorTable {
        guard Directory.fileExists(override ?? reference.path) else {
            throw Failure(
                .noInput,
                "\(override ?? reference.path): no such vector table (\(neededBy) needs the one with digest \(reference.digest)); name it with --vectors FILE"
            )
        }
        let table = try VectorTable(path: override ?? reference.path)
        guard table.description.digest == reference.digest, table.dimension == reference.dimension else {
            throw Failure(
                .badData,
                "vector table differs: \(table.path) has digest \(table.description.digest), \(neededBy) needs \(reference.digest); name the right one with --vectors FILE"
            )
        }
        try table.verify()
        return table
    }
}

enum ResumeChoice: String, EnumerableFlag {
    case resume, fresh

    static func help(for value: ResumeChoice) -> ArgumentHelp? {
        switch value {
        case .resume: "Continue what an interrupted run with the same options left (the default)."
        case .fresh: "Start over, and replace what the output folder holds."
        }
    }
}

struct TrainingArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "Model directory to make; also holds the checkpoints.")
    var output: String

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Tokens whose sentences are shuffled together.")
    var windowTokens = TrainingSettings().windowTokenCount

    @Option(help: "Learning rate at its highest.")
    var learningRate = TrainingSettings().learningRate

    @Option(
        help: ArgumentHelp(
            "Learning-rate schedule. Default: linear for several epochs, inverse-sqrt for one.",
            valueName: "linear|inverse-sqrt|constant"))
    var schedule: TrainingSettings.Schedule?

    @Option(help: "Share of the updates that warm up, for linear.")
    var warmUp = TrainingSettings().warmUpFraction

    @Option(help: "Updates that warm up, for inverse-sqrt.")
    var warmUpUpdates = TrainingSettings().warmUpUpdateCount

    @Option(help: "Final factor of the learning rate, for linear.")
    var scheduleFloor = TrainingSettings().scheduleFloor

    @Option(help: "AdamW's first beta.")
    var beta1 = TrainingSettings().beta1

    @Option(help: "AdamW's second beta.")
    var beta2 = TrainingSettings().beta2

    @Option(help: "AdamW's decoupled weight decay.")
    var weightDecay = TrainingSettings().weightDecay

    @Option(help: "Largest norm of a gradient.")
    var clip = TrainingSettings().maximumGradientNorm

    @Option(help: "Dropout of every layer's input.")
    var dropout = TrainingSettings().dropout

    @Option(help: "Share of the tokens whose vector is dropped.")
    var vectorDropout = TrainingSettings().vectorDropout

    @Option(help: "Hidden width of the network.")
    var width = 96

    @Option(help: "Window convolutions of the network.")
    var convolutions = 3

    @Option(help: "Width of each feature's embedding.")
    var featureWidth = 16

    @Option(help: "Rows of each feature's embedding.")
    var featureBuckets = 1024

    @Option(help: "Seconds between checkpoints.")
    var checkpointSeconds = 60.0

    @Flag(help: "")
    var start: ResumeChoice = .resume

    func validate() throws {
        guard (0...1e9).contains(checkpointSeconds) else {
            throw ValidationError("--checkpoint-seconds must be from 0 to 1000000000")
        }
    }

    func settings(objective: Objective, epochs: Int, batchTokens: Int) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.objective = objective
        settings.epochs = epochs
        settings.batchTokenCount = batchTokens
        settings.windowTokenCount = windowTokens
        settings.learningRate = learningRate
        settings.schedule = schedule
        settings.warmUpFraction = warmUp
        settings.warmUpUpdateCount = warmUpUpdates
        settings.scheduleFloor = scheduleFloor
        settings.beta1 = beta1
        settings.beta2 = beta2
        settings.weightDecay = weightDecay
        settings.maximumGradientNorm = clip
        settings.dropout = dropout
        settings.vectorDropout = vectorDropout
        settings.seed = seed
        return settings
    }

    func options(settings: TrainingSettings, jobs: Int, purpose: String) -> StudentTraining.Options {
        var options = StudentTraining.Options(output: output, settings: settings, purpose: purpose)
        options.featureWidth = featureWidth
        options.featureBuckets = featureBuckets
        options.hiddenWidth = width
        options.convolutionCount = convolutions
        options.checkpointInterval = .seconds(checkpointSeconds)
        options.startsFresh = start == .fresh
        options.jobs = jobs
        return options
    }
}
