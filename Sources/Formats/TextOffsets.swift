/// What the offsets of a form of text count.
package enum OffsetUnit: String, CaseIterable, Sendable {
    /// Unicode code points, as Python's strings have them.
    case codePoints = "code-points"
    /// UTF-16 code units, as JavaScript's have them.
    case utf16 = "utf-16"
    /// Extended grapheme clusters.
    case graphemes
    /// Bytes of UTF-8.
    case bytes
}

/// Places in a text, counted in one unit, as bytes.
struct TextOffsets {
    /// Of each place that was asked for and that there is.
    private var bytes: [Int: Int] = [:]

    /// - Parameters:
    ///   - places: In any order.
    ///   - text: UTF-8; ill-formed parts count as the U+FFFD in their place.
    init(_ places: some Sequence<Int>, unit: OffsetUnit, in text: [UInt8]) {
        var wanted = Set(places).sorted()[...]
        var count = 0, byte = 0
        func meet(_ bytes: inout [Int: Int]) {
            while let next = wanted.first, next <= count {
                if next == count { bytes[next] = byte }
                wanted.removeFirst()
            }
        }
        meet(&bytes)
        switch unit {
        case .bytes:
            for place in wanted
            where place <= text.count && place >= 0 && (place == text.count || text[place] & 0xC0 != 0x80) {
                bytes[place] = place
            }
        case .codePoints, .utf16:
            while byte < text.count, !wanted.isEmpty {
                let lead = text[byte]
                byte += 1
                while byte < text.count, text[byte] & 0xC0 == 0x80 { byte += 1 }
                count += unit == .utf16 && lead >= 0xF0 ? 2 : 1
                meet(&bytes)
            }
        case .graphemes:
            for character in String(decoding: text, as: UTF8.self) {
                guard !wanted.isEmpty else { break }
                byte += character.utf8.count
                count += 1
                meet(&bytes)
            }
        }
    }

    /// nil where the text has no such place: behind its end, or inside of a character.
    func byte(_ place: Int) -> Int? { bytes[place] }
}

/// Counts what is before rising places of a text.
struct OffsetCounter {
    private let text: ArraySlice<UInt8>
    private let unit: OffsetUnit
    private var position = 0
    private var count = 0

    init(_ unit: OffsetUnit, in text: ArraySlice<UInt8>) { (self.unit, self.text) = (unit, text) }

    /// - Parameter byte: Of the text, at least the one before.
    mutating func count(before byte: Int) -> Int {
        let part = text[text.startIndex + position..<text.startIndex + byte]
        position = byte
        switch unit {
        case .bytes: count = byte
        case .codePoints: count += part.count { $0 & 0xC0 != 0x80 }
        case .utf16: count += part.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
        case .graphemes: count += String(decoding: part, as: UTF8.self).count
        }
        return count
    }
}
