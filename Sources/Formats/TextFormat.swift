package import Corpora
import Diagnostics
import UnicodeText

/// A form of text: how it is told from others, read and written. One file each; ``TextFormats`` lists them.
package protocol TextFormat: Sendable {
    /// What `--format` and `--to` call it.
    var name: String { get }
    /// What messages call it.
    var title: String { get }
    /// Ends of file names that promise it, in lower case.
    var endings: [String] { get }
    /// Whether its sentences come as tokens.
    var isTokenized: Bool { get }
    /// Whether any text can be read as this, so that whoever asks for it gets it.
    var readsAnything: Bool { get }
    /// Whether the text is this and nothing else; decides where the name of a file promises nothing. Never true for
    /// running text.
    func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool
    /// How a text that is to be this is laid out.
    ///
    /// - Throws: When it cannot be this.
    func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading
    /// Writes batches; nil when it is only read.
    var writer: (any BatchWriter)? { get }
}

extension TextFormat {
    package var isTokenized: Bool { false }
    package var readsAnything: Bool { false }
    package var writer: (any BatchWriter)? { nil }
}

/// The forms that there are. A new one is a file of its own, and its name in this list.
package enum TextFormats {
    /// The more special ones first: the first that is certain is taken.
    package static let all: [any TextFormat] = [CoNLLU(), CoNLLColumns(), JSONLines(), PlainText()]

    package static func named(_ name: String) -> (any TextFormat)? { all.first { $0.name == name } }
    /// The form that the name of a file promises; endings `.zst` and `.zstd` are looked through.
    package static func promised(by path: String) -> (any TextFormat)? {
        var name = path.lowercased()[...]
        for ending in [".zst", ".zstd", ".gz"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        return all.first { $0.endings.contains { name.hasSuffix($0) } }
    }
}

/// How the lines of a text are to be understood.
package struct TextReading: Sendable {
    package enum Lines: Sendable {
        /// A line is a paragraph, the file a document.
        case paragraphs
        /// A line is a document, which this takes out of it.
        case documents(@Sendable () -> any DocumentScanner)
        /// A line is a token.
        case columns(ColumnLayout)
    }

    /// The name of the form.
    package var name: String
    package var lines: Lines
    /// What was understood, for a message: "CoNLL columns: token 1, tag 2".
    package var description: String

    package init(_ format: some TextFormat, _ lines: Lines, detail: String = "") {
        name = format.name
        self.lines = lines
        description = format.title + (detail.isEmpty ? "" : ": \(detail)")
    }

    package static var plainText: TextReading { TextReading(PlainText(), .paragraphs) }

    /// Whether the sentences come tokenized.
    package var isTokenized: Bool { if case .columns = lines { true } else { false } }

    /// Whether every line is a document of its own.
    package var hasDocumentLines: Bool { if case .documents = lines { true } else { false } }

    /// The layout of columns; for other forms the default, which nobody asks for.
    package var layout: ColumnLayout { if case .columns(let layout) = lines { layout } else { ColumnLayout() } }
}

/// Takes the identifier and the text of a document out of a line.
package protocol DocumentScanner {
    /// The identifier's bytes, empty when there is none.
    var identifier: [UInt8] { get }
    /// The text's bytes; may be ill-formed UTF-8.
    var text: [UInt8] { get }
    mutating func scan(_ line: UnsafeBufferPointer<UInt8>) throws(RecordProblem)
}

/// What is wrong with a record, for a message that names its place.
package struct RecordProblem: Error {
    package let what: String
}

/// Writes batches in a form.
package protocol BatchWriter: Sendable {
    /// Whether it needs `SentenceBatch/documentText`.
    var needsDocumentText: Bool { get }
    /// - Parameter labels: Names of the labels, when the batch has scores or label numbers.
    func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8]
}

/// What is asked of a text.
package struct ReadingRequest: Sendable {
    /// Which tags are read of columns.
    package enum Tags: Sendable { case none, gold, goldAndPredicted }

    package var columns = ColumnOptions()
    package var tags: Tags = .none

    package init(columns: ColumnOptions = ColumnOptions(), tags: Tags = .none) {
        (self.columns, self.tags) = (columns, tags)
    }
}

extension TextReading {
    /// How a text is to be read.
    ///
    /// - Parameters:
    ///   - name: Of the file, for its ending and for messages.
    ///   - format: The form that was asked for; nil to find it.
    /// - Throws: When its content contradicts its name, or what was asked for.
    package static func recognize(
        _ sample: TextSample, name: String, as format: (any TextFormat)? = nil, _ request: ReadingRequest = .init()
    ) throws -> TextReading {
        try named(name) {
            let certain = certain(sample, request)
            guard let expected = format ?? TextFormats.promised(by: name) else {
                return try (certain ?? PlainText()).reading(of: sample, request)
            }
            guard let certain, certain.name != expected.name else { return try expected.reading(of: sample, request) }
            // Columns of one kind among those of another are no contradiction.
            if certain.isTokenized && expected.isTokenized { return try certain.reading(of: sample, request) }
            guard expected.readsAnything else {
                throw RecordProblem(
                    what: "\(format == nil ? "named as" : "to be read as") \(expected.title), but it looks like "
                        + "\(certain.title); say what it is with --format \(certain.name)")
            }
            var reading = try expected.reading(of: sample, request)
            reading.description += ", as asked, though it looks like \(certain.title)"
            return reading
        }
    }

    /// How tokens and their labels are to be read.
    ///
    /// - Throws: When there are none.
    package static func recognizeLabelled(_ sample: TextSample, name: String, _ request: ReadingRequest) throws
        -> TextReading
    {
        try named(name) {
            let certain = certain(sample, request)
            guard certain?.isTokenized ?? true else {
                throw RecordProblem(
                    what: "labels are read from columns (TOKEN ... TAG), and this looks like \(certain?.title ?? "")")
            }
            return try (certain ?? CoNLLColumns()).reading(of: sample, request)
        }
    }

    private static func certain(_ sample: TextSample, _ request: ReadingRequest) -> (any TextFormat)? {
        sample.isEmpty ? nil : TextFormats.all.first { $0.isCertain(sample, request) }
    }

    private static func named<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let problem as RecordProblem {
            throw Failure.unusableRecord(name, problem)
        }
    }
}

extension TextReading {
    /// The paragraphs of a line: itself, or the lines of the document that is in it.
    package static func paragraphs(
        of line: [UInt8], _ scanner: inout (any DocumentScanner)?, in lines: LineReader
    ) throws -> [ArraySlice<UInt8>] {
        guard scanner != nil else { return [line[...]] }
        do {
            try line.withUnsafeBufferPointer { try scanner?.scan($0) }
        } catch let problem as RecordProblem {
            throw Failure.badRecord(lines.name, lines.lineNumber, problem)
        }
        let text = scanner?.text ?? []
        guard text.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw Failure.unescapedIsNotUTF8(lines)
        }
        return text.split(separator: 0x0A)
    }
}
