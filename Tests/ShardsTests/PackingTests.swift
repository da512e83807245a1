import Diagnostics
import NERPipeTesting
import Testing

@testable import Shards

@Suite struct PackingTests {
    private static func failure(_ bytes: [UInt8]) -> String {
        do {
            let read = try BufferedInputTests.readAll(MemoryInput(bytes), bufferByteCount: 1024)
            return "no failure, \(read.count) bytes"
        } catch { return "\(error)" }
    }

    @Test(
        arguments: [
            ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 1], "bzip2-compressed", "bzcat FILE"),
            (
                [0x42, 0x5A, 0x68, 0x31, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0], "bzip2-compressed",
                "bzcat FILE"
            ),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], "xz-compressed", "xz -dc FILE"),
            ([0x5D, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0], "LZMA-compressed", "xz --format=lzma"),
            ([0x04, 0x22, 0x4D, 0x18, 0x64], "lz4-compressed", "lz4 -dc FILE"),
            ([0x50, 0x4B, 3, 4, 20], "a zip archive", "unzip -p FILE NAME"),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0], "a 7z archive", "7z x -so FILE NAME"),
            ([0xFF, 6, 0, 0, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], "snappy-compressed", "snzip -dc FILE"),
            ([0x1F, 0x9D, 0x90], "compressed by 'compress'", "gzip -dc FILE"),
            ([0x50, 0x41, 0x52, 0x31, 0x15, 4], "a Parquet file", "read_parquet"),
            ([0x25, 0xB5, 0x2F, 0xFD], "zstd-compressed by a version before 0.8", "zstd -dc FILE"),
            (
                [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8) + [UInt8](repeating: 0, count: 248),
                "a tar archive", "tar -xOf FILE NAME"
            ),
        ] as [([UInt8], String, String)])
    func foreignPackingIsNamed(_ bytes: [UInt8], _ what: String, _ remedy: String) throws {
        for content in [bytes, bytes + [UInt8](repeating: 0x20, count: 1000)] {
            let message = Self.failure(content)
            #expect(
                message.hasPrefix("<memory>: \(what); nerpipe reads plain, gzip and zstd") && message.contains(remedy))
        }
        // In what we undo it is named, too.
        let inGzip = Self.failure(PackedBytes.gzip(bytes))
        #expect(inGzip.hasPrefix("<memory>: gzip-compressed, and in that \(what); "), "\(inGzip)")
        let inZstd = Self.failure(try FrameCompressor(level: 1).compress(bytes))
        #expect(inZstd.hasPrefix("<memory>: zstd-compressed, and in that \(what); "), "\(inZstd)")
    }

    /// Words that begin as a packing does.
    @Test(arguments: ["BZh9 is a word\n", "PK\n", "Rar! 7z LZIP PAR1 ustar\n", "]", "PAR1", "BZh91AY", "\u{1F}"])
    func textIsNoPacking(_ text: String) throws {
        #expect(try BufferedInputTests.readAll(MemoryInput(Array(text.utf8)), bufferByteCount: 64) == Array(text.utf8))
    }

    @Test(arguments: [64, 1 << 18])
    func gzipIsTheSameForAnyBufferAndAnyPiece(_ size: Int) throws {
        let text = BufferedInputTests.text
        let packed = PackedBytes.gzip(text)
        for (bytes, expected) in [(packed, text), (packed + packed, text + text), (PackedBytes.gzip([]), [])] {
            for pieces in [[1 << 20], [1000, 1, 7]] {
                #expect(
                    try BufferedInputTests.gives(TrickleInput(bytes, pieces: pieces), expected, bufferByteCount: size))
            }
        }
    }

    @Test func gzipThatIsCutDamagedOrFollowedIsRefused() {
        let good = PackedBytes.gzip(Array("some text\n".utf8))
        for count in 10..<good.count {
            #expect(Self.failure(Array(good[..<count])).contains("gzip gave up after byte"), "\(count) bytes")
        }
        var damaged = good
        damaged[good.count - 5] ^= 1  // the checksum
        #expect(Self.failure(damaged).contains("cut or is damaged"))
        let followed = Self.failure(good + Array("more text, enough to be seen".utf8))
        #expect(followed.contains("gave up after byte 10 of the content; what follows there is no gzip"), "\(followed)")
    }

    /// A reader that has enough leaves no process behind, and does not wait for the rest.
    @Test func gzipIsEndedWithItsReader() throws {
        let packed = PackedBytes.gzip([UInt8](repeating: 0x61, count: 1 << 22))
        for _ in 0..<20 {
            let input = try BufferedInput(MemoryInput(packed))
            #expect(try input.withAvailableBytes { $0.first } == 0x61)
        }
    }

    @Test func zstdThatNeedsMoreIsNotCalledDamaged() {
        let window: [UInt8] = [
            0x28, 0xB5, 0x2F, 0xFD, 4, 0x90, 0x21, 0, 0, 0x61, 0x20, 0x62, 0x0A, 0x82, 0xDE, 0xB1, 0xB2,
        ]
        #expect(Self.failure(window).contains("zstd --long=31 -dc FILE"))
        let dictionary: [UInt8] =
            [0x28, 0xB5, 0x2F, 0xFD, 0x27, 0xD5, 0x53, 0x47, 0x4C] + [4, 0x21, 0, 0, 0x61, 0x20, 0x62, 10]
        #expect(Self.failure(dictionary).contains("zstd -D DICTIONARY -dc FILE"))
        var checksum = window
        checksum[5] = 0x50
        #expect(Self.failure(checksum) == "no failure, 4 bytes")
        checksum[16] ^= 1
        #expect(Self.failure(checksum).contains("does not have the checksum"))
    }
}
