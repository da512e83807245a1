import Diagnostics
import Shards

/// The file of a vector table, version 1 or 2: a fixed head, sections of plain arrays, and a JSON description at the end.
///
/// | offset | bytes | little-endian | meaning |
/// |---|---|---|---|
/// | 0 | 8 | text | `NPVECTB1` |
/// | 8 | 8, 8 | u64, u64 | offset and bytes of the description |
/// | 16+8 | 8 | u64 | XXH3-64 of the description |
/// | 32 | 8 | u64 | bytes of the file |
/// | 40 | 8 | u64 | XXH3-64 of the 40 bytes before |
///
/// Sections begin at multiples of 64 bytes: `rows` `[rowCount, dimension]` and `subwords` `[buckets, dimension]`, either
/// f16, or int8 to be multiplied by `rowScales` f32 `[rowCount]` and `subwordScales` f32 `[buckets]`;
/// `statistics` f32 `[rowCount, statistics.count]`, when there are any; `centers` f32 `[L, dimension]` and `rotations`
/// f32 `[L, dimension, dimension]` of the `L` languages, when one of them has a ``VectorTransform``; `words` UTF-8 laid
/// end to end; `wordEnds` u64 `[rowCount]`;
/// `wordLanguages` u16 `[rowCount]`; `index` u32 `[power of two]`, an open-addressing hash index with linear probing:
/// the slot of (language, word) is XXH3-64 of the word, seeded with the number of the language, modulo the number of
/// slots. Words are stored in their look-up form: of the folding `letters` in version 1; version 2 names its folding in the
/// description, and a program that knows it not refuses the table instead of missing words.
struct VectorTableFormat {
    static let magic = Array("NPVECTB1".utf8)
    static let headByteCount = 48
    static let sectionAlignment = 64
    static let emptySlot: UInt32 = 0xFFFF_FFFF
    static let maximumRowCount = 0x7FFF_FFFF
    static let maximumStatisticCount = 64

    static func head(descriptionOffset: Int, description: [UInt8]) -> [UInt8] {
        var bytes = magic
        bytes.appendInteger(UInt64(descriptionOffset))
        bytes.appendInteger(UInt64(description.count))
        bytes.appendInteger(Digest.xxh3(description))
        bytes.appendInteger(UInt64(descriptionOffset + description.count))
        bytes.appendInteger(Digest.xxh3(bytes))
        return bytes
    }
}

/// Where the vectors of words that are not in the table come from: the rows of their character n-grams, as fastText
/// composes them.
package struct SubwordDescription: Codable, Equatable, Sendable {
    /// Length in scalars of the shortest and longest n-gram, the word being written between `<` and `>`.
    package var minimum: Int
    package var maximum: Int
    package var buckets: Int

    package init(minimum: Int, maximum: Int, buckets: Int) {
        self.minimum = minimum
        self.maximum = maximum
        self.buckets = buckets
    }
}

/// What a table says of itself.
package struct VectorTableDescription: Equatable, Sendable {
    package struct Section: Codable, Equatable, Sendable {
        package var offset: Int
        package var bytes: Int
    }

    package var version = 1
    package var dimension: Int
    package var rowCount: Int
    /// Language codes by number; `*` means any language.
    package var languages: [String]
    /// A ``VectorNormalization``.
    package var normalization: String
    /// Names of the numbers stored beside each row.
    package var statistics: [String] = []
    /// `[statistics.count]`: those numbers for a word that has no row.
    package var unseenStatistics: [Float] = []
    package var rowFormat = VectorRowFormat.f16
    /// The language whose rows stand in for words that a language, and `*`, have no row for: names are often written as
    /// in English.
    package var pivot: String?
    package var subwords: SubwordDescription?
    package var sections: [String: Section] = [:]
    /// XXH3-128 of all sections, and of what else decides a token's numbers: the identity of the table.
    package var digest = ""
    /// A `LookupForm/Folding`; nil in tables of before it was stored.
    package var folding: Int?
    /// Words of the input that were left out because an earlier row has the same look-up form.
    package var repeatedWordCount = 0
}

extension VectorTableDescription: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        dimension = try container.decode(Int.self, forKey: .dimension)
        rowCount = try container.decode(Int.self, forKey: .rowCount)
        languages = try container.decode([String].self, forKey: .languages)
        normalization = try container.decode(String.self, forKey: .normalization)
        statistics = try container.decode([String].self, forKey: .statistics)
        // Tables written before there were statistics lack these.
        unseenStatistics = try container.decodeIfPresent([Float].self, forKey: .unseenStatistics) ?? []
        rowFormat = try container.decodeIfPresent(VectorRowFormat.self, forKey: .rowFormat) ?? .f16
        pivot = try container.decodeIfPresent(String.self, forKey: .pivot)
        subwords = try container.decodeIfPresent(SubwordDescription.self, forKey: .subwords)
        sections = try container.decode([String: Section].self, forKey: .sections)
        digest = try container.decode(String.self, forKey: .digest)
        folding = try container.decodeIfPresent(Int.self, forKey: .folding)
        repeatedWordCount = try container.decode(Int.self, forKey: .repeatedWordCount)
    }

    /// What the digest covers after the sections; empty for a table of vectors alone.
    func digestedSettings() throws -> [UInt8] {
        struct Settings: Encodable {
            var statistics: [String]
            var unseenStatistics: [Float]
            var pivot: String?
            var folding: Int?
        }
        guard !statistics.isEmpty || pivot != nil || folding != nil else { return [] }
        return try JSON.encode(
            Settings(statistics: statistics, unseenStatistics: unseenStatistics, pivot: pivot, folding: folding))
    }
}
