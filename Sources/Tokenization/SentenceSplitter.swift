import CUnicodeTables
import UnicodeText

/// Finds sentence ends while tokens arrive one by one, each looked at once: a value-type state machine.
///
/// In the spirit of the sentence boundaries of Unicode Standard Annex #29 section 5.1, on tokens instead of scalars and
/// with these differences, chosen so that names are rather left whole than cut:
/// - A period ends nothing when the next token follows without white space, begins in lower case (rules SB7, SB8), or
///   when the token before it is an initial, initials with periods between them, or a title such as `Dr` or `Sgt`
///   (``Abbreviation``); nor before a digit when the token before it is short (`No. 5`), nor after a short number that
///   begins the sentence (`1. Introduction`). The case of a token is that of its first letter with case.
/// - `!` and `?` end nothing when a lower-case letter, digit or mark follows directly (web addresses), nor before
///   lower case when a closing quote stands between (`"Why?" she said`).
/// - The terminators of other scripts (Sentence_Break=STerm: danda, `።`, `؟`, `۔`, `。`, … and the Tibetan shad) need no
///   white space. An ellipsis counts as a period that is no abbreviation.
/// - A terminator followed by a comma, colon, dash (SContinue) ends nothing (SB8a). Further terminators, closing
///   brackets and closing quotes belong to the sentence they end.
/// - A single line terminator is white space; two in a row, or U+2029, end the sentence (the caller cuts paragraphs).
struct SentenceSplitter {
    private enum State {
        case inside
        /// After a terminator and perhaps closing punctuation.
        case terminated
        /// After a period, white space and the token at `candidate`, which is neither letter nor digit: it is a
        /// sentence end unless the next letter is lower-case (SB8).
        case undecided
    }

    private var state = State.inside
    private var terminator = NU_SENTENCE_NONE
    private var abbreviation = Abbreviation.none
    private var hasCloser = false
    private var candidate = 0
    private var sentenceStart = 0
    /// Token index of the last period after an initial.
    private var initialEnd = -2
    private let abbreviations: AbbreviationList
    private let maximumTokenCount: Int

    init(_ abbreviations: AbbreviationList, maximumTokenCount: Int) {
        self.abbreviations = abbreviations
        self.maximumTokenCount = maximumTokenCount
    }

    /// Whether a token with these properties of its first scalar can be skipped without calling `observe`.
    @inline(__always)
    func ignores(_ properties: UInt16) -> Bool {
        if case .inside = state { return !Self.isTerminator(Int(properties >> 9 & 15)) }
        return false
    }

    /// Takes note of the token at `index`; every token that ``ignores(_:)`` does not let pass must come here.
    ///
    /// - Parameters:
    ///   - properties: Of the token's first scalar.
    ///   - token: Its byte range.
    ///   - previous: That of the token before it, empty for the first.
    @inline(never)
    mutating func observe(
        _ index: Int, _ properties: UInt16, _ token: Range<Int>, after previous: Range<Int>,
        in paragraph: UnsafeBufferPointer<UInt8>, _ output: inout TokenizedParagraph
    ) {
        let sentenceClass = Int(properties >> 9 & 15)
        let hasGap = token.lowerBound > previous.upperBound
        switch state {
        case .inside: break
        case .terminated:
            afterTerminator(
                index, Self.characterClass(of: token, properties, paragraph), sentenceClass, hasGap: hasGap,
                isFreeOnTheRight: Self.isFreeOnTheRight(token.upperBound, paragraph), &output)
        case .undecided:
            whileUndecided(Self.characterClass(of: token, properties, paragraph), sentenceClass, &output)
        }
        guard Self.isTerminator(sentenceClass) else { return }
        if case .terminated = state {
            // The strongest of a group decides; several periods are an ellipsis.
            if terminator == NU_SENTENCE_PERIOD || terminator == NU_SENTENCE_ELLIPSIS {
                terminator = sentenceClass == NU_SENTENCE_PERIOD ? NU_SENTENCE_ELLIPSIS : sentenceClass
            }
            abbreviation = .none
            return
        }
        state = .terminated
        terminator = sentenceClass
        hasCloser = false
        abbreviation = .none
        if sentenceClass == NU_SENTENCE_PERIOD, index > sentenceStart, !hasGap {
            abbreviation = Abbreviation(
                UnsafeBufferPointer(rebasing: paragraph[previous]), abbreviations,
                followsInitial: initialEnd == index - 2)
            if abbreviation.isInitials { initialEnd = index }
            if abbreviation.isShortNumber && index - 1 == sentenceStart { abbreviation.isTitle = true }
        }
    }

