package import ArgumentParser
import Diagnostics
package import Formats

/// A form of text to be read, or none: then it is found.
package struct InputFormat: ExpressibleByArgument, Sendable {
    package let format: (any TextFormat)?

    package static let auto = InputFormat(format: nil)

    private init(format: (any TextFormat)?) { self.format = format }

    package init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        format = TextFormats.named(argument)
    }

    package var name: String { format?.name ?? "auto" }
    package var defaultValueDescription: String { name }
    package static var allValueStrings: [String] { ["auto"] + TextFormats.all.map(\.name) }
    /// For help texts.
    package static var valueName: String { allValueStrings.joined(separator: "|") }
}

/// A form of text to be written.
package struct OutputFormat: ExpressibleByArgument, Sendable {
    package let format: any TextFormat

    package init?(argument: String) {
        guard let format = TextFormats.named(argument), Self.isWritten(format) else { return nil }
        self.format = format
    }

    /// A form that is written as long as there is any.
    package init(_ format: some TextFormat & BatchWriter) { self.format = format }

    /// - Throws: When it is written as a folder.
    package func writer(_ options: WritingOptions = WritingOptions()) throws -> any BatchWriter {
        guard let writer = format.writer(options) else { throw Failure.writtenAsFolder(format.name) }
        return writer
    }

    private static func isWritten(_ format: any TextFormat) -> Bool {
        format.isWrittenAsFolder || format.writer(WritingOptions()) != nil
    }

    package var defaultValueDescription: String { format.name }
    package static var allValueStrings: [String] { TextFormats.all.filter(isWritten).map(\.name) }
    package static var valueName: String { allValueStrings.joined(separator: "|") }
}

/// What cannot be seen of columns, or was seen wrongly.
package struct ColumnArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Column of the tokens, counted from 1, or its name in the first line or '# global.columns'. Default: the first, or the second behind running numbers.",
            valueName: "column"))
    package var tokenColumn: ColumnChoice?

    @Option(
        help: ArgumentHelp(
            "Column of the tags, or its name; of CoNLL-U the key in MISC. Default: the last, and NER.",
            valueName: "column"))
    package var tagColumn: ColumnChoice?

    @Option(help: "Lines of columns that begin with this are comments. Default: found.")
    package var comment: String?

    package init() {}

    package func validate() throws {
        if let comment, comment.isEmpty { throw ValidationError("--comment must not be empty") }
    }

    package var options: ColumnOptions { ColumnOptions(token: tokenColumn, tag: tagColumn, comment: comment) }
}
