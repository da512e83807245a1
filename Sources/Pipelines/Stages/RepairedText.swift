import UnicodeText

/// Counts code points while it goes through a text.
struct TextPlace {
    private(set) var codePoints: Int
    private var uncounted: ArraySlice<Int>
    private var position = 0

    init(codePoints: Int, uncounted: [Int]) { (self.codePoints, self.uncounted) = (codePoints, uncounted[...]) }

    mutating func advance(to end: Int, in text: UnsafeBufferPointer<UInt8>) {
        codePoints += text[position..<end].count { $0 & 0xC0 != 0x80 }
        while let next = uncounted.first, next <= end {
            codePoints -= 1
            uncounted.removeFirst()
        }
        position = end
    }
}

/// A text in which each ill-formed part is U+FFFD.
struct RepairedText {
    private(set) var bytes: [UInt8] = []
    /// Where each replacement ends, and what leads from there to the input.
    private var shifts: [(position: Int, difference: Int)] = []
    /// Ends of the second and third replacement of a surrogate, which is one code point where it was escaped.
    private(set) var uncounted: [Int] = []

    var replacementCount: Int { shifts.count }

    init(_ text: UnsafeBufferPointer<UInt8>, joinsSurrogates: Bool) {
        var start = 0
        while let range = UTF8Validator.firstIllFormed(in: text, from: start) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<range.lowerBound]))
            bytes += [0xEF, 0xBF, 0xBD]
            start = range.upperBound
            shifts.append((bytes.count, start - bytes.count))
            if joinsSurrogates, Self.isRestOfSurrogate(range.lowerBound, in: text) { uncounted.append(bytes.count) }
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private static func isRestOfSurrogate(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        for first in [index - 1, index - 2] where first >= 0 && first + 2 < text.count {
            let isSurrogate = text[first] == 0xED && (0xA0..<0xC0).contains(text[first + 1])
            if isSurrogate && text[first + 2] & 0xC0 == 0x80 { return true }
        }
        return false
    }

    /// Where a position stands in the text as it was.
    ///
    /// - Parameter cursor: Number of the next replacement, 0 at first; positions are asked for in rising order.
    func inputPosition(of position: Int, _ cursor: inout Int) -> Int {
        while cursor < shifts.count && shifts[cursor].position <= position { cursor += 1 }
        return position + (cursor == 0 ? 0 : shifts[cursor - 1].difference)
    }
}
