package import Corpora
import UnicodeText
package import Vectors

/// Counts how much of a text a table has vectors for.
///
/// Distinct words are kept in memory: the bytes of their look-up forms and 24 to 40 bytes each. Beyond the limit only
/// the tokens of further words count.
package struct CoverageCounter {
    private let table: VectorTable
    private let lookup: WordLookup
    private var types = WordCounts()
    private let maximumTypeCount: Int
    /// Tokens of words that are not among `types`.
    private var rest: [Status: Int] = [:]

    /// Whether a word has a vector.
    package enum Status: String, CaseIterable, Sendable { case row, composed, absent }

    /// - Parameter language: Code of the text's language.
    package init(_ table: VectorTable, language: String, maximumTypeCount: Int) {
        self.table = table
        lookup = WordLookup(table, language: language)
        self.maximumTypeCount = maximumTypeCount
    }

    package mutating func add(_ batch: SentenceBatch) {
        var form: [UInt8] = []
        batch.text.withUnsafeBufferPointer { text in
            for token in 0..<batch.tokenCount {
                form.removeAll(keepingCapacity: true)
                lookup.form.append(UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)]), to: &form)
                form.withUnsafeBufferPointer { form in
                    if !types.add(form, mayGrow: types.count < maximumTypeCount) {
                        let row = lookup.row(of: form)
                        rest[status(of: form, row: row ?? EmbeddedColumns.absent), default: 0] += 1
                    }
                }
            }
        }
    }

    private func status(of form: UnsafeBufferPointer<UInt8>, row: UInt32) -> Status {
        row != EmbeddedColumns.absent ? .row : table.canCompose(form) ? .composed : .absent
    }

    /// What was counted so far.
    ///
    /// - Parameter worstCount: How many of the most frequent words without a row are named.
    package func report(worstCount: Int) -> CoverageReport {
        var report = CoverageReport()
        var missing: [(type: Int, status: Status)] = []
        let rows = lookup.rows(of: types.text, ends: types.ends)
        types.forEach { type, form, count in
            let status = status(of: form, row: rows[type])
            report.total.add(status, tokens: count)
            report.scripts["\(WordScript.name(of: form))", default: .init()].add(status, tokens: count)
            report.lengths[Self.lengthClass(of: form), default: .init()].add(status, tokens: count)
            if status != .row { missing.append((type, status)) }
        }
        for (status, count) in rest {
            report.total.addTokens(status, count)
            report.tokensOfUncountedTypes += count
        }
        missing.sort {
            types.occurrences[$0.type] == types.occurrences[$1.type]
                ? $0.type < $1.type : types.occurrences[$0.type] > types.occurrences[$1.type]
        }
        report.worst = missing.prefix(worstCount).map {
            .init(word: types.string($0.type), tokens: types.occurrences[$0.type], status: $0.status.rawValue)
        }
        return report
    }

    /// Upper ends of the classes of length, in scalars.
    private static let lengthEnds = [1, 2, 3, 5, 8, 12, 20]

    static func lengthClass(of form: UnsafeBufferPointer<UInt8>) -> String {
        let length = form.count { $0 & 0xC0 != 0x80 }
        guard let index = lengthEnds.firstIndex(where: { length <= $0 }) else { return "21+" }
        let first = index == 0 ? 1 : lengthEnds[index - 1] + 1
        return first == lengthEnds[index] ? "\(first)" : "\(first)-\(lengthEnds[index])"
    }

    /// The classes of length, shortest first.
    package static let lengthClasses = ["1", "2", "3", "4-5", "6-8", "9-12", "13-20", "21+"]
}

/// How much of a text has vectors.
package struct CoverageReport: Encodable, Sendable {
    /// Distinct words and their occurrences, by what there is for them.
    package struct Counts: Encodable, Equatable, Sendable {
        package var types: [String: Int] = [:]
        package var tokens: [String: Int] = [:]

        mutating func add(_ status: CoverageCounter.Status, tokens count: Int) {
            types[status.rawValue, default: 0] += 1
            addTokens(status, count)
        }

        mutating func addTokens(_ status: CoverageCounter.Status, _ count: Int) {
            tokens[status.rawValue, default: 0] += count
        }

        package var typeCount: Int { types.values.reduce(0, +) }
        package var tokenCount: Int { tokens.values.reduce(0, +) }
    }

    package struct Word: Encodable, Equatable, Sendable {
        package var word: String
        package var tokens: Int
        package var status: String
    }

    package var total = Counts()
    package var scripts: [String: Counts] = [:]
    /// By length in scalars.
    package var lengths: [String: Counts] = [:]
    /// The most frequent words without a row, most frequent first.
    package var worst: [Word] = []
    /// Tokens that are in the totals alone, because there were too many distinct words.
    package var tokensOfUncountedTypes = 0
}
