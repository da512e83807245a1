import Diagnostics
import NERPipeTesting
import Testing

@testable import Shards

@Suite(.serialized) struct ShardDamageTests {
    static func shard(compressed: Bool) throws -> (bytes: [UInt8], whole: ReadStream, endOfBlocks: Int) {
        let folder = ScratchFolder()
        let compressor = compressed ? FrameCompressor(level: 3) : nil
        let writer = try ShardWriter(to: .file(folder["s"]), header: testHeader, compressor: compressor)
        for block in testBlocks([40, 0, 90]) { try writer.append(EncodedBlock(block, compressor: compressor)) }
        try writer.finish()
        let bytes = try folder.bytes(of: "s")
        return (bytes, try read(bytes), compressed ? bytes.count - (8 + 9 + 5 * 8) : bytes.count)
    }

    @Test(arguments: [false, true])
    func everyChangedByteIsDetectedOrHarmless(_ compressed: Bool) throws {
        let (bytes, whole, _) = try Self.shard(compressed: compressed)
        var wrong: [String] = [], harmless = 0
        for index in bytes.indices {
            for flip in [0x01, 0x10, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= flip
                do {
                    if try read(damaged) == whole { harmless += 1 } else { wrong.append("byte \(index) ^ \(flip)") }
                } catch let failure as Failure {
                    if failure.code != .badData { wrong.append("byte \(index): \(failure)") }
                }
            }
        }
        #expect(wrong.isEmpty)
        // The seek table is not read here; a plain stream has no byte to spare.
        #expect(compressed || harmless == 0)
    }

    @Test(arguments: [false, true])
    func everyTruncationIsReported(_ compressed: Bool) throws {
        let (bytes, whole, endOfBlocks) = try Self.shard(compressed: compressed)
        var wrong: [Int] = []
        for count in 0..<bytes.count {
            do {
                // Without its seek table the stream is still whole.
                if try read(Array(bytes[..<count])) != whole || count != endOfBlocks { wrong.append(count) }
            } catch is Failure {}
        }
        #expect(wrong.isEmpty)
    }

