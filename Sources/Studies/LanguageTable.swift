import Diagnostics
import Shards

/// What is known of the target languages: lines of columns with a tabulator between them, under their names.
///
/// `target` must be there; `family` and `script` are words, all else is numbers. An empty field, or `-`, is not known.
struct LanguageTable: Sendable {
    private let path: String
    private let rows: [String: [String: String]]
    let columns: [String]

    init(path: String) throws {
        let text = String(decoding: try Directory.contents(of: path), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let head = lines.first ?? []
        guard let key = head.firstIndex(of: "target") else {
            throw Failure.notATable(
                path, "no column 'target'; the first line names the columns, with tabulators between them")
        }
        var rows: [String: [String: String]] = [:]
        for (number, fields) in lines.enumerated().dropFirst() where fields != [""] {
            guard fields.count == head.count else {
                throw Failure.badField(path, number + 1, "\(fields.count) fields, and \(head.count) columns")
            }
            var row: [String: String] = [:]
            for (name, field) in zip(head, fields) where !["", "-"].contains(field) {
                let isNumber = ["target", "family", "script"].contains(name) || Double(field)?.isFinite == true
                guard isNumber else { throw Failure.badField(path, number + 1, "'\(name)' is not a number") }
                row[name] = field
            }
            guard rows.updateValue(row, forKey: fields[key]) == nil else {
                throw Failure.badField(path, number + 1, "a language that was there before")
            }
        }
        (self.path, self.rows, columns) = (path, rows, head)
    }

    /// A word of a language, as its family; nil where it is not known.
    func word(_ column: String, _ target: String) -> String? { rows[target]?[column] }
    func number(_ column: String, _ target: String) -> Double? { rows[target]?[column].flatMap(Double.init) }
}

/// Measures of pairs of languages, as `nerpipe divergence --csv` prints them; files of several targets may stand one
/// behind the other.
struct MeasureTable: Sendable {
    private struct Pair: Hashable { let source, target: String }
    private var values: [String: [Pair: Double]] = [:]
    /// In the order of the file.
    private(set) var names: [String] = []

    init(path: String) throws {
        let text = String(decoding: try Directory.contents(of: path), as: UTF8.self)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = Self.fields(line)
            if line.isEmpty || fields.prefix(4) == ["target", "source", "measure", "value"] { continue }
            guard fields.count >= 4, let value = Double(fields[3]), value.isFinite else {
                throw Failure.badField(
                    path, number + 1, "not 'target,source,measure,value' as 'nerpipe divergence --csv' prints it")
            }
            if values[fields[2]] == nil { names.append(fields[2]) }
            values[fields[2], default: [:]][Pair(source: fields[1], target: fields[0])] = value
        }
        guard !names.isEmpty else { throw Failure.notATable(path, "no measure in it") }
    }

    /// RFC 4180, of one line.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""], isQuoted = false
        for character in line where character != "\r" {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    func value(_ measure: String, source: String, target: String) -> Double? {
        values[measure]?[Pair(source: source, target: target)]
    }
}