    /// Ends the sentence before the token at `index`, if it has tokens.
    mutating func endSentence(before index: Int, _ output: inout TokenizedParagraph) {
        state = .inside
        guard index > sentenceStart else { return }
        if index - sentenceStart > maximumTokenCount {
            output.splitSentenceCount += 1
            while index - sentenceStart > maximumTokenCount {
                sentenceStart += maximumTokenCount
                output.sentenceEnds.append(UInt32(sentenceStart))
            }
        }
        output.sentenceEnds.append(UInt32(index))
        sentenceStart = index
    }

    /// A paragraph break inside the text: ends the sentence before the token at `index`, wherever the state is.
    mutating func breakParagraph(before index: Int, _ output: inout TokenizedParagraph) {
        if case .undecided = state { endSentence(before: candidate, &output) }
        endSentence(before: index, &output)
    }

    private static func isTerminator(_ sentenceClass: Int) -> Bool {
        sentenceClass &- NU_SENTENCE_ASCII_TERMINATOR >= 0
            && sentenceClass < NU_SENTENCE_CONTINUATION
    }

    private mutating func afterTerminator(
        _ index: Int, _ characterClass: CharacterClass, _ sentenceClass: Int, hasGap: Bool, isFreeOnTheRight: Bool,
        _ output: inout TokenizedParagraph
    ) {
        if Self.isTerminator(sentenceClass) { return }
        switch sentenceClass {
        case NU_SENTENCE_CONTINUATION:
            state = .inside
            return
        case NU_SENTENCE_CLOSE_BRACKET,
            NU_SENTENCE_NEUTRAL_QUOTE where !hasGap,
            NU_SENTENCE_FINAL_QUOTE where !hasGap || isFreeOnTheRight,
            NU_SENTENCE_INITIAL_QUOTE where !hasGap && isFreeOnTheRight:
            hasCloser = true
            return
        default: break
        }
        switch terminator {
        case NU_SENTENCE_TERMINATOR, NU_SENTENCE_WIDE_PERIOD:
            if hasCloser && characterClass == .lower { state = .inside } else { endSentence(before: index, &output) }
        case NU_SENTENCE_ASCII_TERMINATOR:
            let continues =
                characterClass == .lower
                ? hasCloser || !hasGap
                : !hasGap && !hasCloser && !characterClass.isLetter
            if continues { state = .inside } else { endSentence(before: index, &output) }
        default:
            if !hasGap || characterClass == .lower || (!hasCloser && isAbbreviated(before: characterClass)) {
                state = .inside
            } else if characterClass.isLetter || characterClass == .digit {
                endSentence(before: index, &output)
            } else {
                state = .undecided
                candidate = index
            }
        }
    }

    private func isAbbreviated(before next: CharacterClass) -> Bool {
        abbreviation.isInitials || abbreviation.isTitle || (abbreviation.isShort && next == .digit)
    }

    private mutating func whileUndecided(
        _ characterClass: CharacterClass, _ sentenceClass: Int, _ output: inout TokenizedParagraph
    ) {
        if characterClass == .lower {
            state = .inside
        } else if characterClass.isLetter || characterClass == .digit || Self.isTerminator(sentenceClass) {
            endSentence(before: candidate, &output)
        }
    }

    /// The class of the token's first scalar; if that is a letter without case (`ʻOkina`), of its first letter with case.
    private static func characterClass(
        of token: Range<Int>, _ properties: UInt16, _ paragraph: UnsafeBufferPointer<UInt8>
    ) -> CharacterClass {
        let first = CharacterClass(properties: properties)
        guard first == .otherLetter, let base = paragraph.baseAddress else { return first }
        var index = token.lowerBound
        while index < token.upperBound {
            let decoded = nu_decode(base, index, token.upperBound)
            index += Int(decoded.length)
            let kind = CharacterClass(decoded.scalar)
            if kind == .upper || kind == .lower { return kind }
        }
        return first
    }

    /// Whether what begins at `end` is no letter or digit: then a quote before it can only be a closing one.
    private static func isFreeOnTheRight(_ end: Int, _ paragraph: UnsafeBufferPointer<UInt8>) -> Bool {
        guard end < paragraph.count, let base = paragraph.baseAddress else { return true }
        let next = CharacterClass(nu_decode(base, end, paragraph.count).scalar)
        return !next.isLetter && next != .digit
    }
}
