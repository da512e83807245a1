import ArgumentParser
import Corpora
import Formats
import Pipelines

/// Labelled files, and which of their types count.
struct GoldArguments: ParsableArguments {
    @Option(help: "Rename entity types, or drop them to O, on both sides: MISC=O,DATE=O.")
    var map = ""

    @Option(help: "Entity types to keep, comma-separated, by their new names; others become O. Default: all.")
    var types: String?

    @OptionGroup var label: LabelArguments
    @OptionGroup var columns: ColumnArguments
    @OptionGroup var bad: BadRecordArguments

    var labels: LabelFilter { get throws { try LabelFilter(map: map, types: types) } }

    var form: GoldCorpus.Form { get throws { try label.form(columns) } }

    /// What of it decides the labels, for the identity of a run; empty when nothing was said.
    var formIdentity: String {
        get throws { [columns.options.identity, try label.identity].filter { !$0.isEmpty }.joined(separator: ", ") }
    }

    func corpus(
        _ paths: [String], longSentences: CoNLLReader.LongSentences = .cut, requiresIOB: Bool = true, bad: BadRecords,
        reading: ReadingNotes
    ) throws -> GoldCorpus {
        GoldCorpus(
            files: paths.flatMap(GoldCorpus.File.parse), labels: try labels, longSentences: longSentences,
            requiresIOB: requiresIOB, form: try form, bad: bad, reading: reading)
    }
}
