import CUnicodeTables
import Foundation
import Randomness
import Testing
import UnicodeText

struct LookupFormTests {
    static func nfc(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        bytes.withUnsafeBufferPointer { LookupForm.append(NFC: $0, to: &output) }
        return output
    }

    static func nfc(_ text: String) -> [UInt8] { nfc(Array(text.utf8)) }

    static func lookup(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        var text = text
        text.withUTF8 { LookupForm.append(lowercasedNFC: $0, to: &output) }
        return output
    }

    @Test(arguments: [
        ("", ""), ("Nairobi", "nairobi"), ("@AZ[`az{", "@az[`az{"), ("ÀÉÞß", "àéþß"), ("ŸĀ", "ÿā"), ("İ", "i\u{307}"),
        ("İ\u{323}", "ị\u{307}"), ("ΟΔΟΣ", "οδοσ"), ("ǅ", "ǆ"), ("ẞ", "ß"), ("\u{212B}", "å"), ("\u{212A}m", "km"),
        ("E\u{301}", "é"), ("Ẹ\u{301}", "ẹ\u{301}"), ("E\u{301}\u{323}", "ẹ\u{301}"), ("Ɓ", "ɓ"), ("Ⱥ", "ⱥ"),
        ("Ꭰ", "ꭰ"),
        ("МОСКВА", "москва"), ("𐐀", "𐐨"), ("\u{1100}\u{1161}\u{11A8}", "각"), ("가\u{11A8}", "각"), ("東京", "東京"),
        ("Abc É", "abc é"), ("\u{301}A", "\u{301}a"), ("Ω\u{345}\u{301}", "ώ\u{345}"),
    ])
    func lowersAndComposes(_ text: String, _ expected: String) {
        // Bytes are compared: String equality would hide what is tested.
        let wanted = expected == "ώ\u{345}" ? Array("ῴ".utf8) : Array(expected.utf8)
        #expect(Self.lookup(text) == wanted)
    }

    @Test func appendsAndLeavesWhatWasThere() {
        var output: [UInt8] = Array("E".utf8)
        let mark: [UInt8] = Array("\u{301}A\u{301}".utf8)
        mark.withUnsafeBufferPointer { LookupForm.append(lowercasedNFC: $0, to: &output) }
        #expect(output == Array("E\u{301}á".utf8))
    }

