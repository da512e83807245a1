import Randomness
import Testing
import UnicodeText

struct UTF8ValidatorTests {
    static func repair(_ bytes: [UInt8]) -> (bytes: [UInt8], count: Int) {
        var output: [UInt8] = []
        let count = bytes.withUnsafeBufferPointer { UTF8Validator.replaceInvalid(in: $0, to: &output) }
        return (output, count)
    }

    static func firstIllFormed(_ bytes: [UInt8], from start: Int = 0) -> Range<Int>? {
        bytes.withUnsafeBufferPointer { UTF8Validator.firstIllFormed(in: $0, from: start) }
    }

    // The Unicode Standard, tables 3-8 to 3-11, and the ends of every row of table 3-7.
    @Test(
        arguments: [
            ([0x41, 0xC0, 0xAF, 0xE0, 0x80, 0xBF, 0xF0, 0x81, 0x82, 0x41], 8),
            ([0x41, 0xED, 0xA0, 0x80, 0xED, 0xBF, 0xBF, 0xED, 0xAF, 0x41], 8),
            ([0x41, 0xF4, 0x91, 0x92, 0x93, 0xFF, 0x41, 0x80, 0xBF, 0x42], 7),
            ([0x41, 0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41], 4),
            ([0xC2], 1), ([0xE1], 1), ([0xE1, 0x80], 1), ([0xF1, 0x80, 0x80], 1), ([0xF4, 0x8F, 0xBF, 0xBF], 0),
            ([0xF4, 0x90, 0x80, 0x80], 4), ([0xF5, 0x80], 2), ([0xED, 0x9F, 0xBF], 0), ([0xEE, 0x80, 0x80], 0),
            ([0xE0, 0x9F, 0xBF], 3), ([0xE0, 0xA0, 0x80], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 4),
            ([0xF0, 0x90, 0x80, 0x80], 0),
            ([0xDF, 0xBF], 0), ([0xC1, 0xBF], 2), ([0x7F, 0x00], 0), ([0xC2, 0x41], 1), ([], 0),
        ] as [([UInt8], Int)])
    func replacesEachMaximalSubpartOnce(_ bytes: [UInt8], _ expected: Int) {
        let repaired = Self.repair(bytes)
        #expect(repaired.count == expected)
        #expect(
            String(decoding: repaired.bytes, as: UTF8.self).unicodeScalars.filter { $0 == "\u{FFFD}" }.count == expected
        )
        #expect(Self.firstIllFormed(repaired.bytes) == nil)
        if expected == 0 { #expect(repaired.bytes == bytes) }
    }

    @Test func givesTheRangeOfTheSubpartAndContinuesAfterIt() {
        let bytes: [UInt8] = Array("abcdefghijk".utf8) + [0xF1, 0x80, 0x80] + Array("é".utf8) + [0xFF]
        #expect(Self.firstIllFormed(bytes) == 11..<14)
        #expect(Self.firstIllFormed(bytes, from: 14) == 16..<17)
        #expect(Self.firstIllFormed(bytes, from: 17) == nil)
    }

    @Test func findsABadByteAtEveryOffsetOfTheASCIIPath() {
        for count in 0..<40 {
            for position in 0..<count {
                var bytes = [UInt8](repeating: 0x61, count: count)
                bytes[position] = 0xFF
                #expect(Self.firstIllFormed(bytes) == position..<position + 1)
            }
        }
    }

    /// The standard library repairs by maximal subparts too.
    @Test func repairsRandomBytesLikeTheStandardLibrary() {
        var random = SplitMix64(seed: 1)
        let pieces: [[UInt8]] = [
            [0x61], [0x80], [0xBF], [0xC2], [0xC0], [0xE0], [0xE1], [0xED], [0xF0], [0xF4], [0xF5], [0x90], [0xA0],
            [0x9F],
            Array("é".utf8), Array("語".utf8), Array("😀".utf8), Array("plain text".utf8),
        ]
        for _ in 0..<5_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.index(below: 12) { bytes += pieces[random.index(below: pieces.count)] }
            #expect(Self.repair(bytes).bytes == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
        }
    }

    /// The decoder of the hot loops: the scalars of what is well-formed, U+FFFD for each byte of what is not.
    @Test func decoderAgreesWithTheValidatorOnRandomBytes() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<5_000 {
            let bytes = (0..<1 + random.index(below: 10)).map { _ in
                UInt8(
                    truncatingIfNeeded: random.index(below: 2) == 0
                        ? 0xC0 + random.index(below: 64) : 0x70 + random.index(below: 80))
            }
            bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                var index = 0
                while index < buffer.count {
                    let (scalar, length) = UTF8Scalar.decode(base, at: index, end: buffer.count)
                    let isWellFormed =
                        UTF8Validator.firstIllFormed(in: buffer, from: index).map { $0.lowerBound > index } ?? true
                    var encoded: [UInt8] = []
                    UTF8Scalar.append(scalar, to: &encoded)
                    let matches =
                        isWellFormed
                        ? encoded == Array(buffer[index..<index + length]) : scalar == 0xFFFD && length == 1
                    #expect(matches, "\(bytes) at \(index)")
                    index += length
                }
            }
        }
    }
}
