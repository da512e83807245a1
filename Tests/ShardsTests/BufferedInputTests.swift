import Diagnostics
import NERPipeTesting
import Shards
import Testing

@Suite struct BufferedInputTests {
    static func readAll(_ input: any ByteInput, bufferByteCount: Int) throws -> [UInt8] {
        let input = try BufferedInput(input, bufferByteCount: bufferByteCount)
        var bytes: [UInt8] = []
        while true {
            let count = try input.withAvailableBytes {
                bytes.append(contentsOf: $0); return $0.count
            }
            if count == 0 { break }
            input.consume(count)
        }
        #expect(input.offset == bytes.count)
        #expect(try input.withAvailableBytes { $0.count } == 0, "the end stays the end")
        return bytes
    }

    static let text: [UInt8] = {
        var random = SeededGenerator(seed: 4)
        return (0..<200_000).map { _ in UInt8.random(in: 0x61...0x68, using: &random) }
    }()

    /// Whether an input gives just these bytes. A truth value, because a failed comparison of long arrays is described
    /// at length.
    static func gives(_ input: any ByteInput, _ expected: [UInt8], bufferByteCount: Int) throws -> Bool {
        try readAll(input, bufferByteCount: bufferByteCount) == expected
    }

    @Test(arguments: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], Array("some text\n".utf8)] as [[UInt8]])
    func shortInputsAreHandedOnAsTheyAre(_ bytes: [UInt8]) throws {
        for size in [4, 5, 1000] {
            #expect(try Self.readAll(MemoryInput(bytes), bufferByteCount: size) == bytes)
            #expect(try Self.readAll(TrickleInput(bytes, pieces: [1]), bufferByteCount: size) == bytes)
        }
    }

    @Test(arguments: [64, 1000, 1 << 18])
    func compressedInputIsTheSameForAnyBufferAndAnyPiece(_ size: Int) throws {
        let frames = try FrameCompressor(level: 3).compress(Self.text)
        for pieces in [[1 << 20], [1000, 1, 7]] {
            #expect(try Self.gives(TrickleInput(frames, pieces: pieces), Self.text, bufferByteCount: size))
        }
    }

    /// Frames need not have checksums; then the last byte of input may be read while much output is still to come.
    @Test(arguments: [64, 1000, 70_000, 1 << 18])
    func framesWithoutChecksumAreReadToTheirEnd(_ size: Int) throws {
        let frame = frameWithoutChecksum(Self.text)
        #expect(try Self.gives(MemoryInput(frame), Self.text, bufferByteCount: size))
        #expect(try Self.gives(MemoryInput(frame + frame), Self.text + Self.text, bufferByteCount: size))
        for cut in [1, 100, frame.count / 2] {
            #expect(throws: Failure.self) {
                try Self.readAll(MemoryInput(Array(frame.dropLast(cut))), bufferByteCount: size)
            }
        }
    }

    @Test func skippableAndEmptyFramesAreSkipped() throws {
        let compressor = FrameCompressor(level: 1)
        let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]
        let empty = try compressor.compress([]), ab = try compressor.compress([0x61, 0x62])
        for bytes in [skippable + ab, ab + skippable, skippable + skippable + ab + empty, empty + ab] {
            #expect(try Self.readAll(MemoryInput(bytes), bufferByteCount: 16) == [0x61, 0x62])
            #expect(try Self.readAll(TrickleInput(bytes, pieces: [1]), bufferByteCount: 16) == [0x61, 0x62])
        }
        #expect(try Self.readAll(MemoryInput(skippable), bufferByteCount: 16).isEmpty)
    }

    @Test func cutFramesAndForeignBytesAreReported() throws {
        let frame = try FrameCompressor(level: 1).compress(Array("some text, long enough for a block".utf8))
        var wrong: [Int] = []
        for count in 4..<frame.count {
            do {
                _ = try Self.readAll(MemoryInput(Array(frame[..<count])), bufferByteCount: 64)
                wrong.append(count)
            } catch let failure as Failure {
                if !failure.message.contains("middle of a zstd frame") { wrong.append(count) }
            }
        }
        #expect(wrong.isEmpty)
        #expect { try Self.readAll(MemoryInput(frame + Array("text".utf8)), bufferByteCount: 64) } throws: {
            "\($0)".contains("what follows the last zstd frame is none")
        }
        #expect { try Self.readAll(MemoryInput(frame + [0x28, 0xB5]), bufferByteCount: 64) } throws: {
            "\($0)".contains("middle of a zstd frame")
        }
    }

    @Test func readFillsItsDestinationOverBufferEnds() throws {
        let input = try BufferedInput(TrickleInput(Self.text, pieces: [3, 50]), bufferByteCount: 64)
        var out = [UInt8](repeating: 0, count: 999)
        #expect(try out.withUnsafeMutableBytes { try input.read(into: $0) } == 999)
        #expect(out == Array(Self.text[..<999]))
        #expect(input.offset == 999)
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        let folder = ScratchFolder()
        #expect { try FileInput(path: folder["none"]) } throws: {
            ($0 as? Failure)?.code == .noInput && "\($0)".contains("no such file")
        }
        #expect { try FileInput(path: folder.path) } throws: {
            ($0 as? Failure)?.code == .noInput && "\($0)".contains("is a directory")
        }
        try folder.write("abc", as: "f")
        let input = try FileInput(path: folder["f"])
        #expect(input.byteCount == 3)
        #expect(try Self.readAll(input, bufferByteCount: 8) == Array("abc".utf8))
        #expect(input.bytesRead == 3)
    }
}
