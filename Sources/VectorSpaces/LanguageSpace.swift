import Diagnostics
package import Kernels
package import Vectors

/// What is done to the rows of a language before spaces are compared.
package enum RowPreparation: String, CaseIterable, Sendable {
    /// Every row gets length 1.
    case unit
    /// Unit rows, less the mean of the language's most frequent ones, made unit again: what all words of a language
    /// have in common tells none of them apart.
    case centerUnit = "center,unit"
}

/// The most frequent words of one language of a table, as prepared float rows in memory.
///
/// `@unchecked Sendable` holds because only ``rotate(by:)`` writes, and its caller has the space alone.
package final class LanguageSpace: @unchecked Sendable {
    package let table: VectorTable
    /// Number of the language in the table.
    package let number: UInt16
    /// Row of each word in the table, ascending: the most frequent word first.
    package let rows: [UInt32]
    /// `[rows.count, dimension]`.
    package let vectors: FloatBuffer
    /// What was subtracted from the unit rows, `[dimension]`; nil when nothing was.
    package let center: [Float]?

    package var dimension: Int { table.dimension }

    /// Words whose mean is the centre: rare words are many and badly placed.
    private static let centerWordCount = 12_000

    /// - Parameters:
    ///   - table: Its rows stand in the order of frequency, as 'vectors import' leaves them.
    ///   - number: Number of the language in the table.
    ///   - maximumWordCount: Words beyond these are not read.
    ///   - preparation: What is done to the rows.
    package init(table: VectorTable, number: UInt16, maximumWordCount: Int, preparation: RowPreparation) throws {
        self.table = table
        self.number = number
        var rows: [UInt32] = []
        for row in 0..<table.rowCount where table.language(ofRow: row) == number {
            if rows.count == maximumWordCount { break }
            rows.append(UInt32(row))
        }
        guard !rows.isEmpty else {
            throw Failure.noRows(of: number, table)
        }
        self.rows = rows
        let D = table.dimension
        vectors = FloatBuffer(count: rows.count * D)
        let base = vectors.pointer
        rows.withUnsafeBufferPointer { table.gather($0, scale: 1, into: base, stride: D) }
        for word in rows.indices { VectorNorm.makeUnit(base + word * D, D) }
        switch preparation {
        case .unit: center = nil
        case .centerUnit:
            let mean = Self.mean(vectors, count: min(rows.count, Self.centerWordCount), dimension: D)
            Self.prepare(vectors.pointer, count: rows.count, dimension: D, center: mean)
            center = mean
        }
    }

    /// Number of words.
    package var count: Int { rows.count }

    /// The number of a word given in its look-up form; nil when it is not among the words here.
    package func word(_ form: [UInt8]) -> Int? {
        guard let row = form.withUnsafeBufferPointer({ table.row(of: $0, languages: [number]) }) else { return nil }
        var low = 0, high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low] == row ? low : nil
    }

    /// The look-up form of a word.
    package func form(_ word: Int) -> [UInt8] { table.bytes(ofWord: Int(rows[word])).map { Array($0) } ?? [] }

    /// Replaces all vectors by their images.
    package func rotate(by rotation: Rotation) {
        rotation.apply(to: vectors.pointer, count: count)
    }

    /// A copy of the vectors of some words, `[words.count, dimension]`.
    func gather(_ words: some Collection<Int>) -> FloatBuffer {
        let D = dimension
        let copy = FloatBuffer(count: words.count * D)
        var place = copy.pointer
        for word in words {
            place.update(from: vectors.pointer + word * D, count: D)
            place += D
        }
        return copy
    }

    /// Makes rows unit, and with a centre subtracts it and makes them unit again.
    static func prepare(_ rows: UnsafeMutablePointer<Float>, count: Int, dimension D: Int, center: [Float]?) {
        for row in 0..<count {
            let vector = rows + row * D
            VectorNorm.makeUnit(vector, D)
            guard let center else { continue }
            Kernel.axpy(count: D, a: -1, x: center, y: vector)
            VectorNorm.makeUnit(vector, D)
        }
    }

    private static func mean(_ rows: FloatBuffer, count: Int, dimension D: Int) -> [Float] {
        var sum = [Double](repeating: 0, count: D)
        for row in 0..<count {
            for index in 0..<D { sum[index] += Double(rows.pointer[row * D + index]) }
        }
        return sum.map { Float($0 / Double(count)) }
    }
}

extension LanguageSpace {
    /// The number of the language that a user means.
    ///
    /// A table whose rows are of any language (`*`) may be given a name; otherwise the name must be one of the table's,
    /// and may be left out when there is only one.
    package static func number(of language: String?, in table: VectorTable, option: String) throws -> UInt16 {
        let languages = table.description.languages
        if let language { return languages == ["*"] ? 0 : try table.requireNumber(of: language, option: option) }
        guard languages.count == 1, languages != ["*"] else {
            throw Failure.languageNotChosen(table, option: option)
        }
        return 0
    }
}
