import Corpora
import Diagnostics
import Evaluation
import Formats
import Glibc
import Pipelines
import Shards
import Taggers
import TeacherPrograms
import Teachers
import Tokenization
import UnicodeText

/// A parser, and what is done with what comes out of it; each must take any bytes and either work or throw a ``Failure``.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A stream of blocks, compressed or not, as it comes from a pipe.
    case stream
    /// The columns of a data block whose checksums are right, in a scored stream; then a tagger reads them.
    case columns
    /// A finished shard, through its seek table.
    case shard
    case checkpoint
    /// A vector table whose checksums are right.
    case table
    /// Vector files: text, GloVe, word2vec binary, fastText model, told apart by their first bytes.
    case vectors
    case safetensors
    /// `config.json` of a model.
    case configuration
    case conll
    case jsonl
    /// What tools for annotation export, told apart by its content; read with its labels and written in every form.
    case labels
    /// Lines of text, tokenized.
    case text
    case dictionary
    /// A pipeline definition.
    case pipeline
    /// What sentences count, of `evaluate --counts`.
    case counts
    /// What the sources have to say, of `weigh`.
    case weights
    /// A definition of a study.
    case study
    /// What is known of the languages of a study: columns with tabs between them.
    case languages
    /// Measures of pairs of languages, of `divergence --csv`.
    case measures
    /// What the cells of a study print.
    case lines
    /// What a program that is a teacher writes: its hello, and what follows that line as an answer.
    case program

    /// Runs the parser on some bytes.
    ///
    /// - Throws: What is no ``Failure``, or one that calls itself a bug.
    package func run(_ bytes: [UInt8]) throws {
        do {
            try feed(bytes)
        } catch let failure as Failure where failure.code != .bug {
            // What every message must be: one line of text.
            precondition(!failure.message.contains("\n"), "a message of several lines: \(failure.message)")
        }
    }

    private func feed(_ bytes: [UInt8]) throws {
        switch self {
        case .stream: try StreamFuzz.read(bytes)
        case .columns: try StreamFuzz.readColumns(bytes)
        case .shard: try StreamFuzz.readShard(bytes)
        case .checkpoint: try StreamFuzz.readCheckpoint(bytes)
        case .table: try VectorFuzz.readTable(bytes)
        case .vectors: try VectorFuzz.importVectors(bytes)
        case .safetensors: _ = try Safetensors.decode(bytes, path: "fuzz")
        case .configuration: try JSON.decodeConfiguration(bytes)
        case .conll: try TextFuzz.readColumns(bytes)
        case .jsonl: try TextFuzz.tokenize(bytes, JSONLines())
        case .labels: try LabelFuzz.convert(bytes)
        case .text: try TextFuzz.tokenize(bytes, PlainText())
        case .dictionary:
            _ = try BilingualDictionary(
                LineReader(BufferedInput(MemoryInput(bytes), bufferByteCount: 1 << 12), maximumLineByteCount: 1 << 10))
        case .pipeline:
            let file = try Definition(text: String(decoding: bytes, as: UTF8.self), path: "fuzz", settings: [])
            _ = try file.shell(program: "nerpipe") { $0.name == "select" }
        case .counts:
            try MemoryFile.with(bytes) { path in
                let file = try CountsFile(path: path)
                if let seen = file.seen { precondition((file.sentences.sum - seen.sum).isPossible) }
                let test = PairedBootstrap(replicates: 2, seed: 1)
                _ = try? SeedComparison(base: [file.sentences], system: [file.sentences], test: test).table()
            }
        case .study: try StudyFuzz.readDefinition(bytes)
        case .languages: try StudyFuzz.readLanguages(bytes)
        case .measures: try StudyFuzz.readMeasures(bytes)
        case .lines: try StudyFuzz.readLines(bytes)
        case .program: try ProgramFuzz.read(bytes)
        case .weights:
            try MemoryFile.with(bytes) { path in
                let similarity = try SourceSimilarity(path: path)
                let feature = [Float](repeating: 0.5, count: similarity.dimension)
                let weights = similarity.weights(ofSentence: feature)
                precondition(weights.count == similarity.sources.count && weights.allSatisfy { $0.isFinite })
            }
        }
    }
}

extension JSON {
    fileprivate static func decodeConfiguration(_ bytes: [UInt8]) throws {
        guard let configuration = try? decode(TaggerConfiguration.self, from: bytes) else { return }
        try configuration.validate(place: "fuzz")
        // What passed is what memory is taken by.
        precondition(ParameterLayout(configuration).count >= 0)
    }
}

/// A file in memory, for parsers that want a path.
enum MemoryFile {
    static func with(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = "/dev/shm/nerpipe-fuzz-\(getpid())-\(pthread_self())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        precondition(descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        defer { unlink(path) }
        try body(path)
    }
}
