import Corpora
import Distillation
import NERPipeTesting
import Testing

/// The columns of an update against those of the blocks that its sentences were taken from.
struct UpdateBatchTests {
    /// All that an update knows of a token.
    struct Token: Equatable {
        var row: UInt32?, vector: [UInt16], features: [UInt32], position: UInt8?, probabilities: [UInt16], gold: UInt8?

        init(_ token: Int, _ columns: EmbeddedColumns, _ scores: ScoreColumns?, _ gold: [UInt8]?) {
            let row = columns.rows[token], D = columns.dimension, F = columns.featureCount, K = scores?.labelCount ?? 0
            let isComposed = row != EmbeddedColumns.absent && row & EmbeddedColumns.composedBit != 0
            self.row = isComposed ? nil : row
            let start = Int(row & ~EmbeddedColumns.composedBit) * D
            vector = isComposed ? Array(columns.composed[start..<start + D]) : []
            features = Array(columns.features[token * F..<(token + 1) * F])
            position = columns.positions.isEmpty ? nil : columns.positions[token]
            probabilities = Array(scores?.probabilities[token * K..<(token + 1) * K] ?? [])
            self.gold = gold?[token]
        }
    }

    @Test(arguments: [false, true], [false, true])
    func everyTokenKeepsAllItsColumns(_ hasPositions: Bool, _ isGold: Bool) throws {
        var corpus = TinyCorpus(seed: 91)
        let blocks = (1...3).map { index in
            var block = corpus.scored([3, 1, 7, 2, 5], index: index)
            if hasPositions { block.embedding?.positions = (0..<18).map { UInt8(($0 * 5 + index) % 8) } }
            if isGold {
                block.scores = nil
                block.gold = (0..<18).map { UInt8(($0 + index) % 5) }
            }
            return block
        }
        var update = UpdateBatch()
        var expected: [[Token]] = []
        for (block, sentence) in [(2, 4), (0, 1), (1, 2), (2, 0), (0, 1), (0, 3)] {
            let source = blocks[block]
            update.append(source, sentence: sentence)
            let columns = try #require(source.embedding)
            expected.append(source.tokens(ofSentence: sentence).map { Token($0, columns, source.scores, source.gold) })
        }
        let columns = try #require(update.embedding)
        let found = update.sentenceEnds.indices.map { sentence in
            update.tokens(ofSentence: sentence).map { Token($0, columns, update.scores, update.gold) }
        }
        #expect(found == expected)
        #expect(update.tokenCount == expected.reduce(0) { $0 + $1.count })
        #expect(expected.joined().contains { $0.row == nil }, "no composed vector among them")
    }
}
