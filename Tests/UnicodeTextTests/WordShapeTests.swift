import Randomness
import Testing
import UnicodeText

struct WordShapeTests {
    static func shape(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        bytes.withUnsafeBufferPointer { WordShape.append(of: $0, to: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [
        ("", ""), ("Kampala", "Xxx"), ("UN", "XX"), ("UNICEF", "XX"), ("iPhone", "xXxx"), ("McDonald's", "XxXxx'x"),
        ("2024-05", "dd-dd"), ("3.14", "d.dd"), ("١٢٣", "dd"), ("東京都", "aa"), ("Москва", "Xxx"), ("ǅ", "X"),
        ("E\u{301}cole", "Xxx"), ("École", "Xxx"), ("---", "--"), ("-–-", "-–-"), ("한국", "aa"), ("नमस्ते", "aa"),
        ("a.b.c.d.e.f.g", "x.x.x.x.x."), ("😀😀😀", "😀😀"), ("\u{301}", ""), ("½", "½"), ("_x", "_x"), ("dXa", "xXx"),
        ("AAbb11--CCdd", "XXxxdd--XX"), ("AAbb11--CCC", "XXxxdd--XX"),
    ])
    func reducesAToken(_ token: String, _ expected: String) {
        #expect(Self.shape(Array(token.utf8)) == expected)
    }

    @Test func isShortWhateverComesIn() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<2_000 {
            let bytes = (0..<random.index(below: 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let shape = Self.shape(bytes)
            #expect(shape.unicodeScalars.count <= WordShape.maximumSymbolCount)
            #expect(shape.utf8.count <= 40)
        }
        #expect(Self.shape([UInt8](repeating: 0x61, count: 1_000_000)) == "xx")
    }
}

struct ScalarAffixTests {
    @Test(arguments: [
        ("", 2, 0..<0, 0..<0), ("abc", 0, 0..<0, 3..<3), ("abc", 2, 0..<2, 1..<3), ("abc", 9, 0..<3, 0..<3),
        ("é語😀", 1, 0..<2, 5..<9), ("é語😀", 2, 0..<5, 2..<9), ("é語😀", 3, 0..<9, 0..<9), ("é語😀", -1, 0..<0, 9..<9),
    ])
    func countsScalars(_ text: String, _ count: Int, _ prefix: Range<Int>, _ suffix: Range<Int>) {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            #expect(ScalarAffix.prefix(of: bytes, scalarCount: count) == prefix)
            #expect(ScalarAffix.suffix(of: bytes, scalarCount: count) == suffix)
        }
    }

    @Test func staysInsideIllFormedBytes() {
        let bytes: [UInt8] = [0x80, 0x80, 0xE1, 0x80, 0xFF]
        bytes.withUnsafeBufferPointer { bytes in
            #expect(ScalarAffix.prefix(of: bytes, scalarCount: 1) == 0..<2)
            #expect(ScalarAffix.prefix(of: bytes, scalarCount: 2) == 0..<4)
            #expect(ScalarAffix.suffix(of: bytes, scalarCount: 2) == 2..<5)
            #expect(ScalarAffix.suffix(of: bytes, scalarCount: 9) == 0..<5)
        }
    }
}
