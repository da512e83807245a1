import Corpora
import Diagnostics
package import Divergence
import LanguageCodes
import Shards

extension TypologicalFeatures {
    /// Columns of a table, at most.
    private static let maximumColumnCount = 1 << 16, maximumLanguageCount = 1 << 14

    /// Reads a table: columns parted by tabs, names in the first line (`language`, then `SET:FEATURE`), then a language in each; what is not known is
    /// empty, `--` or `NA`.
    ///
    /// - Parameter path: Plain, `.gz` or `.zst`.
    package init(path: String) throws {
        let lines = LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: 1 << 22)
        var line: [UInt8] = []
        func fields() throws -> [String]? {
            line.removeAll(keepingCapacity: true)
            guard try lines.appendNext(to: &line) else { return nil }
            return String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
                .map(String.init)
        }
        guard let names = try fields(), names.count > 1, names.count <= Self.maximumColumnCount else {
            throw Failure.noTypology(path)
        }
        self.init(columns: Array(names.dropFirst()))
        while let row = try fields() {
            if row == [""] { continue }
            guard row.count == names.count else {
                throw Failure.typologyRow(path, lines.lineNumber, columns: row.count, expected: names.count)
            }
            guard languages.count < Self.maximumLanguageCount, !languages.contains(row[0]) else {
                throw Failure.typologyLanguage(path, lines.lineNumber)
            }
            add(
                row[0],
                try row.dropFirst().map { text in
                    if ["", "--", "NA"].contains(text) { return nil }
                    guard let value = Double(text), value.isFinite else {
                        throw Failure.typologyValue(path, lines.lineNumber)
                    }
                    return value
                })
        }
    }

    /// The place of a language under this code or another one of it; nil when the table has none.
    package func place(of language: String) -> Int? {
        languages.firstIndex(of: language) ?? languages.firstIndex { LanguageCode.areSame($0, language) }
    }
}

/// How well each source teaches others, as somebody measured it.
package struct SourceStrengths: Sendable {
    private var values: [(source: String, value: Double)] = []

    package var all: [Double] { values.map(\.value) }

    /// Reads lines `SOURCE <TAB> NUMBER`; more is better, in any unit.
    package init(path: String) throws {
        let lines = LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: 1 << 16)
        var line: [UInt8] = []
        while try lines.appendNext(to: &line) {
            defer { line.removeAll(keepingCapacity: true) }
            if line.isEmpty { continue }
            let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 2, let value = Double(fields[1]), value.isFinite else {
                throw Failure.strengthLine(path, lines.lineNumber)
            }
            values.append((String(fields[0]), value))
        }
        guard Set(all).count > 1 else { throw Failure.fewStrengths(path) }
    }

    package func of(_ source: String) -> Double? {
        (values.first { $0.source == source } ?? values.first { LanguageCode.areSame($0.source, source) })?.value
    }
}
