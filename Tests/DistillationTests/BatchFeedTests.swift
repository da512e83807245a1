import Corpora
import Distillation
import NERPipeTesting
import Testing

@Suite struct BatchFeedTests {
    /// A sentence by its length and the random features of its first token.
    struct Place: Hashable {
        var features: [UInt32], length: Int

        init(_ embedding: EmbeddedColumns?, _ tokens: Range<Int>) {
            let F = embedding?.featureCount ?? 0
            features = Array(embedding?.features[tokens.lowerBound * F..<(tokens.lowerBound + 1) * F] ?? [])
            length = tokens.count
        }
    }
    struct Step: Equatable { var number: Int, places: [Place], tokens: Int }

    static func settings(seed: UInt64 = 1) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.batchTokenCount = 20
        settings.windowTokenCount = 60
        settings.seed = seed
        return settings
    }

    static func step(_ update: UpdateBatch) -> Step {
        Step(
            number: update.updateNumber,
            places: update.sentenceEnds.indices.map { Place(update.embedding, update.tokens(ofSentence: $0)) },
            tokens: update.tokenCount)
    }

    /// All steps of an epoch, and the cursor after each.
    static func run(
        _ blocks: [SentenceBatch], _ settings: TrainingSettings, cursor: FeedCursor = FeedCursor(),
        updatesPerEpoch: Int? = nil
    ) async throws -> [(step: Step, cursor: FeedCursor)] {
        let source = BlockSource(blocks, from: cursor.windowFirstBlock)
        var feed = BatchFeed(settings, updatesPerEpoch: updatesPerEpoch, cursor: cursor) { source.take() }
        var steps: [(step: Step, cursor: FeedCursor)] = []
        while let update = try await feed.next() { steps.append((step(update), feed.cursor)) }
        return steps
    }

    static func allPlaces(_ blocks: [SentenceBatch]) -> Set<Place> {
        Set(
            blocks.flatMap { block in
                (0..<block.sentenceCount).map { Place(block.embedding, block.tokens(ofSentence: $0)) }
            })
    }

    @Test(arguments: 0..<12)
    func everySentenceComesOnceAndTheUpdatesAreThoseOfTheTokens(_ seed: UInt64) async throws {
        let blocks = scoredBlocks(14, seed: seed)
        let steps = try await Self.run(blocks, Self.settings(seed: seed))
        let places = steps.flatMap(\.step.places)
        #expect(Set(places) == Self.allPlaces(blocks))
        #expect(places.count == Set(places).count)
        let tokenCount = blocks.reduce(0) { $0 + $1.tokenCount }
        let expected = BatchFeed.updateCount(tokenCount: tokenCount, batchTokenCount: 20)
        #expect(expected == (tokenCount + 19) / 20)
        // A sentence that begins in an update may fill the last one, which then has nothing of its own.
        #expect(steps.count == expected || steps.count == expected - 1)
        #expect(steps.map(\.step.number) == Array(1...steps.count))
        #expect(steps.reduce(0) { $0 + $1.step.tokens } == tokenCount)
        // Each update has the sentences that begin in its interval of tokens.
        var token = 0
        for (step, _) in steps {
            for place in step.places {
                #expect(token / 20 == step.number - 1)
                token += place.length
            }
        }
    }

    @Test func orderDependsOnSeedAndEpochAlone() async throws {
        let blocks = scoredBlocks(14, seed: 3)
        var second = FeedCursor()
        second.epoch = 1
        let a = try await Self.run(blocks, Self.settings()).map(\.step.places)
        let b = try await Self.run(blocks, Self.settings()).map(\.step.places)
        let c = try await Self.run(blocks, Self.settings(seed: 2)).map(\.step.places)
        let d = try await Self.run(blocks, Self.settings(), cursor: second).map(\.step.places)
        #expect(a == b)
        #expect(a != c)
        #expect(a != d)
        // Shuffled at all.
        let inOrder = blocks.flatMap { block in
            (0..<block.sentenceCount).map { Place(block.embedding, block.tokens(ofSentence: $0)) }
        }
        #expect(a.flatMap { $0 } != inOrder)
    }

    @Test func resumingAfterAnyUpdateGivesTheSameRest() async throws {
        let blocks = scoredBlocks(14, seed: 4)
        var start = FeedCursor()
        start.epoch = 2
        let all = try await Self.run(blocks, Self.settings(), cursor: start, updatesPerEpoch: 50)
        #expect(all.first?.step.number == 101)
        #expect(all.count > 8)
        for (index, (_, cursor)) in all.enumerated() {
            let rest = try await Self.run(blocks, Self.settings(), cursor: cursor, updatesPerEpoch: 50)
            #expect(rest.map(\.step) == all[(index + 1)...].map(\.step), "after update \(index + 1)")
            #expect(rest.map(\.cursor) == all[(index + 1)...].map(\.cursor), "after update \(index + 1)")
        }
    }

    @Test func holdsAtMostTwoWindows() async throws {
        let blocks = scoredBlocks(60, seed: 5)
        let source = BlockSource(blocks)
        let settings = Self.settings()
        var feed = BatchFeed(settings, updatesPerEpoch: nil, cursor: FeedCursor()) { source.take() }
        let largestBlock = blocks.map(\.tokenCount).max() ?? 0
        var given = 0
        while let update = try await feed.next() {
            given += update.tokenCount
            #expect(source.tokensGiven - given < settings.windowTokenCount + largestBlock)
        }
        #expect(given == source.tokensGiven)
    }

    @Test func textDigestOfTheCursorIsThatOfTheBlocksBeforeTheWindow() async throws {
        let blocks = scoredBlocks(14, seed: 6)
        for (_, cursor) in try await Self.run(blocks, Self.settings()) {
            #expect(cursor.textDigest == blocks[..<cursor.windowFirstBlock].reduce(0) { TextDigest.chain($0, $1) })
        }
        var changed = blocks[3]
        changed.text[0] ^= 1
        #expect(TextDigest.chain(1, changed) != TextDigest.chain(1, blocks[3]))
        var regrouped = blocks[3]
        regrouped.sentenceEnds[0] += 1
        #expect(TextDigest.chain(1, regrouped) != TextDigest.chain(1, blocks[3]))
    }

    @Test func sentencesLongerThanAnUpdateComeOnceAndNumbersFollowTheTokens() async throws {
        let blocks = scoredBlocks(6, seed: 7, maximumLength: 70)
        let steps = try await Self.run(blocks, Self.settings())
        let places = steps.flatMap(\.step.places)
        #expect(Set(places) == Self.allPlaces(blocks) && places.count == Set(places).count)
        let numbers = steps.map(\.step.number)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        #expect(
            (numbers.last ?? 0)
                <= BatchFeed.updateCount(tokenCount: blocks.reduce(0) { $0 + $1.tokenCount }, batchTokenCount: 20))
        for (index, (_, cursor)) in steps.enumerated() {
            #expect(
                try await Self.run(blocks, Self.settings(), cursor: cursor).map(\.step)
                    == steps[(index + 1)...].map(\.step))
        }
    }

    @Test func emptyStreamEndsAtOnceAndFailuresPass() async throws {
        #expect(try await Self.run([], Self.settings()).isEmpty)
        struct Broken: Error {}
        var feed = BatchFeed(Self.settings(), updatesPerEpoch: nil, cursor: FeedCursor()) { throw Broken() }
        await #expect(throws: Broken.self) { try await feed.next() }
    }
}
