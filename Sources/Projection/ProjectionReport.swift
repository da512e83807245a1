/// What became of the pairs and entities of a projection.
package struct ProjectionReport: Sendable, Equatable {
    /// Pairs with words on both sides.
    package var pairs = 0
    /// Of these, pairs that are too long to be aligned.
    package var longPairs = 0
    package var entities = 0
    package var projected = 0
    package var rejected: [ProjectionRejection: Int] = [:]
    /// Pairs of which an entity was rejected.
    package var incompletePairs = 0
    /// Pairs with all entities whose mean confidence is too low.
    package var doubtfulPairs = 0
    /// Pairs with entities that were written.
    package var writtenPairs = 0
    /// Pairs without entities, and those of them that were written.
    package var entityFreePairs = 0
    package var writtenEntityFreePairs = 0

    /// Share of the entities that have a place in the target, 0 without any: says how good the alignment is.
    package var projectedRate: Double { entities == 0 ? 0 : Double(projected) / Double(entities) }

    mutating func add(_ other: ProjectionReport) {
        pairs += other.pairs
        longPairs += other.longPairs
        entities += other.entities
        projected += other.projected
        rejected.merge(other.rejected, uniquingKeysWith: +)
        incompletePairs += other.incompletePairs
        doubtfulPairs += other.doubtfulPairs
        writtenPairs += other.writtenPairs
        entityFreePairs += other.entityFreePairs
        writtenEntityFreePairs += other.writtenEntityFreePairs
    }

    /// `NAME <TAB> COUNT` lines.
    package var text: String {
        var lines: [(String, String)] = [
            ("pairs", "\(pairs)"), ("too long", "\(longPairs)"), ("entities", "\(entities)"),
            ("projected", "\(projected)"),
        ]
        lines += ProjectionRejection.allCases.map { ("rejected: \($0.rawValue)", "\(rejected[$0] ?? 0)") }
        lines += [
            ("pairs with an entity rejected", "\(incompletePairs)"), ("pairs of low confidence", "\(doubtfulPairs)"),
            ("written with entities", "\(writtenPairs)"),
            ("written without entities", "\(writtenEntityFreePairs) of \(entityFreePairs)"),
            ("projected-entity rate", Self.rounded(projectedRate)),
        ]
        return lines.map { "\($0)\t\($1)\n" }.joined()
    }

    private static func rounded(_ share: Double) -> String {
        let digits = String(Int((share * 10_000).rounded()))
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return "\(padded.dropLast(4)).\(padded.suffix(4))"
    }
}