    @Test func damageIsDetectedInRandomAccessToo() throws {
        let folder = ScratchFolder()
        let (bytes, whole, _) = try Self.shard(compressed: true)
        var wrong: [Int] = []
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x21
            try folder.write(damaged, as: "d")
            do {
                guard let shard = try RandomAccessShard(path: folder["d"]) else { continue }
                let payloads = try (1...max(1, shard.blockCount)).map { try shard.block($0).payload }
                if shard.header != whole.header || payloads != whole.payloads { wrong.append(index) }
            } catch is Failure {}
        }
        #expect(wrong.isEmpty)
    }

    static func message(_ blocks: [Block], compressed: Bool = false) throws -> String {
        let failure = #expect(throws: Failure.self) { try read(bytes(of: blocks, compressed: compressed)) }
        #expect(failure?.code == .badData)
        return failure?.message ?? ""
    }

    @Test(arguments: [false, true])
    func lostSwappedAndRepeatedBlocksAreReported(_ compressed: Bool) throws {
        let all = try wholeStream(testHeader, testBlocks([10, 20, 30]))
        #expect(
            try Self.message([all[0], all[2], all[1], all[3], all[4]], compressed: compressed).contains(
                "block 2 stands where block 1 is due"))
        #expect(
            try Self.message([all[0], all[1], all[3], all[4]], compressed: compressed).contains(
                "block 3 stands where block 2 is due"))
        #expect(
            try Self.message([all[0], all[1], all[1], all[2], all[3], all[4]], compressed: compressed).contains(
                "block 1 stands where block 2 is due"))
        #expect(
            try Self.message(Array(all.dropLast()), compressed: compressed).contains(
                "ends without END after 3 data blocks"))
        #expect(
            try Self.message(Array(all.dropFirst()), compressed: compressed).contains("does not begin with a header"))
        #expect(
            try Self.message([all[0], all[1]] + all, compressed: compressed).contains(
                "block 0 stands where block 2 is due"))
        // The last block lost and the numbers repaired: END knows better.
        var end = all[4]
        end.index = 3
        #expect(try Self.message([all[0], all[1], all[2], end], compressed: compressed).contains("END does not agree"))
        #expect(try Self.message([], compressed: compressed).contains("empty input"))
    }

    @Test func anotherBlockOfTheSameSizeIsReportedByEnd() throws {
        var all = try wholeStream(testHeader, testBlocks([10, 20]))
        all[1].payload[3] ^= 1
        #expect(try Self.message(all).contains("END does not agree"))
    }

    @Test func seekTableThatLiesAboutSizesTakesNoMemory() throws {
        let folder = ScratchFolder()
        let (bytes, _, endOfBlocks) = try Self.shard(compressed: true)
        let before = peakAddressSpace()
        var damaged = bytes
        // Decompressed size of the first frame: 4 GiB; its frame says so as well.
        damaged.replaceSubrange(endOfBlocks + 12..<endOfBlocks + 16, with: [0xFF, 0xFF, 0xFF, 0xFF])
        try folder.write(damaged, as: "d")
        #expect(throws: Failure.self) { try RandomAccessShard(path: folder["d"]) }
        // Number of frames: four milliards.
        damaged = bytes
        damaged.replaceSubrange(bytes.count - 9..<bytes.count - 5, with: [0xFF, 0xFF, 0xFF, 0xFF])
        try folder.write(damaged, as: "d")
        #expect(try RandomAccessShard(path: folder["d"]) == nil)
        #expect(peakAddressSpace() - before < 900_000)
    }

    @Test func headsThatLieAboutSizesTakeNoMemory() throws {
        let before = peakAddressSpace()
        let all = try wholeStream(testHeader, testBlocks([10]))
        var head: [UInt8] = Block.magic
        head.appendInteger(Block.Kind.data.rawValue)
        head.appendInteger(UInt64(Block.maximumPayloadByteCount))
        head.appendInteger(UInt64(0))
        head.appendInteger(UInt64(1))
        head += [UInt8](repeating: 0, count: 16)
        head.appendInteger(Digest.xxh3(head))
        #expect { try read(all[0].encoded() + head + [1, 2, 3]) } throws: { "\($0)".contains("ends inside block 1") }
        #expect { try read(FrameCompressor(level: 1).compress(all[0].encoded() + head + [1, 2, 3])) } throws: {
            "\($0)".contains("ends inside block 1")
        }
        // A size beyond the limit is refused at once.
        var larger = Array(head[..<48])
        larger.replaceSubrange(8..<16, with: withUnsafeBytes(of: UInt64.max.littleEndian) { Array($0) })
        larger.appendInteger(Digest.xxh3(larger))
        #expect { try read(all[0].encoded() + larger) } throws: { "\($0)".contains("head of a block is damaged") }
        #expect(peakAddressSpace() - before < 900_000)
        // And a block that no reader would take is not written; its bytes are never touched.
        let count = Block.maximumPayloadByteCount + 1
        let block = Block(kind: .data, index: 1, payload: [UInt8](unsafeUninitializedCapacity: count) { $1 = count })
        #expect { try EncodedBlock(block, compressor: nil) } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func otherFilesAndOtherVersionsAreNamed() throws {
        #expect {
            try read(Array("just some text that is long enough to be looked at, or so one thinks".utf8))
        } throws: { "\($0)".contains("not a nerpipe stream") }
        var header = testHeader
        header.version = 99
        #expect { try read(bytes(of: wholeStream(header, []), compressed: false)) } throws: {
            "\($0)".contains("stream format version 99")
        }
        var all = try wholeStream(testHeader, [])
        all[0].payload = Array("{\"version\":1}".utf8)
        #expect(try Self.message(all).contains("incomplete"))
        all[0].payload = Array("no".utf8)
        #expect(try Self.message(all).contains("not readable"))
    }
}
