import Corpora
import Diagnostics

/// What is known of the target languages: lines of columns with a tabulator between them, under their names.
///
/// `target` must be there; `family` and `script` are words, all else is numbers. An empty field, or `-`, is not known.
package struct LanguageTable: Sendable {
    private var rows: [String: [String: String]] = [:]
    package let columns: [String]

    private static let words = ["target", "family", "script"]

    package init(path: String) throws {
        let reader = try FieldReader(path: path, .tab)
        columns = try reader.next() ?? []
        guard let key = columns.firstIndex(of: "target"), Set(columns).count == columns.count else {
            throw reader.failure(
                "the first line must name the columns, each once, with tabs between them and 'target' among them")
        }
        while let fields = try reader.next(columns.count) {
            var row: [String: String] = [:]
            for (place, (name, field)) in zip(columns, fields).enumerated() where !["", "-"].contains(field) {
                if !Self.words.contains(name) { _ = try reader.number(field, column: place + 1) }
                row[name] = field
            }
            guard !fields[key].isEmpty, rows.updateValue(row, forKey: fields[key]) == nil else {
                throw reader.failure("no target, or one that stood in an earlier line; give each one line")
            }
        }
    }

    /// A word of a language, as its family; nil where it is not known.
    package func word(_ column: String, _ target: String) -> String? { rows[target]?[column] }
    package func number(_ column: String, _ target: String) -> Double? { rows[target]?[column].flatMap(Double.init) }
}

/// Measures of pairs of languages, as `nerpipe divergence --csv` prints them; files of several targets may stand one
/// behind the other.
package struct MeasureTable: Sendable {
    private struct Pair: Hashable { let source, target: String }
    /// nil: the measure is undefined for the pair.
    private var values: [String: [Pair: Double?]] = [:]
    /// In the order of the file.
    package private(set) var names: [String] = []

    /// What must be there of a line; an error and a bound may follow.
    private static let head = ["target", "source", "measure", "value"]
    /// What stands in place of a number that does not exist.
    private static let undefined = "undefined"

    package init(path: String) throws {
        let reader = try FieldReader(path: path, .comma)
        while let fields = try reader.next() {
            if fields.starts(with: Self.head) { continue }
            guard fields.count >= Self.head.count else {
                throw reader.failure("not 'target,source,measure,value', as 'nerpipe divergence --csv' prints it")
            }
            let name = fields[2], pair = Pair(source: fields[1], target: fields[0])
            let value = fields[3] == Self.undefined ? nil : try reader.number(fields[3], column: 4)
            if values[name] == nil { names.append(name) }
            guard values[name, default: [:]].updateValue(value, forKey: pair) == nil else {
                throw reader.failure("a measure of a pair that stood in an earlier line; leave one of them out")
            }
        }
        guard !names.isEmpty else {
            throw reader.failure("no measure; make the file with 'nerpipe divergence --csv'")
        }
    }

    /// nil where it is undefined, or was not measured.
    package func value(_ measure: String, source: String, target: String) -> Double? {
        values[measure]?[Pair(source: source, target: target)] ?? nil
    }
}
