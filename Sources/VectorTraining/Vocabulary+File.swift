import Diagnostics
import Shards
import WordAlignment

/// The vocabulary in a file.
extension Vocabulary {
    private static var wordsPerBlock: Int { 1 << 20 }

    func write(to path: String, description: some Encodable) throws {
        let compressor = FrameCompressor(level: 1)
        let writer = try ShardWriter(to: .file(path), header: .ofWork(.vocabulary), compressor: compressor)
        var head = Columns.Writer()
        head.add("description", try JSON.encode(description))
        try writer.append(EncodedBlock(Block(kind: .data, index: 1, payload: head.payload()), compressor: compressor))
        var number = 1
        for first in stride(from: 0, to: wordCount, by: Self.wordsPerBlock) {
            let words = first..<min(wordCount, first + Self.wordsPerBlock)
            let start = range(first).lowerBound
            let ends = words.map { UInt32(range($0).upperBound - start) }
            let bytes = words.flatMap { word in withBytes(word) { Array($0) } }
            number += 1
            var columns = Columns.Writer()
            columns.add("ends", ends)
            columns.add("bytes", bytes)
            columns.add("languages", Array(wordLanguages[words]))
            columns.add("counts", Array(counts[words]))
            try writer.append(
                EncodedBlock(Block(kind: .data, index: number, payload: columns.payload()), compressor: compressor))
        }
        try writer.finish()
    }

    /// Reads what ``write(to:description:)`` wrote.
    static func read<Description: Decodable>(_ path: String, languages: [String], as type: Description.Type) throws -> (
        Vocabulary, Description
    ) {
        let reader = try ShardReader(paths: [path])
        try reader.header.require(.vocabulary, from: path, by: "vectors train")
        let vocabulary = Vocabulary(limit: Int(UInt32.max) - 1)
        for language in languages { _ = vocabulary.languageNumber(language) }
        guard let head = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        let description = try JSON.decode(
            type, from: Columns.Reader(head.payload, place: path).column("description", as: UInt8.self))
        while let block = try reader.next() {
            let columns = try Columns.Reader(block.payload, place: path)
            let ends = try columns.column("ends", as: UInt32.self)
            let bytes = try columns.column("bytes", as: UInt8.self)
            let wordLanguages = try columns.column("languages", as: UInt16.self, count: ends.count)
            let counts = try columns.column("counts", as: WordCounts.self, count: ends.count)
            var start = 0
            try bytes.withUnsafeBufferPointer { bytes in
                for word in ends.indices {
                    let end = Int(ends[word])
                    guard start <= end, end <= bytes.count, Int(wordLanguages[word]) < languages.count else {
                        throw Columns.Reader.damaged(path, "its parts do not fit together")
                    }
                    vocabulary.append(
                        .init(rebasing: bytes[start..<end]), language: wordLanguages[word], counts: counts[word])
                    start = end
                }
            }
        }
        return (vocabulary, description)
    }
}
