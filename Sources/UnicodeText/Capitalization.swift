/// How a token uses capital letters. Letters without case (Arabic, Han, Ethiopic ...) and marks are looked past.
package enum Capitalization: UInt8, Sendable {
    /// The token has no letter at all.
    case noLetter
    /// It begins with a lower-case letter, or has letters without case only.
    case lower
    /// Its first cased letter is a capital, and it is the only one or there is a lower-case one: `Nairobi`, `McDonald`,
    /// `A`, `G8`.
    case capitalized
    /// All its cased letters, two or more, are capitals: `UN`, `U.S.`.
    case upper

    /// - Parameter token: UTF-8.
    /// - Complexity: O(bytes read): what begins with a lower-case letter is read no further.
    package init(of token: UnsafeBufferPointer<UInt8>) {
        self = .noLetter
        guard let base = token.baseAddress else { return }
        var index = 0
        while index < token.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: token.count)
            index += length
            let kind = CharacterClass(scalar)
            switch kind {
            case .upper: self = self == .capitalized || self == .upper ? .upper : .capitalized
            case .lower:
                self = isCapital ? .capitalized : .lower
                return
            case .otherLetter: if self == .noLetter { self = .lower }
            default: break
            }
        }
    }

    /// "cap" or "up".
    package var isCapital: Bool { self == .capitalized || self == .upper }

    /// A word given in lower case, written like a token of this class: translations take over the case of what they
    /// replace.
    ///
    /// The mappings are those of the Swift standard library, one scalar at a time and without language (Dutch `ij`
    /// becomes `Ij`). Not for hot loops: it makes strings.
    package func applied(to lowercased: [UInt8]) -> [UInt8] {
        let scalars = String(decoding: lowercased, as: UTF8.self).unicodeScalars
        var result = ""
        var isBeforeLetter = true  // `3rd` stays as it is
        for scalar in scalars {
            switch self {
            case .upper: result += scalar.properties.uppercaseMapping
            case .capitalized:
                result += isBeforeLetter ? scalar.properties.titlecaseMapping : String(scalar)
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { isBeforeLetter = false }
            case .noLetter, .lower: result.unicodeScalars.append(scalar)
            }
        }
        return Array(result.utf8)
    }
}
