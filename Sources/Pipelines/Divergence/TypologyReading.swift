import Corpora
import Diagnostics
package import Divergence
import LanguageCodes

extension TypologicalFeatures {
    /// Columns of a table, at most.
    private static let maximumColumnCount = 1 << 16, maximumLanguageCount = 1 << 14

    /// Reads a table: columns parted by tabs, names in the first line (`language`, then `SET:FEATURE`), then a language in each; what is not known is
    /// empty, `--` or `NA`.
    ///
    /// - Parameter path: Plain, `.gz` or `.zst`.
    package init(path: String) throws {
        let reader = try FieldReader(path: path, .tab, maximumLineByteCount: 1 << 22)
        guard let names = try reader.next(), names.count > 1, names.count <= Self.maximumColumnCount else {
            throw reader.failure(
                "no table of typology; the first line must be 'language' and SET:FEATURE names, with tabs between them "
                    + "(tools/typology makes one)")
        }
        self.init(columns: Array(names.dropFirst()))
        while let row = try reader.next(names.count) {
            guard languages.count < Self.maximumLanguageCount, !languages.contains(row[0]) else {
                throw reader.failure("a language that stood in an earlier line, or one too many; give each one line")
            }
            add(
                row[0],
                try row.enumerated().dropFirst().map { place, text in
                    ["", "--", "NA"].contains(text) ? nil : try reader.number(text, column: place + 1)
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
        let reader = try FieldReader(path: path, .tab)
        while let fields = try reader.next(2) { values.append((fields[0], try reader.number(fields[1], column: 2))) }
        guard Set(all).count > 1 else { throw Failure.fewStrengths(path) }
    }

    package func of(_ source: String) -> Double? {
        (values.first { $0.source == source } ?? values.first { LanguageCode.areSame($0.source, source) })?.value
    }
}
