import CUnicodeTables
import Testing

/// Where a word of ASCII ends, sixteen bytes at a time, against the table of word classes, a byte at a time.
struct WordEndTests {
    private static func isInWord(_ byte: UInt8) -> Bool {
        byte < 0x80 && Int(nu_ascii_properties(byte) & 31) <= NU_WORD_EXTENDNUMLET
    }

    private static func end(_ bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { nu_ascii_word_end($0, start, bytes.count) } ?? 0
        }
    }

    @Test func theClassesAreThoseOfLettersDigitsAndUnderscore() {
        for byte in UInt8.min...UInt8.max {
            let scalar = Unicode.Scalar(byte)
            let isDigitOrUnderscore = (0x30...0x39).contains(byte) || byte == 0x5F
            let expected = byte < 0x80 && (scalar.properties.isAlphabetic || isDigitOrUnderscore)
            #expect(Self.isInWord(byte) == expected, "byte \(byte)")
        }
    }

    @Test func everyByteEndsAWordOrNotAtEveryPlace() {
        for byte in UInt8.min...UInt8.max {
            for length in [1, 15, 16, 17, 31, 32, 33] {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: 0x7A, count: length)
                    bytes[place] = byte
                    let expected = Self.isInWord(byte) ? length : place
                    for start in 0...min(1, place) {
                        let found = Self.end(bytes, from: start)
                        #expect(found == expected, "byte \(byte) at \(place) of \(length), from \(start)")
                    }
                }
            }
        }
    }
}
