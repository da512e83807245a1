package import Corpora

/// Batches of invented words, made in code.
package struct TinyCorpus {
    package var dimension = 5
    package var rowCount = 11
    package var featureCount = 2
    package var labelCount = 5
    package var hasPositions = false
    /// Bits that feature hashes may have; few rows and bits make tokens that are alike.
    package var featureMask = UInt32.max
    package var random: SeededGenerator

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Tokens `w0`, `w1`, ... in sentences of the lengths given, in one document.
    package mutating func tokens(_ lengths: [Int], index: Int = 1) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.index = index
        batch.appendDocument(identifier: "doc \(index)".utf8)
        var offset: UInt64 = 0
        for length in lengths {
            for _ in 0..<length {
                let word = Array("w\(Int.random(in: 0..<40, using: &random))".utf8)
                word.withUnsafeBufferPointer { batch.appendToken($0, offset: offset) }
                offset += UInt64(word.count + 1)
            }
            batch.endSentence(document: 0)
        }
        return batch
    }

    /// The same with rows (some absent, some composed) and feature hashes.
    package mutating func embedded(_ lengths: [Int], index: Int = 1) -> SentenceBatch {
        var batch = tokens(lengths, index: index)
        var composed: [UInt16] = []
        let rows: [UInt32] = (0..<batch.tokenCount).map { _ in
            switch Int.random(in: 0..<10, using: &random) {
            case 0: return EmbeddedColumns.absent
            case 1:
                composed += random.floats(dimension).map { Float16($0).bitPattern }
                return EmbeddedColumns.composedBit | UInt32(composed.count / dimension - 1)
            default: return UInt32.random(in: 0..<UInt32(rowCount), using: &random)
            }
        }
        let features = (0..<batch.tokenCount * featureCount).map { _ in
            UInt32.random(in: 0...UInt32.max, using: &random) & featureMask
        }
        batch.embedding = EmbeddedColumns(
            dimension: dimension, rows: rows, composed: composed, featureCount: featureCount, features: features)
        if hasPositions {
            let positions = (0..<batch.tokenCount).map { _ in
                UInt8.random(in: 0..<8, using: &random) & UInt8(truncatingIfNeeded: featureMask)
            }
            batch.embedding?.positions = positions
        }
        return batch
    }

    /// The same with a random distribution for each token.
    package mutating func scored(_ lengths: [Int], index: Int = 1) -> SentenceBatch {
        var batch = embedded(lengths, index: index)
        var probabilities: [UInt16] = []
        for _ in 0..<batch.tokenCount { probabilities += distribution().map { Float16($0).bitPattern } }
        batch.scores = ScoreColumns(labelCount: labelCount, probabilities: probabilities)
        return batch
    }

    /// Random probabilities that sum to 1.
    package mutating func distribution() -> [Float] {
        let weights = (0..<labelCount).map { _ in Float.random(in: 0.05...1, using: &random) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
