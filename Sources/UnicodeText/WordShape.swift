import CUnicodeTables

/// The shape of a token: what remains visible of a word when its letters are reduced to their kind.
///
/// `X` stands for an upper- or title-case letter, `x` for a lower-case one, `d` for a decimal digit, `a` for a letter
/// without case; any other scalar stands for itself, and combining marks are left out. Of a run of equal symbols two
/// are kept, and of the result the first ten symbols: `McDonald's` → `XxXxx'x`, `2024-05` → `dd-dd`, `東京` → `aa`.
package enum WordShape {
    package static let maximumSymbolCount = 10
    package static let maximumRunLength = 2

    /// Appends the shape of `token` (UTF-8) to `output` as UTF-8, at most 40 bytes.
    ///
    /// - Complexity: O(bytes read): a token whose shape has ten symbols early is not read to its end.
    package static func append(of token: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard let base = token.baseAddress else { return }
        let count = token.count
        var index = 0
        var symbolCount = 0
        // No scalar. Symbols that stand for letters cannot be met as themselves: X, x, d and a are letters.
        var previous = UInt32.max
        var runLength = 0
        while index < count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: count)
            index += length
            let symbol: UInt32
            switch CharacterClass(scalar) {
            case .upper: symbol = 0x58
            case .lower: symbol = 0x78
            case .digit: symbol = 0x64
            case .otherLetter: symbol = 0x61
            case .mark: continue
            default: symbol = scalar
            }
            if symbol == previous {
                runLength += 1
                if runLength > maximumRunLength { continue }
            } else {
                previous = symbol
                runLength = 1
            }
            if symbolCount == maximumSymbolCount { return }
            symbolCount += 1
            UTF8Scalar.append(symbol, to: &output)
        }
    }
}
