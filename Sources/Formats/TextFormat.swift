package import Corpora
import Diagnostics
package import Shards
import UnicodeText

/// A form of text: how it is told from others, read and written. One file each; ``TextFormats`` lists them.
package protocol TextFormat: Sendable {
    /// What `--format` and `--to` call it.
    var name: String { get }
    /// What messages call it.
    var title: String { get }
    /// Ends of file names that promise it, in lower case.
    var endings: [String] { get }
    /// What it looks like to a reader; forms of one family are no contradiction to each other.
    var family: TextFamily { get }
    /// Whether it says which words are names.
    var isLabelled: Bool { get }
    /// Whether any text can be read as this, so that whoever asks for it gets it.
    var readsAnything: Bool { get }
    /// Whether the text is this and nothing else; decides where the name of a file promises nothing. Never true for
    /// running text.
    func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool
    /// How a text that is to be this is laid out.
    ///
    /// - Throws: When it cannot be this.
    func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading
    /// Writes batches as one text; nil when it is only read, or written as a folder.
    func writer(_ options: WritingOptions) -> (any BatchWriter)?
    /// Whether it is written as a folder of files.
    var isWrittenAsFolder: Bool { get }
    /// Whether what is written says where documents begin.
    var keepsDocuments: Bool { get }
}

package enum TextFamily: Sendable { case columns, json, standoff, text }

extension TextFormat {
    package var isLabelled: Bool { true }
    package var readsAnything: Bool { false }
    package var isWrittenAsFolder: Bool { false }
    package var keepsDocuments: Bool { true }
    package func writer(_ options: WritingOptions) -> (any BatchWriter)? { nil }
}

/// The forms that there are. A new one is a file of its own, and its name in this list.
package enum TextFormats {
    /// The more special ones first: the first that is certain is taken.
    package static let all: [any TextFormat] = [
        CoNLLU(), CoNLLColumns(), LabelStudio(), Prodigy(), Doccano(), HuggingFaceTokens(), HuggingFaceSpans(), Brat(),
        DocumentLines(), JSONLines(), PlainText(),
    ]

    /// Titles of the forms that have labels, for messages.
    static func labelled(without family: TextFamily) -> String {
        all.filter { $0.isLabelled && $0.family != family }.map(\.title).joined(separator: ", ")
    }

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
        /// A record is a document, which this takes out of it.
        case documents(Records, @Sendable () -> any DocumentScanner)
        /// A line is a token.
        case columns(ColumnLayout)
    }

    /// What the records of a form of documents are.
    package enum Records: Sendable {
        /// Lines.
        case lines
        /// The items of one JSON list.
        case items
        /// The file, and the one beside it: brat's.
        case files
    }

    /// The name of the form.
    package var name: String
    package var lines: Lines
    /// Whether the sentences come tokenized.
    package var isTokenized: Bool
    /// What was understood, for a message: "CoNLL columns: token 1, tag 2".
    package var description: String

    /// - Parameter isTokenized: Whether documents come with their tokens; columns always do.
    package init(_ format: some TextFormat, _ lines: Lines, detail: String = "", isTokenized: Bool = false) {
        name = format.name
        self.lines = lines
        if case .columns = lines { self.isTokenized = true } else { self.isTokenized = isTokenized }
        description = format.title + (detail.isEmpty ? "" : ": \(detail)")
    }

    package static var plainText: TextReading { TextReading(PlainText(), .paragraphs) }

    /// Whether every line is a document of its own.
    package var hasDocumentLines: Bool { if case .documents = lines { true } else { false } }

    /// Whether the records are lines, or begin with lines, so that they can be found from the middle of a file.
    var hasSeparateLines: Bool {
        switch lines {
        case .paragraphs, .documents(.lines, _), .columns: true
        case .documents(.items, _), .documents(.files, _): false
        }
    }

    /// The layout of columns; for other forms the default, which nobody asks for.
    package var layout: ColumnLayout { if case .columns(let layout) = lines { layout } else { ColumnLayout() } }
}

