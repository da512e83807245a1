import Diagnostics
import NERPipeTesting
import Testing

@testable import Shards

@Suite struct ShardTests {
    static func write(_ blocks: [Block], _ path: String, level: Int?) throws -> StreamEnd {
        let compressor = level.map { FrameCompressor(level: $0) }
        let writer = try ShardWriter(to: .file(path), header: testHeader, compressor: compressor)
        for block in blocks { try writer.append(EncodedBlock(block, compressor: compressor)) }
        return try writer.finish()
    }

    @Test(arguments: [nil, 1, 9])
    func whatIsWrittenIsReadBack(_ level: Int?) throws {
        let folder = ScratchFolder()
        let blocks = testBlocks([10, 0, 3000, 1, 70_000])
        let end = try Self.write(blocks, folder["s.zst"], level: level)
        #expect(end.blocks == 5 && end.counts == BlockCounts(documents: 5, sentences: 10, tokens: 73_011))
        let bytes = try folder.bytes(of: "s.zst")
        for pieces in [[1 << 20], [1], [3, 1, 7, 4096]] {
            let found = try read(TrickleInput(bytes, pieces: pieces))
            #expect(found.header == testHeader)
            let isEqual = found.payloads == blocks.map(\.payload)
            #expect(isEqual)
            #expect(found.indices == [1, 2, 3, 4, 5])
            #expect(found.counts == end.counts)
        }
        #expect(folder.names == ["s.zst"])
    }

