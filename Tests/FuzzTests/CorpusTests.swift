import Foundation
import FuzzTargets
import Shards
import Testing

/// What the fuzzer found worth keeping (tools/fuzz/corpus), run again without it: each parser still takes all of it.
@Suite struct CorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../tools/fuzz/corpus").standardizedFileURL

    @Test(arguments: FuzzTarget.allCases)
    func everyInputIsTakenOrRefused(_ target: FuzzTarget) throws {
        let archive = Self.corpus.appendingPathComponent("\(target.rawValue).tar.zst").path
        let files = try TarArchive.files(of: archive)
        #expect(files.count >= 10, "\(archive) holds \(files.count) files")
        for file in files { try target.run(file) }
    }

    @Test func everyArchiveHasATarget() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(names.sorted() == FuzzTarget.allCases.map { "\($0.rawValue).tar.zst" }.sorted())
    }
}

/// Archives as tools/fuzz/corpus.sh makes them.
///
/// - Note: POSIX.1-2017, pax, "ustar Interchange Format": blocks of 512 bytes, a header and then the content of each file,
///   two blocks of zeros at the end.
private enum TarArchive {
    private static let blockByteCount = 512

    private struct Malformed: Error { var offset: Int }

    /// The contents of the regular files.
    static func files(of path: String) throws -> [[UInt8]] {
        let frame = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let bytes = try FrameDecompressor.decompress(frame, maximumByteCount: 1 << 26, place: path)
        var files: [[UInt8]] = []
        var offset = 0
        while offset + blockByteCount <= bytes.count, bytes[offset] != 0 {
            let header = bytes[offset..<offset + blockByteCount]
            // Bytes 124 to 134 are the size in octal digits, byte 156 is the type, `0` for a regular file.
            let digits = String(decoding: header[offset + 124..<offset + 135], as: UTF8.self)
            let start = offset + blockByteCount
            guard header[offset + 156] == UInt8(ascii: "0"), let size = Int(digits, radix: 8),
                size <= bytes.count - start
            else { throw Malformed(offset: offset) }
            files.append(Array(bytes[start..<start + size]))
            offset = start + (size + blockByteCount - 1) / blockByteCount * blockByteCount
        }
        guard offset < bytes.count else { throw Malformed(offset: offset) }
        return files
    }
}