    @Test func lowersEveryScalarLikeTheRuntime() {
        var different: [UInt32] = []
        for value in UInt32(0)..<0x11_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if let age = scalar.properties.age, age.major > 15 || (age.major == 15 && age.minor > 0) { continue }
            if value >= 0x3400 && value < 0xA000 && value % 16 != 0 { continue }  // ideographs: a sample is enough
            let expected = Self.nfc(scalar.properties.lowercaseMapping)
            var mine: [UInt8] = []
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { buffer in
                let count = buffer.initialize(fromContentsOf: UTF8.encode(scalar)!)
                LookupForm.append(lowercasedNFC: UnsafeBufferPointer(rebasing: buffer[..<count]), to: &mine)
            }
            if mine != expected { different.append(value) }
        }
        // Lower-case partners that were added to scalars of this version later.
        #expect(different == Self.mappedLater, "\(different.map { String($0, radix: 16) })")
    }

    private static let mappedLater: [UInt32] = []

    /// Lower-casing word by word gives what `String.lowercased()` gives, but for final sigma.
    @Test func agreesWithStringLowercased() {
        for text in ["STRASSE Straße", "ĐURĐEVAC Ǆ ǅ", "ПРИВЕТ", "ΑΘΗΝΑ", "ƁAƊO", "Ẹ̀KỌ́", "ՀԱՅ", "ᲐᲑᲒ", "ẤẦ"] {
            #expect(Self.lookup(text) == Self.nfc(text.lowercased()))
        }
    }

    @Test func composesRandomTextToWhatIsCanonicallyEquivalent() {
        var random = SplitMix64(seed: 7)
        let pool: [UInt32] = [
            0x41, 0x61, 0x65, 0x69, 0x49, 0xE9, 0x130, 0x1EB9, 0x300, 0x301, 0x323, 0x327, 0x345, 0x307, 0x308, 0x31B,
            0x1100,
            0x1161, 0x11A8, 0xAC00, 0xAC01, 0x915, 0x93C, 0x94D, 0x9C7, 0x9BE, 0x9D7, 0xDD9, 0xDCF, 0xDCA, 0xDDC,
            0x1112C,
            0x11131, 0x11127, 0x212B, 0x2126, 0xF900, 0x2F800, 0x1D15E, 0x1D165, 0x5D0, 0x5B7, 0x5BC, 0xFB2E, 0x627,
            0x653,
            0x654, 0x655, 0x3B1, 0x313, 0x342, 0x1FB3, 0x1025, 0x102E, 0x3046, 0x3099, 0x20, 0x6F, 0x2ADC, 0x338,
            0x226E,
        ]
        for round in 0..<3_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<random.index(below: 10) {
                let value =
                    random.index(below: 8) == 0
                    ? UInt32(random.index(below: 0x3_0000)) : pool[random.index(below: pool.count)]
                guard let scalar = Unicode.Scalar(value) else { continue }
                if let age = scalar.properties.age, age.major < 15 { scalars.append(scalar) }
            }
            let text = String(scalars)
            let composed = Self.nfc(text)
            let result = String(decoding: composed, as: UTF8.self)
            #expect(result == text, "round \(round): \(scalars.map { String($0.value, radix: 16) })")
            #expect(Self.nfc(composed) == composed, "round \(round)")
            // Every equivalent spelling has the same form.
            #expect(Self.nfc(text.decomposedStringWithCanonicalMapping) == composed, "round \(round)")
        }
    }

    @Test func passesTheNormalizationTestFile() throws {
        guard let text = try UnicodeDataFile.read("NormalizationTest.txt") else { return }
        var caseCount = 0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("@") {
            let columns = line.split(separator: ";", maxSplits: 5).prefix(5).map { column in
                Array(
                    String(
                        String.UnicodeScalarView(
                            column.split(separator: " ").compactMap {
                                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
                            })
                    ).utf8)
            }
            guard columns.count == 5 else { continue }
            caseCount += 1
            // c2 = NFC(c1) = NFC(c2) = NFC(c3), c4 = NFC(c4) = NFC(c5).
            let holds =
                (0..<3).allSatisfy { Self.nfc(columns[$0]) == columns[1] }
                && (3..<5).allSatisfy { Self.nfc(columns[$0]) == columns[3] }
            if !holds { Issue.record("\(line)") }
        }
        #expect(caseCount > 18_000)
    }

    @Test(
        arguments: [
            [0x301, 0x323], [0x301], [0x334, 0x345, 0x302, 0x316], [0x1161], [0x11A8], [0x344],
        ] as [[UInt32]])
    func staysLinearOnALongRunOfScalarsThatInteract(_ pattern: [UInt32]) throws {
        func time(_ count: Int) -> Duration {
            var bytes: [UInt8] = [0x61]
            for index in 0..<count { UTF8Scalar.append(pattern[index % pattern.count], to: &bytes) }
            let clock = ContinuousClock()
            var output: [UInt8] = []
            let duration = clock.measure { output = Self.nfc(bytes) }
            #expect(output.count > count)
            return duration
        }
        // 16 times the input; a quadratic step would cost 256 times as much. One quiet moment in three is enough.
        #expect((0..<3).contains { _ in time(320_000) < time(20_000) * 80 + .milliseconds(200) })
    }

    @Test func ordersAMillionMarksStably() {
        let half = 500_000
        var bytes: [UInt8] = [0x62]
        for _ in 0..<half { bytes += [0xCC, 0x81, 0xCC, 0xA3] }
        // b does not compose with the acute; with the dot below it does, once.
        let expected =
            [0xE1, 0xB8, 0x85]
            + Array(repeating: [0xCC, 0xA3] as [UInt8], count: half - 1).joined()
            + Array(repeating: [0xCC, 0x81] as [UInt8], count: half).joined()
        #expect(Self.nfc(bytes) == expected)
    }

    @Test func acceptsIllFormedBytes() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<3_000 {
            let bytes = (0..<random.index(below: 24)).map { _ in
                UInt8(
                    truncatingIfNeeded: random.index(below: 3) == 0
                        ? 0xC0 + random.index(below: 64) : random.index(below: 256))
            }
            var output: [UInt8] = []
            bytes.withUnsafeBufferPointer { LookupForm.append(lowercasedNFC: $0, to: &output) }
            #expect(output.count <= 3 * bytes.count)
        }
    }
}