    @Test func everyFrameIsAZstdFrameOfOneBlockWithItsSizeAndChecksum() throws {
        let folder = ScratchFolder()
        let blocks = testBlocks([100, 20_000])
        _ = try Self.write(blocks, folder["s.zst"], level: 3)
        let bytes = try folder.bytes(of: "s.zst")
        let table = try #require(try Self.seekTable(folder["s.zst"], byteCount: bytes.count))
        var offset = 0
        let expected = try wholeStream(testHeader, blocks).map { $0.encoded() }
        #expect(table.count == expected.count)
        for (entry, content) in zip(table, expected) {
            let frame = Array(bytes[offset..<offset + entry.compressedByteCount])
            #expect(frame[4] & 0x04 != 0, "checksum flag of the frame header")
            #expect(
                try FrameDecompressor.decompress(frame, maximumByteCount: entry.byteCount, place: "frame") == content)
            #expect(entry.byteCount == content.count)
            offset += entry.compressedByteCount
        }
        #expect(offset + 8 + 9 + 8 * table.count == bytes.count)
    }

    static func seekTable(_ path: String, byteCount: Int) throws -> [SeekTable.Entry]? {
        let file = try FileDescriptor(path)
        return SeekTable(descriptor: file.number, fileByteCount: byteCount)?.entries
    }

    /// facebook/zstd, contrib/seekable_format: skippable magic, size, entries, count, flags, magic.
    @Test func seekTableHasTheBytesOfTheFormat() {
        var table = SeekTable()
        table.append(compressedByteCount: 5, byteCount: 9)
        table.append(compressedByteCount: 7, byteCount: 300)
        #expect(
            table.encoded() == [
                0x5E, 0x2A, 0x4D, 0x18, 25, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0, 0x2C, 1, 0, 0, 2, 0, 0, 0, 0,
                0xB1, 0xEA, 0x92, 0x8F,
            ])
    }

    @Test func blocksReadInAnyOrderAreThoseReadInOrder() throws {
        let folder = ScratchFolder()
        let blocks = testBlocks([10, 2000, 0, 77])
        let end = try Self.write(blocks, folder["s.zst"], level: 3)
        let shard = try #require(try RandomAccessShard(path: folder["s.zst"]))
        #expect(shard.header == testHeader && shard.end == end && shard.blockCount == 4)
        for index in [4, 1, 3, 2, 1] {
            let block = try shard.block(index)
            #expect(
                block.payload == blocks[index - 1].payload && block.counts == blocks[index - 1].counts
                    && block.index == index)
        }
    }

    /// Of two processes that make the same, the second may put its own in the place of what others read already.
    @Test func theSameStreamInItsPlaceIsReadOnAndAnotherIsNot() throws {
        let folder = ScratchFolder()
        let blocks = testBlocks([10, 2000, 77])
        _ = try Self.write(blocks, folder["s.zst"], level: 3)
        let shard = try #require(try RandomAccessShard(path: folder["s.zst"]))
        _ = try Self.write(blocks, folder["s.zst"], level: 3)
        #expect(try shard.block(2).payload == blocks[1].payload)
        _ = try Self.write(testBlocks([10, 77, 2000]), folder["s.zst"], level: 3)
        #expect { try shard.block(2) } throws: { "\($0)".contains("was changed while it was read") }
    }

    @Test func streamsWithoutAUsableSeekTableAreNotRandomAccess() throws {
        let folder = ScratchFolder()
        _ = try Self.write(testBlocks([10]), folder["plain"], level: nil)
        #expect(try RandomAccessShard(path: folder["plain"]) == nil)
        _ = try Self.write(testBlocks([10]), folder["a"], level: 3)
        let a = try folder.bytes(of: "a")
        try folder.write(a + a, as: "two")
        #expect(try RandomAccessShard(path: folder["two"]) == nil)
        for (name, bytes) in [("empty", []), ("short", [1, 2, 3])] as [(String, [UInt8])] {
            try folder.write(bytes, as: name)
            #expect(try RandomAccessShard(path: folder[name]) == nil)
        }
        #expect { try RandomAccessShard(path: folder["absent"]) } throws: { ($0 as? Failure)?.code == .noInput }
    }

    @Test(arguments: [nil, 3])
    func concatenatedShardsAreOneStream(_ level: Int?) throws {
        let folder = ScratchFolder()
        _ = try Self.write(testBlocks([10, 20], seed: 1), folder["a"], level: level)
        _ = try Self.write(testBlocks([30], seed: 2), folder["b"], level: level)
        let (a, b) = (try folder.bytes(of: "a"), try folder.bytes(of: "b"))
        let joined = try read(a + b)
        #expect(joined.payloads == (testBlocks([10, 20], seed: 1) + testBlocks([30], seed: 2)).map(\.payload))
        #expect(joined.indices == [1, 2, 3])
        let reader = try ShardReader(paths: [folder["a"], folder["b"], folder["a"]])
        var count = 0
        while let block = try reader.next() {
            count += 1
            #expect(block.index == count)
        }
        #expect(count == 5 && reader.ends.count == 3)
    }

    @Test func streamsOfDifferentHeadersAreRefusedWithTheDifference() throws {
        var other = testHeader
        other.language = "yy"
        let both = try bytes(of: wholeStream(testHeader, testBlocks([4])) + wholeStream(other, []), compressed: false)
        #expect { try read(both) } throws: { "\($0)".contains("language: yy against xx") }
    }

    @Test func headersNameTheFirstThingInWhichTheyDiffer() {
        var other = testHeader
        #expect(other.difference(from: testHeader) == nil)
        other.producer = "another version"
        #expect(other.difference(from: testHeader) == nil, "who wrote it does not matter")
        other.labels = ["O"]
        #expect(other.difference(from: testHeader) == "labels: O against none")
        other.table = TableReference(path: "p", digest: "abc", dimension: 3)
        #expect(other.difference(from: testHeader) == "vector table: abc against none")
        other.kind = .scored
        #expect(other.difference(from: testHeader) == "kind: scored against tokens")
        #expect { try testHeader.require(.scored, from: "s", by: "update") } throws: {
            "\($0)"
                == "s: 'update' needs a stream of kind scored, this one is of kind tokens; put 'nerpipe score' before it"
        }
    }
}
