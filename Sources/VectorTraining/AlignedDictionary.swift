import Diagnostics
import Shards
import WordAlignment

/// The dictionary of one language pair as a file: `source TAB target TAB p(target|source) TAB p(source|target) TAB links`
/// lines, the most often linked pairs first.
struct AlignedDictionary {
    struct Row {
        var source: UInt32
        var target: UInt32
        var forward: Float
        var backward: Float
        var links: UInt32
    }

    var rows: [Row]
}

extension AlignedDictionary {
    /// Pairs that were linked and whose probabilities both reach `floor`.
    init(_ aligner: WordAligner, floor: Float) {
        rows = []
        aligner.forEachPair { pair in
            guard pair.links > 0, min(pair.forward, pair.backward) >= floor else { return }
            rows.append(
                Row(
                    source: pair.source, target: pair.target, forward: pair.forward, backward: pair.backward,
                    links: UInt32(pair.links)))
        }
        rows.sort { ($1.links, $0.source, $0.target) < ($0.links, $1.source, $1.target) }
    }

    /// Writes the rows as a shard, for the work folder.
    func write(to path: String) throws {
        var columns = Columns.Writer()
        columns.add("source", rows.map(\.source))
        columns.add("target", rows.map(\.target))
        columns.add("forward", rows.map(\.forward))
        columns.add("backward", rows.map(\.backward))
        columns.add("links", rows.map(\.links))
        let compressor = FrameCompressor(level: 1)
        let writer = try ShardWriter(to: .file(path), header: .ofWork(.dictionary), compressor: compressor)
        let block = Block(kind: .data, index: 1, payload: columns.payload())
        try writer.append(EncodedBlock(block, compressor: compressor))
        try writer.finish()
    }

    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Parameter wordCount: Every word number must be below it.
    init(path: String, wordCount: Int) throws {
        let reader = try ShardReader(paths: [path])
        try reader.header.require(.dictionary, from: path, by: "vectors train")
        guard let block = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        let columns = try Columns.Reader(block.payload, place: path)
        let sources = try columns.column("source", as: UInt32.self)
        let targets = try columns.column("target", as: UInt32.self, count: sources.count)
        let forward = try columns.column("forward", as: Float.self, count: sources.count)
        let backward = try columns.column("backward", as: Float.self, count: sources.count)
        let links = try columns.column("links", as: UInt32.self, count: sources.count)
        guard [sources, targets].allSatisfy({ $0.allSatisfy { $0 < wordCount } }) else {
            throw Columns.Reader.damaged(path, "a word is missing")
        }
        rows = sources.indices.map {
            Row(
                source: sources[$0], target: targets[$0], forward: forward[$0], backward: backward[$0], links: links[$0]
            )
        }
    }

    func text(_ vocabulary: Vocabulary) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in rows {
            for word in [row.source, row.target] {
                vocabulary.withBytes(Int(word)) { bytes += $0 }
                bytes.append(0x09)
            }
            bytes += "\(Self.rounded(row.forward))\t\(Self.rounded(row.backward))\t\(row.links)\n".utf8
        }
        return bytes
    }

    /// Four decimals are more than the counts say.
    private static func rounded(_ probability: Float) -> Double { (Double(probability) * 10_000).rounded() / 10_000 }
}
