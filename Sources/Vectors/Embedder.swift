import CXXHash
package import Corpora
import Diagnostics
import Kernels
package import Shards
import UnicodeText

/// Which numbers beside its vector a token gets.
package enum NumberSelection: String, CaseIterable, Sendable {
    /// All of them when the table has statistics, otherwise none.
    case auto
    case none
    /// What the table knows of the word.
    case statistics
    /// What its place says of a token.
    case positions
    case all

    package func numbers(of table: VectorTable) throws -> TokenNumbers {
        let statistics = table.description.statistics
        let wantsStatistics = self == .statistics || self == .all
        guard !wantsStatistics || !statistics.isEmpty else {
            throw Failure.noStatistics(table)
        }
        let isAll = self == .all || self == .auto && !statistics.isEmpty
        return TokenNumbers(
            statistics: isAll || self == .statistics ? statistics : [], hasPositions: isAll || self == .positions)
    }
}

/// Turns the tokens of a batch into row numbers of a table, composed vectors, hashed features and flags of positions. A
/// pure function of the batch.
package struct Embedder: Sendable {
    package let table: VectorTable
    package let featureNames: [String]
    package let numbers: TokenNumbers
    private let features: [FeatureTemplate]
    private let writesDenseVectors: Bool

    /// - Parameter numbers: What tokens get beside their vectors; its statistics must be those of the table.
    package init(
        table: VectorTable, features: [String], numbers: TokenNumbers = TokenNumbers(names: []),
        writesDenseVectors: Bool = false
    ) throws {
        guard numbers.statistics.isEmpty || numbers.statistics == table.description.statistics else {
            throw Failure.otherStatistics(table, needed: numbers.statistics)
        }
        self.table = table
        self.numbers = numbers
        featureNames = features
        self.features = try features.map(FeatureTemplate.init)
        self.writesDenseVectors = writesDenseVectors
    }

    /// The header of the embedded stream. Its language is the table's own code: see ``VectorTable/ownCode(for:option:)``.
    package func header(for input: StreamHeader, place: String) throws -> StreamHeader {
        try input.require(.tokens, from: place, by: "embed")
        var header = input
        header.language = try requireKnown(input.language)
        header.kind = .embedded
        header.table = table.reference
        header.features = featureNames
        header.numbers = numbers.names
        return header
    }

    /// The table's own code for a language; refuses one that the table does not have.
    ///
    /// - Parameter option: What names the language, for the message.
    @discardableResult
    package func requireKnown(_ language: String, option: String = "--lang") throws -> String {
        try table.ownCode(for: language, option: option)
    }

    /// How the tokens were found. Those that are in the table and are hidden on purpose count as found.
    package struct Coverage: Equatable, Sendable {
        package var found = 0
        /// Of these, the rows of the table's pivot, in text of another language.
        package var foundInPivot = 0
        package var composed = 0
        package var absent = 0

        package init() {}

        /// Of tokens that were embedded before, from their entries in the column of rows.
        package init(rows: some Sequence<UInt32>) {
            for row in rows {
                if row == EmbeddedColumns.absent {
                    absent += 1
                } else if row & EmbeddedColumns.composedBit != 0 {
                    composed += 1
                } else {
                    found += 1
                }
            }
        }

        package var tokenCount: Int { found + composed + absent }
        /// What a user should know, as lines.
        package var notes: [String] {
            (absent == 0 ? [] : ["\(absent) of \(tokenCount) tokens have no vector"])
                + (warning.map { ["warning: \($0)"] } ?? [])
        }
        /// One line, when a tagger can hardly have understood the text.
        package var warning: String? {
            guard 2 * absent > tokenCount else { return nil }
            return
                "\(absent) of \(tokenCount) tokens have no vector: more than half of the text means nothing to the tagger; "
                + "is it the language that --lang names, and has the table rows of it?"
        }

        package static func += (sum: inout Coverage, other: Coverage) {
            sum.found += other.found
            sum.composed += other.composed
            sum.absent += other.absent
            sum.foundInPivot += other.foundInPivot
        }
    }

    /// Tokens that are words of another language than their batch.
    package struct ForeignTokens: Sendable {
        package var language: String
        /// `[N]`: whether each token is one.
        package var isForeign: [Bool]

        package init(language: String, isForeign: [Bool]) {
            self.language = language
            self.isForeign = isForeign
        }
    }

    /// What was composed for words of one language: number of the composed vector of each form, by its hash.
    private struct Composed {
        let language: UInt16?
        var numbers: [UInt64: UInt32] = [:]
    }

    /// - Parameters:
    ///   - language: Code of the batch's language, for tables with rows per language.
    ///   - foreign: Tokens to be looked up in another language.
    ///   - hides: Whether the row of a token, both given by number, is to be passed over as if the word had none.
    package func embed(
        _ batch: SentenceBatch, language: String, foreign: ForeignTokens? = nil,
        hides: ((_ token: Int, _ row: UInt32) -> Bool)? = nil
    ) -> (SentenceBatch, Coverage) {
        let lookups = [language, foreign?.language].compactMap { $0 }.map { WordLookup(table, language: $0) }
        let seen = look(at: batch, lookups, foreign)
        let (rows, composed, coverage) = assignRows(to: seen, lookups, foreign, hides)
        var embedding = EmbeddedColumns(
            dimension: table.dimension, rows: rows, composed: composed, featureCount: features.count,
            features: seen.hashes)
        if numbers.hasPositions {
            embedding.positions.reserveCapacity(batch.tokenCount)
            for sentence in 0..<batch.sentenceCount {
                PositionFlags.append(
                    of: seen.capitalizations[batch.tokens(ofSentence: sentence)], to: &embedding.positions)
            }
        }
        if writesDenseVectors {
            embedding.dense = denseVectors(rows, composed)
            if !numbers.statistics.isEmpty { embedding.denseStatistics = denseStatistics(rows) }
        }
        var result = batch
        result.embedding = embedding
        return (result, coverage)
    }

    /// What the letters of the tokens say.
    private struct SeenTokens {
        /// `[N, features]`
        var hashes: [UInt32]
        /// `[N]`, or empty when nobody asks.
        var capitalizations: [Capitalization]
        /// Look-up forms, laid end to end.
        var forms: [UInt8]
        /// `[N]`
        var formEnds: [UInt32]
    }

    /// - Parameter lookups: For the language of the batch, and for that of foreign tokens when there are any.
    private func look(at batch: SentenceBatch, _ lookups: [WordLookup], _ foreign: ForeignTokens?) -> SeenTokens {
        let form = lookups[0].form, foreignForm = lookups[lookups.count - 1].form
        var hashes: [UInt32] = []
        hashes.reserveCapacity(batch.tokenCount * features.count)
        var capitalizations: [Capitalization] = []
        capitalizations.reserveCapacity(numbers.hasPositions ? batch.tokenCount : 0)
        var forms: [UInt8] = []
        forms.reserveCapacity(batch.text.count)
        var formEnds: [UInt32] = []
        formEnds.reserveCapacity(batch.tokenCount)
        var scratch: [UInt8] = []
        batch.text.withUnsafeBufferPointer { text in
            for token in 0..<batch.tokenCount {
                let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                if numbers.hasPositions { capitalizations.append(Capitalization(of: bytes)) }
                let start = forms.count
                (foreign?.isForeign[token] == true ? foreignForm : form).append(bytes, to: &forms)
                formEnds.append(UInt32(forms.count))
                forms.withUnsafeBufferPointer { forms in
                    let form = UnsafeBufferPointer(rebasing: forms[start...])
                    for feature in features { hashes.append(feature.hash(token: bytes, form: form, scratch: &scratch)) }
                }
            }
        }
        return SeenTokens(hashes: hashes, capitalizations: capitalizations, forms: forms, formEnds: formEnds)
    }

    /// Finds the rows of the tokens, and composes vectors of those that have none.
    private func assignRows(
        to seen: SeenTokens, _ lookups: [WordLookup], _ foreign: ForeignTokens?,
        _ hides: ((_ token: Int, _ row: UInt32) -> Bool)?
    ) -> (rows: [UInt32], composed: [UInt16], coverage: Coverage) {
        let formEnds = seen.formEnds
        var composedWords = lookups.map { Composed(language: $0.language) }
        var coverage = Coverage()
        var rows: [UInt32] = []
        rows.reserveCapacity(formEnds.count)
        var composed: [UInt16] = []
        let found = lookups.map { $0.rows(of: seen.forms, ends: formEnds) }
        let pivots = lookups.map { $0.pivot }
        let vector = FloatBuffer(count: table.dimension)
        seen.forms.withUnsafeBufferPointer { forms in
            for token in formEnds.indices {
                let which = foreign?.isForeign[token] == true ? 1 : 0
                let row = found[which][token]
                let isFound = row != EmbeddedColumns.absent
                if isFound { coverage.found += 1 }
                if isFound, hides?(token, row) != true {
                    rows.append(row)
                    if let pivot = pivots[which], table.language(ofRow: Int(row)) == pivot {
                        coverage.foundInPivot += 1
                    }
                    continue
                }
                let start = token == 0 ? 0 : Int(formEnds[token - 1])
                let form = UnsafeBufferPointer(rebasing: forms[start..<Int(formEnds[token])])
                let number = compose(form, &composedWords[which], into: &composed, vector)
                rows.append(number)
                if isFound { continue }
                if number == EmbeddedColumns.absent { coverage.absent += 1 } else { coverage.composed += 1 }
            }
        }
        return (rows, composed, coverage)
    }

    /// What stands in the column of rows for a word that has none; its vector is composed once per language and batch.
    private func compose(
        _ form: UnsafeBufferPointer<UInt8>, _ words: inout Composed, into composed: inout [UInt16],
        _ vector: FloatBuffer
    ) -> UInt32 {
        let hash = XXH3_64bits(form.baseAddress, form.count)
        if let number = words.numbers[hash] { return number }
        var number = EmbeddedColumns.absent
        if table.compose(form, language: words.language, into: vector.pointer) {
            let D = table.dimension
            number = EmbeddedColumns.composedBit | UInt32(composed.count / D)
            composed.append(contentsOf: repeatElement(0, count: D))
            composed.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress {
                    Kernel.floatToHalf(count: D, x: vector.pointer, y: base + buffer.count - D)
                }
            }
        }
        words.numbers[hash] = number
        return number
    }

    /// `[N, statistics]`
    private func denseStatistics(_ rows: [UInt32]) -> [Float] {
        let S = numbers.statistics.count
        let tableRows = rows.map { $0 & EmbeddedColumns.composedBit == 0 ? $0 : EmbeddedColumns.absent }
        return [Float](unsafeUninitializedCapacity: rows.count * S) { out, count in
            out.initialize(repeating: 0)
            if let base = out.baseAddress {
                tableRows.withUnsafeBufferPointer { table.gatherStatistics($0, into: base, stride: S) }
            }
            count = rows.count * S
        }
    }

    private func denseVectors(_ rows: [UInt32], _ composed: [UInt16]) -> [UInt16] {
        let D = table.dimension
        var dense: [UInt16] = []
        dense.reserveCapacity(rows.count * D)
        for row in rows {
            if row == EmbeddedColumns.absent {
                dense.append(contentsOf: repeatElement(0, count: D))
            } else if row & EmbeddedColumns.composedBit != 0 {
                let start = Int(row & ~EmbeddedColumns.composedBit) * D
                dense.append(contentsOf: composed[start..<start + D])
            } else {
                dense.append(contentsOf: table.halfRow(Int(row)))
            }
        }
        return dense
    }
}
