import UnicodeText

/// The form under which words of two languages are the same word: lower-cased, composed (NFC), digits as `0`; nothing for a token without
/// letter and digit.
package struct ComparableForm: Sendable {
    private let lookup: LookupForm?

    /// - Parameters:
    ///   - language: Code of the words' language, which lower-casing depends on.
    ///   - isCased: Whether capitals stay.
    package init(language: String = "und", isCased: Bool = false) {
        lookup = isCased ? nil : LookupForm(language: language)
    }

    /// Appends the form of a token.
    ///
    /// - Parameter token: UTF-8.
    /// - Returns: Whether there is one; without a letter or digit nothing is appended.
    package func append(_ token: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
        let start = output.count
        if let lookup { lookup.append(token, to: &output) } else { LookupForm.append(NFC: token, to: &output) }
        let kept = output.withUnsafeMutableBufferPointer { buffer in
            Self.foldDigits(UnsafeMutableBufferPointer(rebasing: buffer[start...]))
        }
        output.removeLast(output.count - start - (kept ?? 0))
        return kept != nil
    }

    /// Writes `0` for every digit.
    ///
    /// - Returns: Bytes that are left; nil without letter and digit.
    private static func foldDigits(_ form: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        var isWord = false, written = 0, index = 0
        let bytes = UnsafeBufferPointer(form)
        guard let base = bytes.baseAddress else { return nil }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                let isDigit = byte &- 0x30 < 10
                isWord = isWord || isDigit || (byte | 0x20) &- 0x61 < 26
                form[written] = isDigit ? 0x30 : byte
                (written, index) = (written + 1, index + 1)
                continue
            }
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: bytes.count)
            let kind = CharacterClass(scalar)
            if kind == .digit {
                form[written] = 0x30
                (written, index, isWord) = (written + 1, index + length, true)
                continue
            }
            isWord = isWord || kind.isLetter
            for _ in 0..<length {
                form[written] = bytes[index]
                (written, index) = (written + 1, index + 1)
            }
        }
        return isWord ? written : nil
    }
}
