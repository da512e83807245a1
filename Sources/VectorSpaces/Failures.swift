import Diagnostics
import Vectors

// Two spaces that cannot become one.
extension Failure {
    static func dimensionsDiffer(_ source: VectorTable, _ target: VectorTable) -> Failure {
        Failure(
            .badData,
            "\(source.path): \(source.dimension) dimensions, \(target.path) has \(target.dimension); "
                + "only spaces of the same dimension can be aligned")
    }

    static func tooManyDimensions(_ table: VectorTable, maximum: Int) -> Failure {
        Failure(
            .badData, "\(table.path): \(table.dimension) dimensions; spaces of at most \(maximum) can be aligned")
    }

    static func alignedWithItself(_ language: String) -> Failure {
        Failure(.usage, "source and target are both '\(language)'; name two languages with --from and --to")
    }

    static func isInTargetAlready(_ language: String, _ target: VectorTable) -> Failure {
        Failure(
            .usage, "\(target.path): it has rows of '\(language)' already; align them with --from and --to alone")
    }

    static func statisticsDiffer(_ source: VectorTable, _ target: VectorTable) -> Failure {
        Failure(
            .badData,
            "\(source.path): its words have other statistics than those of \(target.path); align tables without "
                + "statistics, and add them afterwards")
    }

    static func subwordsNotChosen() -> Failure {
        Failure(
            .usage,
            "a table holds the sub-words of one of its inputs, and composes unknown words of all languages from "
                + "them; choose with --subwords source, target or none")
    }

    static func noSubwordsToKeep(_ table: VectorTable, _ choice: AlignedTable.Subwords) -> Failure {
        Failure(.usage, "\(table.path): no sub-words to keep; leave --subwords \(choice.rawValue) out")
    }

    static func movedAlready(_ table: VectorTable) -> Failure {
        Failure(
            .badData,
            "\(table.path): the vectors composed for its languages are moved already and cannot be moved once "
                + "more; align with --normalize unit, and its sub-words can be kept only as the target's")
    }
}

// Rows and languages of a table.
extension Failure {
    static func rowWithoutWord(_ row: UInt32, _ table: VectorTable) -> Failure {
        Failure(.badData, "\(table.path): row \(row) has no word; import the table again")
    }

    static func noRows(of language: UInt16, _ table: VectorTable) -> Failure {
        Failure(.badData, "\(table.path): no rows of \(table.description.languages[Int(language)]) in it")
    }

    static func languageNotChosen(_ table: VectorTable, option: String) -> Failure {
        let languages = table.description.languages
        return Failure(
            .usage,
            "\(table.path): "
                + (languages == ["*"]
                    ? "its rows are of no particular language" : "rows of \(languages.joined(separator: ", "))")
                + "; say which language is meant with \(option) LANGUAGE")
    }
}
