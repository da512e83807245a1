import Shards

/// Offsets of the sections, each checked to lie in the file and to have the size that the counts ask for.
struct VectorTableSections {
    var rows: Int, words: Range<Int>, wordEnds: Int, wordLanguages: Int, index: Range<Int>, subwords: Int?
    var rowScales: Int?, subwordScales: Int?
    var statistics: Int?, centers: Int?, rotations: Int?

    init(_ description: VectorTableDescription, byteCount: Int, path: String) throws {
        let N = description.rowCount, D = description.dimension
        guard (1...65536).contains(D), (0...VectorTableFormat.maximumRowCount).contains(N),
            description.languages.count <= 65535,
            (description.subwords?.buckets ?? 0) <= VectorTableFormat.maximumRowCount,
            (description.subwords?.buckets ?? 1) > 0,
            (description.subwords?.minimum ?? 1) >= 1, (description.subwords?.maximum ?? 1) <= 64,
            description.statistics.count <= VectorTableFormat.maximumStatisticCount,
            description.unseenStatistics.count == description.statistics.count,
            description.unseenStatistics.allSatisfy(\.isFinite),
            description.pivot.map(description.languages.contains) ?? true
        else { throw VectorTable.damaged(path, "impossible sizes") }
        func section(_ name: String, bytes: Int?) throws -> Range<Int> {
            guard let section = description.sections[name], section.offset >= 0, section.bytes >= 0,
                section.offset <= byteCount,
                section.bytes <= byteCount - section.offset, section.offset % VectorTableFormat.sectionAlignment == 0,
                bytes == nil || section.bytes == bytes
            else { throw VectorTable.damaged(path, "section '\(name)' is missing or lies outside of the file") }
            return section.offset..<section.offset + section.bytes
        }
        let width = description.rowFormat.byteCount
        rows = try section("rows", bytes: N * D * width).lowerBound
        words = try section("words", bytes: nil)
        wordEnds = try section("wordEnds", bytes: N * 8).lowerBound
        wordLanguages = try section("wordLanguages", bytes: N * 2).lowerBound
        index = try section("index", bytes: nil)
        let slots = index.count / 4
        guard index.count % 4 == 0, slots > N, slots & (slots - 1) == 0 else {
            throw VectorTable.damaged(path, "the index has an impossible size")
        }
        subwords = try description.subwords.map { try section("subwords", bytes: $0.buckets * D * width).lowerBound }
        if description.rowFormat == .int8 {
            rowScales = try section("rowScales", bytes: N * 4).lowerBound
            subwordScales = try description.subwords.map {
                try section("subwordScales", bytes: $0.buckets * 4).lowerBound
            }
        }
        let S = description.statistics.count, L = description.languages.count
        if S > 0 { statistics = try section("statistics", bytes: N * S * 4).lowerBound }
        if description.sections["centers"] != nil || description.sections["rotations"] != nil {
            centers = try section("centers", bytes: L * D * 4).lowerBound
            rotations = try section("rotations", bytes: L * D * D * 4).lowerBound
        }
    }
}
