package import ArgumentParser
import Corpora
import Diagnostics
package import Formats
import Shards

extension OffsetUnit: ExpressibleByArgument {}

extension ColumnChoice: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// The form of labelled files, and what cannot be seen in it.
package struct LabelArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Form of the labelled files; auto looks at their names and their beginnings.",
            valueName: InputFormat.valueName))
    package var format: InputFormat = .auto

    @Option(
        help: ArgumentHelp(
            "Names of tags that are numbers, from 0: O,B-PER,I-PER ..., or the dataset_info.json of Hugging Face's 'datasets'.",
            valueName: "names|file"))
    package var tagNames: String?

    @Option(
        help: ArgumentHelp(
            "What offsets of spans count. Default: what the form's own program counts.",
            valueName: OffsetUnit.allCases.map(\.rawValue).joined(separator: "|")))
    package var offsets: OffsetUnit?

    package init() {}

    package var options: LabelOptions {
        get throws { LabelOptions(names: try tagNames.map(Self.names) ?? [], offsets: offsets) }
    }

    package func form(_ columns: ColumnArguments) throws -> GoldCorpus.Form {
        GoldCorpus.Form(format: format.format, columns: columns.options, labels: try options)
    }

    /// What decides the labels, for the identity of a run; empty when nothing was said.
    package var identity: String {
        get throws {
            let options = try options.identity
            return [format.format == nil ? "" : "format \(format.name)", options].filter { !$0.isEmpty }
                .joined(separator: ", ")
        }
    }

    private static func names(_ text: String) throws -> [String] {
        guard text.lowercased().hasSuffix(".json") else {
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard !names.contains("") else { throw Failure.emptyTagName(text) }
            return names
        }
        return try TagNames.read(text)
    }
}
