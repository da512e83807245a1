import Diagnostics
import Kernels
import UnicodeText
package import Vectors

/// A word that a person asks about, and its vector.
package struct WordQuery: Sendable {
    /// Where the vector comes from.
    package enum Origin: String, Encodable, Sendable { case row, composed }

    /// The look-up form.
    package let form: String
    package let vector: [Float]
    package let origin: Origin
    /// The table's row, when it is one.
    package let row: Int?
    /// The language of the row, or the one that was asked for.
    package let language: String

    /// Looks a word up as `embed` does: own language, any language, pivot; then composed from sub-words.
    ///
    /// - Throws: `Failure` that names words of the language with similar spellings.
    package init(_ word: String, language: String, in table: VectorTable) throws {
        let lookup = WordLookup(table, language: language)
        var bytes: [UInt8] = []
        Array(word.utf8).withUnsafeBufferPointer { lookup.form.append($0, to: &bytes) }
        form = String(decoding: bytes, as: UTF8.self)
        let found = bytes.withUnsafeBufferPointer { lookup.row(of: $0) }
        let buffer = FloatBuffer(count: table.dimension)
        if let found {
            withUnsafePointer(to: found) {
                table.gather(.init(start: $0, count: 1), scale: 1, into: buffer.pointer, stride: table.dimension)
            }
            (origin, row) = (.row, Int(found))
            let number = Int(table.language(ofRow: Int(found)))
            self.language = table.description.languages[number]
        } else {
            let isComposed = bytes.withUnsafeBufferPointer {
                table.compose($0, language: lookup.language, into: buffer.pointer)
            }
            guard isComposed else {
                let near = SimilarSpellings.of(bytes, in: table, languages: lookup.order, count: 3)
                throw Failure.noVector(of: word, in: language, near: near, table)
            }
            (origin, row) = (.composed, nil)
            self.language = language
        }
        vector = buffer.array
        guard vector.contains(where: { $0 != 0 && $0.isFinite }) else {
            throw Failure.zeroVector(table)
        }
    }
}

/// Words of a table that are written almost as another one.
enum SimilarSpellings {
    /// Up to `count` words at a Levenshtein distance of 1 or 2 scalars, nearest first, then most frequent first.
    ///
    /// Looks at all words of the languages whose length in bytes can be near enough.
    static func of(_ form: [UInt8], in table: VectorTable, languages: [UInt16], count: Int) -> [String] {
        let target = scalars(form[...])
        let limit = target.count < 4 ? 1 : 2
        var found: [(distance: Int, row: Int)] = []
        var previous: [Int] = [], current: [Int] = []
        for row in 0..<table.rowCount where languages.contains(table.language(ofRow: row)) {
            // A scalar has one to four bytes.
            guard let word = table.bytes(ofWord: row), abs(word.count - form.count) <= 4 * limit else { continue }
            let other = scalars(word)
            guard abs(other.count - target.count) <= limit else { continue }
            let distance = distance(target, other, limit: limit, &previous, &current)
            if distance <= limit { found.append((distance, row)) }
        }
        found.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
        return found.prefix(count).compactMap {
            table.bytes(ofWord: $0.row).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func scalars(_ bytes: some Collection<UInt8>) -> [UInt32] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
    }

    /// Levenshtein distance; some number above `limit` when it is more than that.
    private static func distance(
        _ a: [UInt32], _ b: [UInt32], limit: Int, _ previous: inout [Int], _ current: inout [Int]
    ) -> Int {
        previous = Array(0...b.count)
        for i in 0..<a.count {
            current = [i + 1]
            var smallest = i + 1
            for j in 0..<b.count {
                let value = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                current.append(value)
                smallest = min(smallest, value)
            }
            if smallest > limit { return smallest }
            swap(&previous, &current)
        }
        return previous[b.count]
    }
}
