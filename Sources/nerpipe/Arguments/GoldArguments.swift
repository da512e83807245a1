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

    @OptionGroup var columns: ColumnArguments
    @OptionGroup var bad: BadRecordArguments

    var labels: LabelFilter { get throws { try LabelFilter(map: map, types: types) } }

    func corpus(
        _ paths: [String], longSentences: CoNLLReader.LongSentences = .cut, requiresIOB: Bool = true, bad: BadRecords,
        reading: ReadingNotes
    ) throws -> GoldCorpus {
        GoldCorpus(
            files: paths.flatMap(GoldCorpus.File.parse), labels: try labels, longSentences: longSentences,
            requiresIOB: requiresIOB, columns: columns.options, bad: bad, reading: reading)
    }
}
