import Corpora
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@Suite struct SentenceBatchTests {
    static func header(_ kind: StreamHeader.Kind) -> StreamHeader {
        var header = StreamHeader(kind: kind, producer: "t", language: "xx", tokenizer: "given")
        if kind == .tokens { return header }
        header.table = TableReference(path: "p", digest: "d", dimension: 5)
        header.features = ["shape", "suffix2"]
        if kind != .embedded { header.labels = TagSet(types: ["PER", "LOC"]).names }
        return header
    }

    static func batch(_ kind: StreamHeader.Kind) -> SentenceBatch {
        var corpus = TinyCorpus(seed: 3)
        switch kind {
        case .tokens: return corpus.tokens([3, 1, 4], index: 7)
        case .embedded: return corpus.embedded([3, 1, 4], index: 7)
        case .labelled:
            var batch = corpus.embedded([3, 1, 4], index: 7)
            batch.gold = (0..<8).map { UInt8($0 % 5) }
            return batch
        default: return corpus.scored([3, 1, 4], index: 7)
        }
    }

    /// Everything a batch holds, in a form that can be compared.
    static func content(_ batch: SentenceBatch) -> [String] {
        [
            "\(batch.index) \(batch.continuesDocument)", "\(batch.documentIdentifiers) \(batch.documentIdentifierEnds)",
            "\(batch.sentenceDocuments)",
            "\(batch.sentenceEnds)", "\(batch.tokenOffsets)", "\(batch.textEnds)", "\(batch.text)",
            "\(batch.embedding.map { "\($0.dimension) \($0.rows) \($0.composed) \($0.featureCount) \($0.features) \($0.dense)" } ?? "")",
            "\(batch.embedding.map { "\($0.positions) \($0.denseStatistics)" } ?? "")",
            "\(batch.scores.map { "\($0.labelCount) \($0.probabilities)" } ?? "")", "\(batch.gold ?? [])",
        ]
    }

    @Test(arguments: [StreamHeader.Kind.tokens, .embedded, .scored, .labelled])
    func columnsAreReadBack(_ kind: StreamHeader.Kind) throws {
        var batch = Self.batch(kind)
        batch.continuesDocument = kind == .embedded
        let read = try SentenceBatch(batch.block(), header: Self.header(kind), place: "p")
        #expect(Self.content(read) == Self.content(batch))
        #expect(read.counts == BlockCounts(documents: kind == .embedded ? 0 : 1, sentences: 3, tokens: 8))
    }

    @Test func denseVectorsAreReadBack() throws {
        var batch = Self.batch(.embedded)
        batch.embedding?.dense = (0..<8 * 5).map { UInt16($0) }
        #expect(
            try SentenceBatch(batch.block(), header: Self.header(.embedded), place: "p").embedding?.dense
                == batch.embedding?.dense)
        batch.embedding?.dense.removeLast()
        #expect(throws: Failure.self) { try SentenceBatch(batch.block(), header: Self.header(.embedded), place: "p") }
    }

    /// A header and a batch of tokens with two statistics and flags of positions.
    static func numbered() -> (header: StreamHeader, batch: SentenceBatch) {
        var header = header(.embedded), batch = batch(.embedded)
        header.numbers = ["a", "b"] + PositionFlags.names
        batch.embedding?.positions = (0..<8).map { UInt8($0) }
        return (header, batch)
    }

    @Test func positionsAndStatisticsAreReadBack() throws {
        var (header, batch) = Self.numbered()
        #expect(
            try SentenceBatch(batch.block(), header: header, place: "p").embedding?.positions == [
                0, 1, 2, 3, 4, 5, 6, 7,
            ])
        batch.embedding?.denseStatistics = (0..<16).map(Float.init)
        let read = try SentenceBatch(batch.block(), header: header, place: "p")
        #expect(Self.content(read) == Self.content(batch))
        // The header decides: who counts on no positions gets none.
        header.numbers = ["a", "b"]
        #expect(try SentenceBatch(batch.block(), header: header, place: "p").embedding?.positions == [])
    }

    @Test func wrongPositionsAreRefused() {
        let changes: [@Sendable (inout SentenceBatch) -> Void] = [
            { $0.embedding?.positions[3] = 8 }, { $0.embedding?.positions.removeLast() },
            { $0.embedding?.positions = [] }, { $0.embedding?.denseStatistics = [1] },
        ]
        for change in changes {
            let header = Self.numbered().header
            var batch = Self.numbered().batch
            change(&batch)
            #expect { try SentenceBatch(batch.block(), header: header, place: "p") } throws: {
                ($0 as? Failure)?.code == .badData
            }
        }
    }

    /// Streams without numbers are what they were before there were any.
    @Test func batchWithoutNumbersHasNoNewColumns() throws {
        let columns = try Columns.Reader(Self.batch(.scored).block().payload, place: "p")
        #expect(!columns.has("tok.position") && !columns.has("tok.statistic"))
    }

    @Test func emptyBatchIsReadBack() throws {
        var batch = SentenceBatch()
        batch.index = 1
        let read = try SentenceBatch(batch.block(), header: Self.header(.tokens), place: "p")
        #expect(read.tokenCount == 0 && read.sentenceCount == 0)
    }

    @Test func textIsSlicedByTokenSentenceAndDocument() {
        let batch = Self.batch(.tokens)
        #expect(
            batch.tokens(ofSentence: 0) == 0..<3 && batch.tokens(ofSentence: 1) == 3..<4
                && batch.tokens(ofSentence: 2) == 4..<8)
        #expect(
            batch.tokenText(0).hasPrefix("w")
                && batch.textRange(ofToken: 1).lowerBound == batch.textRange(ofToken: 0).upperBound)
        #expect(batch.documentIdentifier(0) == "doc 7")
    }

    @Test func endingASentenceTwiceAddsNone() {
        var batch = SentenceBatch()
        batch.endSentence(document: 0)
        #expect(batch.sentenceCount == 0)
        [UInt8](arrayLiteral: 0x61).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
        batch.endSentence(document: 0)
        batch.endSentence(document: 0)
        #expect(batch.sentenceEnds == [1])
    }

    /// A change to a good batch and the kind of stream it stands in; every one points to something that is not there.
    static let hostileChanges: [(String, StreamHeader.Kind, @Sendable (inout SentenceBatch) -> Void)] = [
        ("text ends too far", .tokens, { $0.textEnds[7] += 1 }),
        ("text ends too early", .tokens, { $0.textEnds[7] -= 1 }),
        (
            "text ends fall", .tokens,
            {
                $0.textEnds[2] = $0.textEnds[4] + 1; $0.textEnds[3] = $0.textEnds[2] - 1
            }
        ),
        ("sentence ends too far", .tokens, { $0.sentenceEnds[2] = 9 }),
        ("sentence ends fall", .tokens, { $0.sentenceEnds[0] = 5 }),
        ("sentence of no document", .tokens, { $0.sentenceDocuments[1] = 1 }),
        ("documents missing", .tokens, { $0.sentenceDocuments.removeLast() }),
        ("offsets missing", .tokens, { $0.tokenOffsets.removeLast() }),
        ("identifier too long", .tokens, { $0.documentIdentifierEnds[0] = 99 }),
        ("row missing", .embedded, { $0.embedding?.rows.removeLast() }),
        ("composed vector missing", .embedded, { $0.embedding?.rows[0] = EmbeddedColumns.composedBit | 77 }),
        ("half a composed vector", .embedded, { $0.embedding?.composed.append(0) }),
        ("feature missing", .embedded, { $0.embedding?.features.removeLast() }),
        ("other width", .embedded, { $0.embedding?.dimension = 6 }),
        ("other feature count", .embedded, { $0.embedding?.featureCount = 1 }),
        ("no embedding", .embedded, { $0.embedding = nil }),
        ("probability missing", .scored, { $0.scores?.probabilities.removeLast() }),
        ("other label count", .scored, { $0.scores?.labelCount = 4 }), ("no scores", .scored, { $0.scores = nil }),
        ("label too large", .labelled, { $0.gold?[3] = 5 }), ("label missing", .labelled, { $0.gold?.removeLast() }),
        ("no labels", .labelled, { $0.gold = nil }),
    ]

    @Test(arguments: SentenceBatchTests.hostileChanges.indices)
    func hostileColumnsAreRefused(_ number: Int) {
        let (name, kind, change) = Self.hostileChanges[number]
        var batch = Self.batch(kind)
        change(&batch)
        let failure = #expect(throws: Failure.self, "\(name)") {
            try SentenceBatch(batch.block(), header: Self.header(kind), place: "p")
        }
        #expect(failure?.code == .badData)
        #expect(failure?.message.hasPrefix("p: block 7") == true)
    }

    @Test func countsOfTheHeadMustAgree() {
        var block = Self.batch(.tokens).block()
        block.counts.tokens += 1
        #expect(throws: Failure.self) { try SentenceBatch(block, header: Self.header(.tokens), place: "p") }
    }

    /// Every byte of the payload, changed under checksums that hold.
    @Test func noChangedByteIsFatal() {
        let good = Self.batch(.scored).block()
        for index in good.payload.indices {
            for value in [0x00, 0x7F, 0xFF] as [UInt8] {
                var block = good
                block.payload[index] = value
                do {
                    let batch = try SentenceBatch(block, header: Self.header(.scored), place: "p")
                    for token in 0..<batch.tokenCount { _ = batch.tokenText(token) }
                    for sentence in 0..<batch.sentenceCount {
                        _ = batch.documentIdentifier(Int(batch.sentenceDocuments[sentence]))
                    }
                } catch { #expect(error is Failure) }
            }
        }
    }
}
