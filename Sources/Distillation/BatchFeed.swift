package import Corpora
import Randomness
import Shards

/// Where a feed stands between two updates.
package struct FeedCursor: Codable, Equatable, Sendable {
    /// Epoch, from 0.
    package var epoch = 0
    /// Blocks of the epoch before the window.
    package var windowFirstBlock = 0
    /// Tokens of the epoch before the window.
    package var windowFirstToken = 0
    /// Sentences of the window that are done, in its shuffled order.
    package var sentence = 0
    /// Chained digest of the text of all blocks before the window.
    package var textDigest: UInt64 = 0
    /// The same digest after the window: by it a replay is known that differs only in what is being learnt from.
    package var windowDigest: UInt64?

    package init() {}
}

/// Turns the blocks of an epoch into batches of sentences in shuffled order, with bounded memory.
///
/// Consecutive blocks, as they come, make a window of at least `windowTokenCount` tokens; its sentences are shuffled by
/// a permutation that depends on seed, epoch and the window's first block. The epoch's tokens are numbered in that
/// order, and update `u` of the epoch gets the sentences that begin in tokens `u * batchTokenCount ..< (u + 1) *
/// batchTokenCount`. So the numbers of an epoch's updates are known from its number of tokens, whatever the order (an
/// update in whose tokens no sentence begins is left out, its number too); batches may reach over the end of a window;
/// and to continue from a cursor only the window of the cursor must be read again. Memory: one window, and the batches of the update in hand.
package struct BatchFeed {
    private let settings: TrainingSettings
    /// nil when the stream's length is not known.
    private let updatesPerEpoch: Int?
    private let nextBlock: () async throws -> SentenceBatch?

    /// The stream that a cursor was continued with is not the one it was saved for.
    package struct TextChanged: Error {
        /// Blocks of the epoch up to the end of the window that differs.
        package let blockCount: Int
    }

    /// Where the feed stands; valid between two calls of ``next()``.
    package private(set) var cursor: FeedCursor
    private var window: [SentenceBatch] = []
    private var order: [(batch: Int, sentence: Int)] = []
    private var sentencesToSkip: Int
    private var position = 0
    private var token: Int
    private var endDigest: UInt64
    /// Of the first window, when it is continued.
    private var expectedDigest: UInt64?
    private var isAtEnd = false

    /// - Parameters:
    ///   - cursor: Where to begin; `nextBlock` must give block `cursor.windowFirstBlock` of the epoch's order first.
    ///   - nextBlock: The blocks of epoch `cursor.epoch`, in the epoch's order.
    package init(
        _ settings: TrainingSettings, updatesPerEpoch: Int?, cursor: FeedCursor,
        nextBlock: @escaping () async throws -> SentenceBatch?
    ) {
        self.settings = settings
        self.updatesPerEpoch = updatesPerEpoch
        self.cursor = cursor
        self.nextBlock = nextBlock
        sentencesToSkip = cursor.sentence
        token = cursor.windowFirstToken
        endDigest = cursor.textDigest
        expectedDigest = cursor.windowDigest
    }

    /// Updates of an epoch of so many tokens.
    package static func updateCount(tokenCount: Int, batchTokenCount: Int) -> Int {
        (tokenCount + batchTokenCount - 1) / batchTokenCount
    }

    /// The sentences of the next update, or nil at the end of the epoch.
    package mutating func next() async throws -> UpdateBatch? {
        var result = UpdateBatch()
        var interval: Int?
        while true {
            if position == order.count {
                guard try await loadWindow() else { break }
                continue
            }
            let current = token / settings.batchTokenCount
            if let interval, current != interval { break }
            interval = current
            let place = order[position]
            result.append(window[place.batch], sentence: place.sentence)
            token += window[place.batch].tokens(ofSentence: place.sentence).count
            position += 1
        }
        guard let interval else { return nil }
        cursor.sentence = position
        result.updateNumber = cursor.epoch * (updatesPerEpoch ?? 0) + interval + 1
        return result
    }

    private mutating func loadWindow() async throws -> Bool {
        guard !isAtEnd else { return false }
        let firstBlock = cursor.windowFirstBlock + window.count
        let digest = endDigest
        window.removeAll()  // all of it is handed out; two windows at a time would double the memory
        var batches: [SentenceBatch] = []
        var tokenCount = 0
        while tokenCount < settings.windowTokenCount {
            guard var batch = try await nextBlock() else {
                isAtEnd = true
                break
            }
            endDigest = TextDigest.chain(endDigest, batch)
            tokenCount += batch.tokenCount
            batch.forgetText()
            batches.append(batch)
        }
        if let expectedDigest, expectedDigest != endDigest { throw TextChanged(blockCount: firstBlock + batches.count) }
        expectedDigest = nil
        guard !batches.isEmpty else { return false }
        window = batches
        let sentences = batches.indices.flatMap { batch in
            (0..<batches[batch].sentenceCount).map { (batch: batch, sentence: $0) }
        }
        var random = RandomSource(seed: settings.seed, stream: .sentenceOrder, UInt64(cursor.epoch), UInt64(firstBlock))
        order = random.permutation(sentences.count).map { sentences[$0] }
        cursor.windowFirstBlock = firstBlock
        cursor.windowFirstToken = token
        cursor.textDigest = digest
        cursor.windowDigest = endDigest
        cursor.sentence = 0
        position = min(sentencesToSkip, order.count)
        sentencesToSkip = 0
        for place in order[..<position] { token += window[place.batch].tokens(ofSentence: place.sentence).count }
        return true
    }
}

/// A digest of what was read so far that needs eight bytes of state: by it a resumed run knows a replayed stream.
package enum TextDigest {
    package static func chain(_ previous: UInt64, _ batch: SentenceBatch) -> UInt64 {
        var bytes: [UInt8] = []
        bytes.appendInteger(previous)
        bytes.appendInteger(Digest.xxh3(batch.text))
        bytes.appendInteger(batch.sentenceEnds.withUnsafeBytes { Digest.xxh3($0) })
        return Digest.xxh3(bytes)
    }
}
