import Corpora
import Diagnostics
import Glibc
import Shards
import Vectors

enum VectorFuzz {
    /// `bytes`: those of a table; its checksums are made right, so that the checks behind them are reached.
    static func readTable(_ bytes: [UInt8]) throws {
        var bytes = bytes
        guard bytes.count >= 48 else { return }
        let claimed = bytes.withUnsafeBytes { $0.integer(at: 8, as: UInt64.self) }
        let offset =
            (48...UInt64(bytes.count)).contains(claimed) ? Int(claimed) : 48 + Int(claimed % UInt64(bytes.count - 47))
        func set(_ value: UInt64, at place: Int) {
            withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(place..<place + 8, with: $0) }
        }
        bytes.replaceSubrange(..<8, with: Array("NPVECTB1".utf8))
        set(UInt64(offset), at: 8)
        set(UInt64(bytes.count - offset), at: 16)
        set(Digest.xxh3(Array(bytes[offset...])), at: 24)
        set(UInt64(bytes.count), at: 32)
        set(Digest.xxh3(Array(bytes[..<40])), at: 40)
        try MemoryFile.with(bytes) { path in
            let table = try VectorTable(path: path)
            try? table.verify()
            _ = table.rowCounts
            let embedder = try Embedder(
                table: table, features: ["shape"], numbers: NumberSelection.auto.numbers(of: table))
            var batch = SentenceBatch()
            batch.appendDocument(identifier: "d".utf8)
            for word in ["a", "Word", "\u{4F60}\u{597D}"] {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
            }
            batch.endSentence(document: 0)
            for language in table.description.languages.prefix(2) + ["xx"] {
                _ = embedder.embed(batch, language: language)
            }
            for row in 0..<min(table.rowCount, 4) {
                _ = table.bytes(ofWord: row)
                _ = table.halfRow(row)
            }
        }
    }

    static func importVectors(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            let output = path + ".vectors"
            defer { unlink(output) }
            var options = VectorImport.Options()
            options.allowsWrongCount = true
            options.bad = BadRecords(.skip)
            _ = try VectorImport.run([.init("xx=" + path)], to: output, options)
            try VectorTable(path: output).verify()
        }
    }
}
