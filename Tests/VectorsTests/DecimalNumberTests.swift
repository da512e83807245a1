import NERPipeTesting
import Testing

@testable import Vectors

struct DecimalNumberTests {
    /// The value and the number of bytes read.
    private func parse(_ text: String) -> (Float, Int)? {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: DecimalNumber.padding)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let (value, end) = DecimalNumber.parse(base, .shared) else {
                return nil
            }
            return (value, end - base)
        }
    }

    /// Whatever it accepts is the nearest float, as the standard library finds it, and read to its end.
    @Test func agreesWithTheStandardLibrary() {
        var random = SeededGenerator(seed: 11)
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
        }
        var wrong: [String] = []
        var accepted = 0
        for _ in 0..<40_000 {
            var text = ["", "-", "+"].randomElement(using: &random) ?? ""
            text += digits(Int.random(in: 1...Int.random(in: 1...12, using: &random), using: &random))
            if Bool.random(using: &random) { text += "." + digits(Int.random(in: 0...18, using: &random)) }
            if Int.random(in: 0..<4, using: &random) == 0 {
                text +=
                    (["e", "E"].randomElement(using: &random) ?? "e")
                    + (["", "-", "+"].randomElement(using: &random) ?? "")
                    + "\(Int.random(in: 0...25, using: &random))"
            }
            guard let (value, length) = parse(text) else { continue }
            accepted += 1
            if length != text.utf8.count || value.bitPattern != Float(text)?.bitPattern { wrong.append(text) }
        }
        #expect(wrong.count == 0, "\(wrong.prefix(5))")
        #expect(accepted > 20_000)
    }

    /// Numbers as programs print floats are accepted, halves between two floats rounded to even.
    @Test func coversTheUsualForms() {
        var random = SeededGenerator(seed: 12)
        for value in random.floats(5000) {
            #expect(parse("\(value)")?.0 == value)
        }
        for text in ["0", "-0", "1", "-0.5", "+.25", "7.", "0.0123", "-1.2345e-05", "16777217", "16777219"] {
            let slow = Array(text.utf8).withUnsafeBufferPointer(DecimalNumber.slow)
            #expect(slow == Float(text))
            if let (value, _) = parse(text) { #expect(value.bitPattern == slow?.bitPattern, "\(text)") }
        }
    }

    @Test(arguments: ["", "-", ".", "x", "nan", "inf", "e5", "1e", "1e-", "12345678901234567890", "1e-40", "1e30"])
    func leavesTheRestToTheSlowWay(_ text: String) { #expect(parse(text) == nil) }

    @Test func stopsBehindTheNumber() {
        #expect(parse("1.5 2.5")?.1 == 3)
        #expect(parse("1.5.2")?.1 == 3)
        #expect(parse("0x10")?.1 == 1)
    }
}
