import Corpora
import Diagnostics
import Formats
import NERPipeTesting
import Shards
import Testing

@Suite struct TextSourceTests {
    static func chunks(_ paths: [String], blockByteCount: Int, limit: Int = 1000) throws -> [SourceItem] {
        let source = TextSource(
            try TextInputs(paths), blockByteCount: blockByteCount, maximumLineByteCount: limit)
        var items: [SourceItem] = []
        while let item = try source.next() { items.append(item) }
        return items
    }

    static func texts(_ items: [SourceItem]) -> [TextChunk] {
        items.compactMap { if case .text(let chunk) = $0 { chunk } else { nil } }
    }

    /// Lines of all chunks as `file number offset text`.
    static func lines(_ items: [SourceItem]) -> [String] {
        texts(items).flatMap { chunk in
            chunk.lines.map {
                "\(chunk.files[$0.file]) \($0.number) \($0.offset) \(String(decoding: chunk.bytes[$0.range], as: UTF8.self))"
            }
        }
    }

    static let text = "\u{FEFF}first line\n\nsecond\r\nthird line here\n4\n\n\nthe last one, without an end"

    @Test func linesKeepNumberAndOffsetWhereverItCuts() throws {
        let folder = ScratchFolder()
        let path = try folder.write(Self.text, as: "a.txt")
        let expected = [
            "\(path) 1 3 first line", "\(path) 3 15 second", "\(path) 4 23 third line here", "\(path) 5 39 4",
            "\(path) 8 43 the last one, without an end",
        ]
        for size in [1, 7, 10, 11, 17, 1000] {
            let items = try Self.chunks([path], blockByteCount: size)
            #expect(Self.lines(items) == expected, "blocks of \(size)")
            #expect(Self.texts(items).map(\.index) == Array(1...items.count))
            // A file is one document: all chunks but the first continue it.
            #expect(Self.texts(items).map(\.continuesFile) == [false] + Array(repeating: true, count: items.count - 1))
        }
    }

    @Test func compressedAndPlainFilesAreCutAlike() throws {
        let folder = ScratchFolder()
        let text = (0..<500).map { "line number \($0)" }.joined(separator: "\n")
        let plain = try folder.write(text, as: "a.txt")
        let compressed = try folder.write(FrameCompressor(level: 3).compress(Array(text.utf8)), as: "a.txt.zst")
        let (a, b) = (
            Self.texts(try Self.chunks([plain], blockByteCount: 700)),
            Self.texts(try Self.chunks([compressed], blockByteCount: 700))
        )
        #expect(a.map(\.bytes) == b.map(\.bytes))
        #expect(a.map { $0.lines.map(\.offset) } == b.map { $0.lines.map(\.offset) })
        #expect(a.count > 5)
    }

    /// Also when a chunk is full just at the end of a file.
    @Test(arguments: [1, 4, 5, 8, 9, 100])
    func fileIsContinuedOnlyByItsOwnLines(_ size: Int) throws {
        let folder = ScratchFolder()
        let paths = [
            try folder.write("aaaa\n", as: "1.txt"), try folder.write("bbbb\ncccc\n", as: "2.txt"),
            try folder.write("dddd", as: "3.txt"),
        ]
        let chunks = Self.texts(try Self.chunks(paths, blockByteCount: size))
        var seen: Set<String> = []
        for chunk in chunks {
            let first = try #require(chunk.lines.first)
            #expect(chunk.continuesFile == seen.contains(chunk.files[first.file]), "chunk \(chunk.index)")
            for line in chunk.lines { seen.insert(chunk.files[line.file]) }
        }
        #expect(seen.count == 3)
    }

    @Test func formatsAreNotMixedInOneChunk() throws {
        let folder = ScratchFolder()
        let paths = [
            try folder.write("text\n", as: "1.txt"), try folder.write("{}\n", as: "2.jsonl"),
            try folder.write("a\tO\n\nb\tO\n", as: "3.conll"), try folder.write("text\n", as: "4"),
        ]
        let items = try Self.chunks(paths, blockByteCount: 1000)
        #expect(
            items.map { item in
                switch item {
                case .text(let chunk): "\(chunk.index) \(chunk.reading.name)"
                case .rejected: "rejected"
                case .sentences(let batch, _): "\(batch.index) \(batch.sentenceCount) sentences"
                }
            } == ["1 text", "2 jsonl", "3 2 sentences", "4 text"])
    }

    @Test func emptyFilesGiveNothingAndMissingOnesAreNamed() throws {
        let folder = ScratchFolder()
        let empty = try folder.write("", as: "e.txt"), blank = try folder.write("\n\n", as: "b.txt")
        #expect(try Self.chunks([empty, blank, empty], blockByteCount: 10).isEmpty)
        #expect { try Self.chunks([folder["none.txt"]], blockByteCount: 10) } throws: {
            ($0 as? Failure)?.code == .noInput
        }
    }
}
