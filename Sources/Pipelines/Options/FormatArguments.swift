package import ArgumentParser
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
    package let writer: any BatchWriter
    private let name: String

    private init?(_ format: (any TextFormat)?) {
        guard let format, let writer = format.writer else { return nil }
        (self.writer, name) = (writer, format.name)
    }

    package init?(argument: String) { self.init(TextFormats.named(argument)) }

    /// A form that is written as long as there is any.
    package init(_ format: some TextFormat & BatchWriter) { (writer, name) = (format, format.name) }

    package var defaultValueDescription: String { name }
    package static var allValueStrings: [String] { TextFormats.all.filter { $0.writer != nil }.map(\.name) }
    package static var valueName: String { allValueStrings.joined(separator: "|") }
}

/// What cannot be seen of columns, or was seen wrongly.
package struct ColumnArguments: ParsableArguments, Sendable {
    @Option(help: "Column of the tokens, counted from 1. Default: the first, or the second behind running numbers.")
    package var tokenColumn: Int?

    @Option(help: "Column of the tags, counted from 1. Default: the last.")
    package var tagColumn: Int?

    @Option(help: "Lines of columns that begin with this are comments. Default: found.")
    package var comment: String?

    package init() {}

    package func validate() throws {
        for (name, column) in [("--token-column", tokenColumn), ("--tag-column", tagColumn)] {
            if let column, !(1...1000).contains(column) { throw ValidationError("\(name) must be from 1 to 1000") }
        }
        if let comment, comment.isEmpty { throw ValidationError("--comment must not be empty") }
    }

    package var options: ColumnOptions { ColumnOptions(token: tokenColumn, tag: tagColumn, comment: comment) }
}
