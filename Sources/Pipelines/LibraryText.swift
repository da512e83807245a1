import Corpora
import Distillation
import Randomness

/// Text in shards that can be read in any order, for an adversary.
struct LibraryText: UnlabelledText {
    let library: BlockLibrary
    /// Of the vector table.
    let rowCount: Int
    let seed: UInt64

    /// Sentences that follow one another from a sentence of a block on, both drawn by the update's number.
    func sentences(update: Int, tokenCount: Int) throws -> UpdateBatch {
        var random = RandomSource(seed: seed, stream: .blockOrder, 1 << 32, UInt64(update))
        var block = random.below(library.blockCount)
        var result = UpdateBatch()
        var position: Int?
        // A library has a token somewhere, so this ends.
        while result.tokenCount < tokenCount {
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
