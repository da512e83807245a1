package import Shards

/// Batches as columns of a data block. Names and element types are the format; `shard info` prints them.
extension SentenceBatch {
    package func block() -> Block {
        var columns = Columns.Writer()
        columns.add("flags", [continuesDocument ? 1 : 0] as [UInt8])
        columns.add(
            "shape",
            [embedding?.dimension ?? 0, embedding?.featureCount ?? 0, scores?.labelCount ?? 0].map(UInt32.init))
        columns.add("doc.id", documentIdentifiers)
        columns.add("doc.id.end", documentIdentifierEnds)
        columns.add("sent.doc", sentenceDocuments)
        columns.add("sent.end", sentenceEnds)
        columns.add("tok.offset", tokenOffsets)
        columns.add("tok.text.end", textEnds)
        columns.add("tok.text", text)
        if let embedding {
            columns.add("tok.row", embedding.rows)
            columns.add("composed", embedding.composed)
            columns.add("tok.feature", embedding.features)
            if !embedding.positions.isEmpty { columns.add("tok.position", embedding.positions) }
            if !embedding.dense.isEmpty { columns.add("tok.vector", embedding.dense) }
            if !embedding.denseStatistics.isEmpty { columns.add("tok.statistic", embedding.denseStatistics) }
        }
        if let scores {
            columns.add("tok.prob", scores.probabilities)
            if !scores.votes.isEmpty { columns.add("tok.vote", scores.votes) }
            if !scores.weights.isEmpty { columns.add("tok.weight", scores.weights) }
        }
        if let gold { columns.add("tok.gold", gold) }
        return Block(kind: .data, index: index, counts: counts, payload: columns.payload())
    }

    /// Reads a batch and checks that every index in it points to something that is there.
    ///
    /// - Parameters:
    ///   - header: The header of the stream, which says which columns there must be.
    ///   - place: Where the block stands, for messages.
    package init(_ block: Block, header: StreamHeader, place: String) throws {
        self.init()
        let place = "\(place): block \(block.index)"
        let columns = try Columns.Reader(block.payload, place: place)
        index = block.index
        let shape = try columns.column("shape", as: UInt32.self, count: 3).map(Int.init)
        continuesDocument = try columns.column("flags", as: UInt8.self, count: 1)[0] & 1 != 0
        documentIdentifiers = try columns.column("doc.id", as: UInt8.self)
        documentIdentifierEnds = try columns.column("doc.id.end", as: UInt32.self)
        sentenceEnds = try columns.column("sent.end", as: UInt32.self)
        sentenceDocuments = try columns.column("sent.doc", as: UInt32.self, count: sentenceEnds.count)
        textEnds = try columns.column("tok.text.end", as: UInt32.self)
        tokenOffsets = try columns.column("tok.offset", as: UInt64.self, count: textEnds.count)
        text = try columns.column("tok.text", as: UInt8.self)
        guard Self.areEnds(documentIdentifierEnds, of: documentIdentifiers.count),
            Self.areEnds(textEnds, of: text.count),
            Self.areEnds(sentenceEnds, of: tokenCount), sentenceDocuments.allSatisfy({ $0 < documentCount }),
            !continuesDocument || documentCount > 0
        else { throw Columns.Reader.damaged(place, "its parts do not fit together") }
        if header.kind != .tokens { embedding = try Self.embedding(columns, header, shape, tokenCount, place) }
        if header.kind == .scored { scores = try Self.scores(columns, header, shape, tokenCount, place) }
        if header.kind == .labelled {
            let gold = try columns.column("tok.gold", as: UInt8.self, count: tokenCount)
            guard gold.allSatisfy({ Int($0) < header.labels?.count ?? 0 }) else {
                throw Columns.Reader.damaged(place, "a label number is too large")
            }
            self.gold = gold
        }
        guard counts == block.counts else { throw Columns.Reader.damaged(place, "its counts differ from its head") }
    }

    private static func scores(
        _ columns: Columns.Reader, _ header: StreamHeader, _ shape: [Int], _ tokenCount: Int, _ place: String
    ) throws -> ScoreColumns {
        guard shape[2] == header.labels?.count else {
            throw Columns.Reader.damaged(place, "the number of labels differs from the header's")
        }
        var scores = ScoreColumns(
            labelCount: shape[2],
            probabilities: try columns.column("tok.prob", as: UInt16.self, count: tokenCount * shape[2]))
        // Bit patterns up to that of 1: all numbers from 0 to 1, and nothing else.
        guard scores.probabilities.allSatisfy({ $0 <= Float16(1).bitPattern }) else {
            throw Columns.Reader.damaged(place, "a probability is not a number from 0 to 1")
        }
        if let voters = header.votes {
            let votes = try columns.column("tok.vote", as: UInt8.self, count: tokenCount)
            guard votes.allSatisfy({ $0 <= voters }) else {
                throw Columns.Reader.damaged(place, "a label has more votes than there are teachers")
            }
            scores.votes = votes
            scores.voterCount = UInt8(voters)
        }
        if header.selection != nil {
            let weights = try columns.column("tok.weight", as: Float.self, count: tokenCount)
            guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                throw Columns.Reader.damaged(place, "a token's weight is not a number from 0 on")
            }
            scores.weights = weights
        }
        return scores
    }

    private static func embedding(
        _ columns: Columns.Reader, _ header: StreamHeader, _ shape: [Int], _ tokenCount: Int, _ place: String
    ) throws -> EmbeddedColumns {
        let dimension = shape[0]
        guard dimension > 0, dimension == header.table?.dimension, shape[1] == header.features?.count ?? 0 else {
            throw Columns.Reader.damaged(place, "the width of its vectors or features differs from the header's")
        }
        let numbers = TokenNumbers(names: header.numbers ?? [])
        var embedding = EmbeddedColumns(
            dimension: dimension, rows: try columns.column("tok.row", as: UInt32.self, count: tokenCount),
            composed: try columns.column("composed", as: UInt16.self), featureCount: shape[1],
            features: try columns.column("tok.feature", as: UInt32.self, count: tokenCount * shape[1]),
            dense: columns.has("tok.vector")
                ? try columns.column("tok.vector", as: UInt16.self, count: tokenCount * dimension) : [])
        if numbers.hasPositions {
            embedding.positions = try columns.column("tok.position", as: UInt8.self, count: tokenCount)
        }
        if columns.has("tok.statistic") {
            embedding.denseStatistics = try columns.column(
                "tok.statistic", as: Float.self, count: tokenCount * numbers.statistics.count)
        }
        guard embedding.positions.allSatisfy({ $0 & ~PositionFlags.all.rawValue == 0 }) else {
            throw Columns.Reader.damaged(place, "it has flags of positions that do not exist")
        }
        guard embedding.composed.allSatisfy({ $0 & 0x7C00 != 0x7C00 }) else {
            throw Columns.Reader.damaged(place, "a composed vector is not made of numbers")
        }
        let composedCount = embedding.composed.count / dimension
        guard embedding.composed.count % dimension == 0,
            embedding.rows.allSatisfy({
                $0 == EmbeddedColumns.absent || $0 & EmbeddedColumns.composedBit == 0
                    || Int($0 & ~EmbeddedColumns.composedBit) < composedCount
            })
        else { throw Columns.Reader.damaged(place, "a composed vector is missing") }
        return embedding
    }

    /// Whether `ends` rises and its last element is `count`.
    private static func areEnds(_ ends: [UInt32], of count: Int) -> Bool {
        var previous: UInt32 = 0
        for end in ends {
            if end < previous { return false }
            previous = end
        }
        return Int(previous) == count
    }
}
