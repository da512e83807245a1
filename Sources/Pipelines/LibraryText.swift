import Corpora
import Diagnostics
import Distillation
import Randomness
import Shards

/// Text in shards that can be read in any order, for an adversary.
struct LibraryText: UnlabelledText {
    let library: ShardLibrary
    /// Of the vector table.
    let rowCount: Int
    let seed: UInt64

    /// Sentences that follow one another from a sentence of a block on, both drawn by the update's number.
    func sentences(update: Int, tokenCount: Int) throws -> UpdateBatch {
        var random = RandomSource(seed: seed, stream: .blockOrder, 1 << 32, UInt64(update))
        var block = random.below(library.blockCount)
        var result = UpdateBatch()
        var position: Int?
        // What a library says it holds need not be so.
        var blocksWithoutTokens = 0
        while result.tokenCount < tokenCount {
            guard blocksWithoutTokens < library.blockCount else {
                throw Failure.adversaryWithoutTokens()
            }
            let before = result.tokenCount
            defer { blocksWithoutTokens = result.tokenCount > before ? 0 : blocksWithoutTokens + 1 }
            let batch = try library.batch(block)
            try batch.requireRows(below: rowCount, place: "the text of --adversary")
            var sentence = position ?? (batch.sentenceCount > 0 ? random.below(batch.sentenceCount) : 0)
            while sentence < batch.sentenceCount, result.tokenCount < tokenCount {
                result.append(batch, sentence: sentence, hasTargets: false)
                sentence += 1
            }
            position = 0
            block = (block + 1) % library.blockCount
        }
        return result
    }
}
