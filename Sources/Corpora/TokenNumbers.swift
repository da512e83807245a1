package import UnicodeText

/// The numbers beside a token's vector, by name: statistics of its word, which lie in the vector table and are looked
/// up by row, then the flags of its position, which a stream carries.
///
/// Headers and models hold the names in this order.
package struct TokenNumbers: Equatable, Sendable {
    /// All statistics of the table, or none.
    package var statistics: [String]
    package var hasPositions: Bool

    package init(statistics: [String], hasPositions: Bool) {
        self.statistics = statistics
        self.hasPositions = hasPositions
    }

    package init(names: [String]) {
        hasPositions = names.suffix(PositionFlags.names.count).elementsEqual(PositionFlags.names)
        statistics = hasPositions ? names.dropLast(PositionFlags.names.count) : names
    }

    /// The choice of `embed --numbers` that gives these.
    package var selectionName: String {
        switch (statistics.isEmpty, hasPositions) {
        case (true, false): "none"
        case (true, true): "positions"
        case (false, false): "statistics"
        case (false, true): "all"
        }
    }

    package var names: [String] { statistics + (hasPositions ? PositionFlags.names : []) }
}

/// What a token's place says of its capital letter: where every word has one, it means nothing.
package struct PositionFlags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The first token of its sentence.
    package static let sentenceStart = PositionFlags(rawValue: 1)
    /// In a sentence in which more than 80 % of the tokens with letters have a capital: a headline, a table.
    package static let headline = PositionFlags(rawValue: 2)
    /// Capitalized, where one of the others would explain it.
    package static let explainedCapital = PositionFlags(rawValue: 4)

    /// Names of the flags, from the lowest bit up: the last inputs of a tagger that has them.
    package static let names = ["sentence-start", "headline", "explained-capital"]
    package static let all: PositionFlags = [.sentenceStart, .headline, .explainedCapital]

    /// Appends the flags of the tokens of one sentence, as raw values.
    package static func append(of sentence: ArraySlice<Capitalization>, to flags: inout [UInt8]) {
        var letterCount = 0, capitalCount = 0
        for token in sentence where token != .noLetter {
            letterCount += 1
            if token.isCapital { capitalCount += 1 }
        }
        let place: PositionFlags = capitalCount * 5 > letterCount * 4 ? .headline : []
        for index in sentence.indices {
            var token = place
            if index == sentence.startIndex { token.insert(.sentenceStart) }
            if !token.isEmpty && sentence[index] == .capitalized { token.insert(.explainedCapital) }
            flags.append(token.rawValue)
        }
    }
}
