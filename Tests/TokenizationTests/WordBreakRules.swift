/// The word boundary rules of Unicode Standard Annex #29, one by one and slow: the reference for ``WordSegmenter``.
enum WordBreakRules {
    enum WordClass {
        case letter, hebrew, numeric, katakana, extendNumLet, extend, format, joiner, midLetter, midNum, midNumLet
        case singleQuote, doubleQuote, regional, space, carriageReturn, lineFeed, newline, other, pictograph
        case pictographLetter
    }

    static let representatives: [(value: UInt32, wordClass: WordClass)] = [
        (0x61, .letter), (0x439, .letter), (0x5D0, .hebrew), (0x37, .numeric), (0x663, .numeric), (0x30AB, .katakana),
        (0x5F, .extendNumLet), (0x301, .extend), (0x200E, .format), (0x200D, .joiner), (0x3A, .midLetter),
        (0x2C, .midNum), (0x2E, .midNumLet), (0x2019, .midNumLet), (0x27, .singleQuote), (0x22, .doubleQuote),
        (0x1F1E6, .regional), (0x20, .space), (0x3000, .space), (0xD, .carriageReturn), (0xA, .lineFeed),
        (0x2029, .newline),
        (0x21, .other), (0x1980, .other), (0x1F600, .pictograph), (0x24C2, .pictographLetter),
    ]

    static func boundaries(_ classes: [WordClass], byteLengths: [Int]) -> [Int] {
        var result = [0]
        var offset = 0
        for index in classes.indices {
            if index > 0, isBoundary(classes, index) { result.append(offset) }
            offset += byteLengths[index]
        }
        if offset > 0 { result.append(offset) }
        return result
    }

    private static func isIgnored(_ wordClass: WordClass) -> Bool {
        wordClass == .extend || wordClass == .format || wordClass == .joiner
    }

    private static func isLineEnd(_ wordClass: WordClass) -> Bool {
        wordClass == .carriageReturn || wordClass == .lineFeed || wordClass == .newline
    }

    private static func isBoundary(_ classes: [WordClass], _ index: Int) -> Bool {
        let before = classes[index - 1]
        let after = classes[index]
        if before == .carriageReturn && after == .lineFeed { return false }  // WB3
        if isLineEnd(before) || isLineEnd(after) { return true }  // WB3a, WB3b
        if before == .joiner && (after == .pictograph || after == .pictographLetter) { return false }  // WB3c
        if before == .space && after == .space { return false }  // WB3d
        if isIgnored(after) { return false }  // WB4
        // WB4: X (Extend | Format | ZWJ)* counts as X, unless X is a line end or nothing.
        var left: [WordClass] = []
        for position in 0..<index {
            let wordClass = classes[position]
            if isIgnored(wordClass), position > 0, !isLineEnd(classes[position - 1]), !left.isEmpty { continue }
            left.append(wordClass == .pictographLetter ? .letter : wordClass)
        }
        let right = classes[index...].enumerated().filter { $0.offset == 0 || !isIgnored($0.element) }
            .map { $0.element == .pictographLetter ? .letter : $0.element }
        let last = left.last
        let secondLast = left.dropLast().last
        let first = right[0]
        let second = right.dropFirst().first
        func isLetter(_ wordClass: WordClass?) -> Bool { wordClass == .letter || wordClass == .hebrew }
        func isQuoteOrMid(_ wordClass: WordClass?) -> Bool { wordClass == .midNumLet || wordClass == .singleQuote }
        if isLetter(last) && isLetter(first) { return false }  // WB5
        if isLetter(last) && (first == .midLetter || isQuoteOrMid(first)) && isLetter(second) { return false }  // WB6
        // WB7
        if isLetter(secondLast) && (last == .midLetter || isQuoteOrMid(last)) && isLetter(first) { return false }
        if last == .hebrew && first == .singleQuote { return false }  // WB7a
        if last == .hebrew && first == .doubleQuote && second == .hebrew { return false }  // WB7b
        if secondLast == .hebrew && last == .doubleQuote && first == .hebrew { return false }  // WB7c
        if last == .numeric && (first == .numeric || isLetter(first)) { return false }  // WB8, WB10
        if isLetter(last) && first == .numeric { return false }  // WB9
        // WB11
        if secondLast == .numeric && (last == .midNum || isQuoteOrMid(last)) && first == .numeric { return false }
        if last == .numeric && (first == .midNum || isQuoteOrMid(first)) && second == .numeric { return false }  // WB12
        if last == .katakana && first == .katakana { return false }  // WB13
        let joins = isLetter(last) || last == .numeric || last == .katakana
        if (joins || last == .extendNumLet) && first == .extendNumLet { return false }  // WB13a
        // 13b
        if last == .extendNumLet && (isLetter(first) || first == .numeric || first == .katakana) { return false }
        if first == .regional {  // WB15, WB16
            return left.reversed().prefix { $0 == .regional }.count % 2 == 0
        }
        return true  // WB999
    }
}