/// Takes a document out of a record.
package protocol DocumentScanner {
    /// The identifier's bytes, empty when there is none.
    var identifier: [UInt8] { get }
    /// The text's bytes; may be ill-formed UTF-8.
    var text: [UInt8] { get }
    /// Its tokens as bytes of the text, in rising order, when they are given.
    var tokens: [Range<Int>]? { get }
    /// Its labels; nobody asks for them where only text is read.
    var labelling: Labelling { get }
    mutating func scan(_ record: UnsafeBufferPointer<UInt8>) throws(RecordProblem)
}

extension DocumentScanner {
    package var tokens: [Range<Int>]? { nil }
    package var labelling: Labelling { Labelling() }
}

/// What is wrong with a record, for a message that names its place.
package struct RecordProblem: Error {
    package let what: String
    /// Line of the record, from 0.
    package let line: Int

    init(what: String, line: Int = 0) { (self.what, self.line) = (what, line) }
}

/// What a user says about labels that cannot be seen in a text.
package struct LabelOptions: Equatable, Sendable {
    /// Names of tags or types that are given by their numbers, from 0.
    package var names: [String] = []
    /// What offsets count; nil: what the form's own program counts.
    package var offsets: OffsetUnit?

    package init(names: [String] = [], offsets: OffsetUnit? = nil) { (self.names, self.offsets) = (names, offsets) }

    /// What decides the labels, for the identity of a run; empty when nothing was said.
    package var identity: String {
        ((names.isEmpty ? [] : ["names \(names.joined(separator: ","))"])
            + (offsets.map { ["offsets \($0.rawValue)"] } ?? [])).joined(separator: ", ")
    }
}

/// What is asked of a text.
package struct ReadingRequest: Sendable {
    /// Which tags are read of columns.
    package enum Tags: Sendable { case none, gold, goldAndPredicted }

    package var columns = ColumnOptions()
    package var tags: Tags = .none
    package var labels = LabelOptions()

    package init(columns: ColumnOptions = ColumnOptions(), tags: Tags = .none, labels: LabelOptions = LabelOptions()) {
        (self.columns, self.tags, self.labels) = (columns, tags, labels)
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
            if certain.family == expected.family {
                // Columns are what they are; objects of JSON may be read in more than one way.
                let asked = format != nil && certain.family == .json
                return try (asked ? expected : certain).reading(of: sample, request)
            }
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

    /// How texts and their labels are to be read.
    ///
    /// - Throws: When there are none.
    package static func recognizeLabelled(
        _ sample: TextSample, name: String, as format: (any TextFormat)? = nil, _ request: ReadingRequest
    ) throws -> TextReading {
        try named(name) {
            let certain = certain(sample, request)
            let promised = TextFormats.promised(by: name)
            let found = format ?? certain ?? (promised?.isLabelled == true ? promised : nil) ?? CoNLLColumns()
            guard found.isLabelled else {
                throw RecordProblem(
                    what:
                        "this looks like \(found.title), in which no labels are known; labels are read from columns (TOKEN "
                        + "... TAG) and from \(TextFormats.labelled(without: .columns)); say what it is with --format")
            }
            guard request.tags != .goldAndPredicted || found.family == .columns else {
                throw RecordProblem(
                    what:
                        "predictions are read from columns (TOKEN ... GOLD PREDICTED), and this looks like \(found.title)"
                )
            }
            return try found.reading(of: sample, request)
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
    /// What reads the records of an input, of which nothing was read yet.
    package func records(
        of input: BufferedInput, maximumByteCount: Int = LineReader.defaultMaximumLineByteCount
    ) -> any RecordReader {
        switch lines {
        case .documents(.items, _): JSONItemReader(input, maximumByteCount: maximumByteCount)
        case .documents(.files, _): StandoffReader(input, maximumByteCount: maximumByteCount)
        default: LineReader(input, maximumLineByteCount: maximumByteCount)
        }
    }

    /// The paragraphs of a line: itself, or the lines of the document that is in it.
    package static func paragraphs(
        of line: [UInt8], _ scanner: inout (any DocumentScanner)?, in lines: any RecordReader
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
