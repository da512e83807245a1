import Corpora
import Kernels
import Runs
import Shards
import Taggers

enum StreamFuzz {
    /// As it is, and with checksums that are right, so that what is behind them is reached.
    static func read(_ bytes: [UInt8]) throws {
        try? readBlocks(bytes)
        try readBlocks(repaired(bytes))
    }

    private static func readBlocks(_ bytes: [UInt8]) throws {
        let reader = try ShardReader(BufferedInput(MemoryInput(bytes), bufferByteCount: 1 << 12))
        while let block = try reader.next() { try decode(block, reader.header) }
    }

    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var start = 0, index: UInt64 = 0
        func set(_ value: UInt64, at place: Int) {
            withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(place..<place + 8, with: $0) }
        }
        while bytes.count - start >= Block.headByteCount {
            let room = bytes.count - start - Block.headByteCount
            let claimed = bytes.withUnsafeBytes { $0.integer(at: start + 8, as: UInt64.self) }
            let count = claimed <= UInt64(room) ? Int(claimed) : room
            let end = start + Block.headByteCount + count
            bytes.replaceSubrange(start..<start + 4, with: Block.magic)
            set(UInt64(count), at: start + 8)
            set(Digest.xxh3(Array(bytes[end - count..<end])), at: start + 16)
            set(index, at: start + 24)
            set(Digest.xxh3(Array(bytes[start..<start + 48])), at: start + 48)
            (start, index) = (end, index + 1)
        }
        return bytes
    }

    static func readShard(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            guard let shard = try RandomAccessShard(path: path) else { return }
            for index in stride(from: shard.blockCount, to: 0, by: -1) { try decode(shard.block(index), shard.header) }
        }
    }

    static func readCheckpoint(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            let file = try CheckpointFile(path: path)
            _ = file.checkpoint.signature.identity.lines
            // What says how large it is, and is in no file of the size of these.
            let count = file.checkpoint.count(of: "parameters").map { min($0, 1 << 16) }
            try file.read(into: count.map { [NamedFloats("parameters", FloatBuffer(count: $0))] } ?? [])
        }
    }

    private static func decode(_ block: Block, _ header: StreamHeader) throws {
        guard [.tokens, .embedded, .scored, .labelled].contains(header.kind) else { return }
        let batch = try SentenceBatch(block, header: header, place: "fuzz")
        for sentence in 0..<batch.sentenceCount {
            for token in batch.tokens(ofSentence: sentence) { _ = batch.tokenText(token) }
        }
        for document in 0..<batch.documentCount { _ = batch.documentIdentifier(document) }
    }

    /// One column after another: two bytes of length, the elements. Shape and counts fit, so that the rest is reached.
    static func readColumns(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        func next() -> [UInt8] {
            guard rest.count >= 2 else { return [] }
            let count = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        func values<T: FixedWidthInteger>(_ type: T.Type) -> [T] {
            let bytes = next()
            return (0..<bytes.count / MemoryLayout<T>.size).map { index in
                bytes.withUnsafeBytes { $0.integer(at: index * MemoryLayout<T>.size, as: T.self) }
            }
        }
        var columns = Columns.Writer()
        let ends = values(UInt32.self), textEnds = values(UInt32.self)
        columns.add("flags", Array(next().prefix(1)))
        columns.add("shape", [4, 1, 3] as [UInt32])
        columns.add("doc.id", next())
        let documentEnds = values(UInt32.self)
        columns.add("doc.id.end", documentEnds)
        columns.add("sent.doc", values(UInt32.self))
        columns.add("sent.end", ends)
        columns.add("tok.offset", values(UInt64.self))
        columns.add("tok.text.end", textEnds)
        columns.add("tok.text", next())
        columns.add("tok.row", values(UInt32.self))
        columns.add("composed", values(UInt16.self))
        columns.add("tok.feature", values(UInt32.self))
        columns.add("tok.prob", values(UInt16.self))
        var header = StreamHeader(kind: .scored, producer: "fuzz", language: "", tokenizer: "")
        header.table = TableReference(path: "", digest: "", dimension: 4)
        header.features = ["shape"]
        header.labels = ["O", "B-X", "I-X"]
        // What `select` and several teachers add.
        if !rest.isEmpty {
            header.votes = 3
            columns.add("tok.vote", next())
            header.selection = ["fuzz"]
            columns.add("tok.weight", values(UInt32.self))
        }
        for began in 0...1 {
            let counts = BlockCounts(
                documents: documentEnds.count - began, sentences: ends.count, tokens: textEnds.count)
            let block = Block(kind: .data, index: 1, counts: counts, payload: columns.payload())
            guard let batch = try? SentenceBatch(block, header: header, place: "fuzz") else { continue }
            try batch.requireRows(below: ZeroVectors().rowCount, place: "fuzz")
            _ = tagger.tag(batch, tags: TagSet(types: ["X"]))
        }
    }

    private static let tagger: TaggerInference = {
        var configuration = TaggerConfiguration(
            labels: TagSet(types: ["X"]).names, vectors: TableReference(path: "", digest: "", dimension: 4),
            features: [FeatureEmbedding(name: "shape", buckets: 8, width: 2)])
        configuration.hiddenWidth = 8
        configuration.convolutionCount = 1
        let parameters = ParameterLayout(configuration).makeInitialParameters(seed: 1)
        guard
            let tagger = try? TaggerInference(
                Model(configuration: configuration, parameters: parameters), vectors: ZeroVectors())
        else { preconditionFailure("the model fits its vectors") }
        return tagger
    }()
}

/// A table of five rows of zeros.
private struct ZeroVectors: FrozenVectors {
    let rowCount = 5
    let dimension = 4
    let statisticNames: [String] = []

    func gather(_ rows: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int) {
        for (index, row) in rows.enumerated() {
            precondition(row == EmbeddedColumns.absent || row < rowCount)
            (out + index * stride).update(repeating: 0, count: dimension)
        }
    }

    func gatherStatistics(_ rows: UnsafeBufferPointer<UInt32>, into out: UnsafeMutablePointer<Float>, stride: Int) {}
}
