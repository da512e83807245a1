import Diagnostics
import Kernels
package import Shards
import VectorSpaces
package import Vectors

/// The rows of a table that text of one language needs, as a table of its own.
///
/// Rows of the language and of no language (`*`) come first, the most frequent ones before the others where the table has the statistic
/// `frequency`, otherwise in its order; then those of the pivot language, whose names stand in for missing ones. Sub-words are kept as they are, left
/// out, or fitted to the language's words in fewer buckets (``SubwordFit``). Memory: that of the words and index of the cut, and of the fitted buckets.
package struct LanguageCut: Sendable {
    package enum Subwords: Equatable, Sendable {
        case kept, none
        /// Fitted anew, into so many rows.
        case fitted(buckets: Int)
    }

    package struct Size: Sendable {
        /// Rows that are kept at most; nil: all that the language has.
        package var rowLimit: Int?
        package var subwords = Subwords.kept
        package var rowFormat = VectorRowFormat.int8

        package init() {}
    }

    package let table: VectorTable
    /// The table's own code.
    package let language: String
    /// Numbers of the rows that the language may need, the most wanted first.
    private let candidates: [Int]
    /// `[candidates + 1]`: bytes of the words before each.
    private let letters: [Int]
    private let seed: UInt64

    /// - Parameter language: The table's own code; a table with rows of any language alone takes every code.
    package init(_ table: VectorTable, language: String, seed: UInt64 = 1) throws {
        (self.table, self.language, self.seed) = (table, language, seed)
        let order = table.lookupOrder(for: language)
        guard !order.isEmpty else { throw Failure.noRows(of: language, table.path) }
        let pivot = table.pivotNumber(for: language)
        let places = Dictionary(uniqueKeysWithValues: order.map { ($0, $0 == pivot ? 1 : 0) })
        var candidates: [(place: Int, frequency: Float, row: Int)] = []
        for row in 0..<table.rowCount {
            guard let place = places[table.language(ofRow: row)] else { continue }
            candidates.append((place, table.statistic("frequency", ofRow: UInt32(row)) ?? 0, row))
        }
        candidates.sort { ($0.place, -$0.frequency, $0.row) < ($1.place, -$1.frequency, $1.row) }
        self.candidates = candidates.map(\.row)
        letters = self.candidates.reduce(into: [0]) {
            $0.append($0[$0.count - 1] + (table.bytes(ofWord: $1)?.count ?? 0))
        }
    }

    /// Rows that the language may need.
    package var candidateCount: Int { candidates.count }

    /// Bytes of a table of so many rows, without its head and its description.
    package func byteCount(rows count: Int, _ size: Size) -> Int {
        let width = table.dimension * (size.rowFormat == .int8 ? 1 : 2) + (size.rowFormat == .int8 ? 4 : 0)
        var slots = 1024
        while slots < 2 * count { slots *= 2 }
        return letters[count] + count * (width + 10 + 4 * table.statisticNames.count) + 4 * slots + buckets(size)
            * width
            + transformByteCount(size)
    }

    private func buckets(_ size: Size) -> Int {
        switch size.subwords {
        case .kept: table.description.subwords?.buckets ?? 0
        case .none: 0
        case .fitted(let buckets): table.description.subwords == nil ? 0 : buckets
        }
    }

    private func transformByteCount(_ size: Size) -> Int {
        guard table.hasTransforms, size.subwords == .kept else { return 0 }
        return table.lookupOrder(for: language).count * 4 * table.dimension * (table.dimension + 1)
    }

    /// How many rows fit into so many bytes.
    package func rowLimit(byteCount: Int, _ size: Size) -> Int {
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if self.byteCount(rows: middle, size) <= byteCount { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Writes the table.
    package func write(to path: String, _ size: Size, _ rule: OutputRule = OutputRule()) throws
        -> VectorTableDescription
    {
        // In the order of the table: a word stands before those that were rarer when it was made.
        let rows = candidates.prefix(size.rowLimit ?? .max).sorted()
        let old = table.description, D = table.dimension
        let isUnit = old.normalization != VectorNormalization.none.rawValue
        let writer = try VectorTableWriter(
            path: path, dimension: D, normalization: isUnit ? .unit : .none, statistics: old.statistics,
            unseenStatistics: old.unseenStatistics, rowFormat: size.rowFormat, folding: table.folding, rule: rule)
        var numbers: [UInt16: UInt16] = [:]
        for number in table.lookupOrder(for: language) {
            numbers[number] = writer.addLanguage(old.languages[Int(number)])
            if table.pivotNumber(for: language) == number { writer.pivot = old.languages[Int(number)] }
        }
        let vector = FloatBuffer(count: D), statistics = FloatBuffer(count: max(1, old.statistics.count))
        for row in rows {
            guard let word = table.bytes(ofWord: row) else { throw Failure.damagedRow(table.path, row: row) }
            read(row, into: vector.pointer, statistics.pointer)
            try writer.append(
                word: word, language: numbers[table.language(ofRow: row)] ?? 0, vector: vector.pointer,
                statistics: old.statistics.isEmpty ? nil : UnsafePointer(statistics.pointer))
        }
        try appendSubwords(size.subwords, to: writer, numbers)
        return try writer.finish()
    }

    private func read(_ row: Int, into vector: UnsafeMutablePointer<Float>, _ statistics: UnsafeMutablePointer<Float>) {
        withUnsafePointer(to: UInt32(row)) { row in
            let numbers = UnsafeBufferPointer(start: row, count: 1)
            table.gather(numbers, scale: 1, into: vector, stride: table.dimension)
            table.gatherStatistics(numbers, into: statistics, stride: table.statisticNames.count)
        }
    }

    private func appendSubwords(
        _ subwords: Subwords, to writer: VectorTableWriter, _ numbers: [UInt16: UInt16]
    ) throws {
        guard var settings = table.description.subwords else { return }
        switch subwords {
        case .none: return
        case .kept:
            for (old, new) in numbers {
                guard let (center, rotation) = table.transform(ofLanguage: old) else { continue }
                writer.setTransform(language: new, center: center, rotation: rotation)
            }
            try writer.appendSubwords(settings) { table.copySubword($0, into: $1) }
        case .fitted(let buckets):
            settings.buckets = buckets
            // To all words of the language: those that are left out are the ones to be composed. They lie where they should, so no
            // transform is needed.
            let D = table.dimension, vector = FloatBuffer(count: D), pivot = table.pivotNumber(for: language)
            var fit = SubwordFit(settings, dimension: D)
            try fit.run(
                table, rows: candidates.filter { table.language(ofRow: $0) != pivot }, seed: seed,
                row: { row in
                    withUnsafePointer(to: UInt32(row)) {
                        table.gather(
                            UnsafeBufferPointer(start: $0, count: 1), scale: 1, into: vector.pointer, stride: D)
                    }
                    return UnsafePointer(vector.pointer)
                },
                say: { _ in try Interruption.check("interrupted while n-grams were fitted") })
            try writer.appendSubwords(settings) { bucket, row in
                row.update(from: fit.vectors.pointer + bucket * D, count: D)
            }
        }
    }
}
