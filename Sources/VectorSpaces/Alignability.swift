package import Corpora
import Kernels
package import Streams
package import Vectors

/// How well the words of two languages of a table can be laid over each other: the share of held-out translations that are the nearest word
/// (P@1, cosine), as the rows stand and with the rotation that the other translations ask for (Deshpande et al. 2022, "alignment").
package struct Alignability: Sendable, Encodable {
    /// Translations that the rotation is learnt from, and words that are tested.
    package let learntPairCount, testedWordCount: Int
    /// Percent.
    package let plain, rotated: Double

    private static let heldOut = 0.3
    private static let maximumWordCount = 20_000

    /// - Returns: nil when fewer than ten translations can be tested.
    package init?(
        _ table: VectorTable, source: UInt16, target: UInt16, dictionary: BilingualDictionary, threads: ComputeThreads
    ) throws {
        func space(_ number: UInt16) throws -> LanguageSpace {
            try LanguageSpace(
                table: table, number: number, maximumWordCount: Self.maximumWordCount, preparation: .unit)
        }
        let spaces = (source: try space(source), target: try space(target))
        func pairs(isHeldOut: Bool) -> SeedDictionary {
            SeedDictionary(dictionary, source: spaces.source, target: spaces.target) {
                SeedDictionary.isHeldOut($0, share: Self.heldOut) == isHeldOut
            }
        }
        let learnt = pairs(isHeldOut: false).pairs, tested = pairs(isHeldOut: true)
        func precision() throws -> TranslationReport {
            try TranslationReport(source: spaces.source, target: spaces.target, test: tested, threads: threads)
        }
        let before = try precision()
        guard before.wordCount >= 10, learnt.count >= 10 else { return nil }
        let matrix = Procrustes.rotation(
            from: spaces.source.gather(learnt.map(\.source)), to: spaces.target.gather(learnt.map(\.target)),
            count: learnt.count, dimension: table.dimension)
        spaces.source.rotate(by: Rotation(matrix, dimension: table.dimension))
        let after = try precision()
        (learntPairCount, testedWordCount) = (learnt.count, before.wordCount)
        (plain, rotated) = (before.nearestNeighbour.at1, after.nearestNeighbour.at1)
    }
}
