import Corpora
package import UnicodeText

/// How the words of text of one language are looked up in a table.
package struct WordLookup: Sendable {
    private let table: VectorTable
    /// Turns words into what is looked up.
    package let form: LookupForm
    /// The numbers of the languages to look under, in order.
    package let order: [UInt16]
    /// Number of the language that words without a row are composed for.
    package let language: UInt16?
    /// The pivot, where its rows stand in for those of the language.
    package let pivot: UInt16?

    /// - Parameter language: Code of the text's language.
    package init(_ table: VectorTable, language: String) {
        self.table = table
        form = table.lookupForm(for: language)
        order = table.lookupOrder(for: language)
        self.language = table.languageNumber(language) ?? table.languageNumber("*")
        pivot = table.pivotNumber(for: language)
    }

    /// Row of a word, given in its form.
    ///
    /// Where I has no dot, names of other languages begin with a letter that theirs do not have (`Intel` becomes
    /// `ıntel`), so what has no row is looked up with dots once more.
    package func row(of form: UnsafeBufferPointer<UInt8>) -> UInt32? {
        if let row = table.row(of: form, languages: order) { return row }
        guard self.form.mayLoseDots, let dotted = Self.dotted(form) else { return nil }
        return dotted.withUnsafeBufferPointer { table.row(of: $0, languages: order) }
    }

    /// What ``row(of:)`` gives for each of many words, or `EmbeddedColumns/absent`; faster.
    ///
    /// - Parameters:
    ///   - forms: Laid end to end.
    ///   - ends: End of each word in `forms`, ascending.
    package func rows(of forms: [UInt8], ends: [UInt32]) -> [UInt32] {
        var rows = table.rows(of: forms, ends: ends, languages: order)
        guard form.mayLoseDots else { return rows }
        forms.withUnsafeBufferPointer { forms in
            for (word, end) in ends.enumerated() where rows[word] == EmbeddedColumns.absent {
                let start = word == 0 ? 0 : Int(ends[word - 1])
                if let row = row(of: .init(rebasing: forms[start..<Int(end)])) { rows[word] = row }
            }
        }
        return rows
    }

    /// The form with i for every ı (C4 B1); nil when it has none.
    private static func dotted(_ form: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var dotted: [UInt8] = []
        var index = 0
        while index < form.count {
            let isDotless = form[index] == 0xC4 && index + 1 < form.count && form[index + 1] == 0xB1
            dotted.append(isDotless ? 0x69 : form[index])
            index += isDotless ? 2 : 1
        }
        return dotted.count == form.count ? nil : dotted
    }
}
