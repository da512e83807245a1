import CUnicodeTables
import UnicodeText

/// Cuts a paragraph into tokens and sentences.
///
/// A token is a word segment of Unicode Standard Annex #29 (``WordSegmenter``) in which something is visible, less the
/// invisible scalars at its beginning and the format controls (bidirectional marks, soft hyphen, not the joiners) at
/// its end. Invisible are white space, controls, format characters and default ignorables. A punctuation mark is a token
/// of its own unless the rules put it inside a word (`don't`, `3.14`, `e.g`), an emoji sequence is one token. In scripts
/// written without spaces (Thai, Han, Hiragana ...) the segments are single characters; there ICU's dictionaries say
/// which of them are words together (``UnspacedText``), and what has no dictionary is counted.
///
/// Sentences are described at ``SentenceSplitter``.
package struct WordTokenizer: Sendable {
    /// Changes whenever the output for some text can change; store it with whatever is made from tokens.
    package static let identity = "uax29/\(UnicodeVersion.current) icu/\(DictionarySegmenter.version) sentences/2"

    /// Longest sentence in tokens; longer ones are cut.
    package let maximumSentenceTokenCount: Int
    private let segmenter = WordSegmenter()
    private let abbreviations: AbbreviationList

    /// - Parameter language: Code of the text's language, which decides what counts as an abbreviation; "und" knows
    ///   those of all languages.
    /// - Precondition: `maximumSentenceTokenCount > 0`.
    package init(language: String = "und", maximumSentenceTokenCount: Int = 512) {
        precondition(maximumSentenceTokenCount > 0, "maximumSentenceTokenCount is \(maximumSentenceTokenCount)")
        self.maximumSentenceTokenCount = maximumSentenceTokenCount
        abbreviations = AbbreviationList(language: language)
    }

    /// Replaces the contents of `output` by the tokens and sentences of `paragraph`.
    ///
    /// - Parameter paragraph: Valid UTF-8 of less than 4 GiB. Other bytes are safe and land in some token or none, as
    ///   U+FFFD would; offsets always lie inside the paragraph and ascend.
    /// - Complexity: O(`paragraph.count`) time, 8 bytes a token plus 4 a sentence, kept in `output` between calls.
    package func tokenize(_ paragraph: UnsafeBufferPointer<UInt8>, into output: inout TokenizedParagraph) {
        output.removeAll()
        guard let base = paragraph.baseAddress else { return }
        precondition(paragraph.count < Int(UInt32.max), "a paragraph of \(paragraph.count) bytes exceeds 4 GiB")
        // On the stack: appending to the arrays for every token would check uniqueness and capacity each time.
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * TokenSink.capacity) { buffer in
            guard let memory = buffer.baseAddress else { return }
            var sink = TokenSink(memory)
            fill(&output, from: paragraph, base, through: &sink)
        }
    }

    private func fill(
        _ output: inout TokenizedParagraph, from paragraph: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>,
        through sink: inout TokenSink
    ) {
        let end = paragraph.count
        var splitter = SentenceSplitter(abbreviations, maximumTokenCount: maximumSentenceTokenCount)
        var unspaced = UnspacedText()
        var previous = 0..<0
        var tokenIndex = 0
        var lineBreakCount = 0
        var index = 0
        while index < end {
            var start = index
            let lead = base[index]
            var properties = Self.takeScalar(base, end, &index)
            var tokenEnd: Int
            if properties & 31 <= Self.lastWordClass {
                let state = Self.skipWord(base, end, &index, properties & 31)
                tokenEnd = index
                // A space always ends the word; what else does, the automaton knows.
                if index < end, base[index] != 0x20 {
                    index = segmenter.boundary(base, end, from: index, state: Int(state), isAfterJoiner: false)
                    if tokenEnd != index { tokenEnd = Self.trimmed(base, start, index) }
                }
            } else {
                if lead == 0x20, index < end, base[index] < 0x80 { continue }
                index = segmenter.boundary(base, end, after: index, firstProperties: properties)
                if properties & Self.invisible != 0 {
                    lineBreakCount += Self.lineBreakWeight(base, start, properties)
                    guard let visible = Self.firstVisible(base, start, index) else { continue }
                    (start, properties) = visible
                } else if UnspacedText.isLetter(properties) {
                    index = unspaced.wordEnd(base, end, from: start, segmentEnd: index, segmenter, &output)
                }
                tokenEnd = Self.trimmed(base, start, index)
            }

            sink.append(start, tokenEnd &- start, &output)
            if lineBreakCount > 1 { splitter.breakParagraph(before: tokenIndex, &output) }
            lineBreakCount = 0
            let token = Range(uncheckedBounds: (start, tokenEnd))
            if !splitter.ignores(properties) {
                splitter.observe(tokenIndex, properties, token, after: previous, in: paragraph, &output)
            }
            previous = token
            tokenIndex &+= 1
        }
        sink.flush(&output)
        splitter.breakParagraph(before: tokenIndex, &output)
    }

    /// Moves `index` past a scalar and returns its properties.
    @inline(__always)
    private static func takeScalar(_ base: UnsafePointer<UInt8>, _ end: Int, _ index: inout Int) -> UInt16 {
        let lead = base[index]
        if lead < 0x80 {
            index &+= 1
            return nu_ascii_properties(lead)
        }
        let decoded = nu_decode(base, index, end)
        index &+= Int(decoded.length)
        return nu_properties(decoded.scalar)
    }

    /// Moves `index` past letters without special rules, digits and the underscore, which join in any order (WB5,
    /// WB8 to WB10, WB13a, WB13b), and the marks that join to them: the whole of nearly every word.
    ///
    /// - Returns: The state of the automaton there.
    @inline(__always)
    private static func skipWord(
        _ base: UnsafePointer<UInt8>, _ end: Int, _ index: inout Int, _ firstClass: UInt16
    ) -> UInt16 {
        var last = firstClass
        while index < end {
            let byte = base[index]
            if byte < 0x80 {
                let runEnd = nu_ascii_word_end(base, index, end)
                if runEnd == index { break }
                last = nu_ascii_properties(base[runEnd &- 1]) & 31
                index = runEnd
            } else {
                let decoded = nu_decode(base, index, end)
                let next = nu_properties(decoded.scalar) & 31
                if next <= lastWordClass {
                    last = next
                } else if next != extend {
                    break
                }
                index &+= Int(decoded.length)
            }
        }
        return last
    }

    private static let invisible: UInt16 = 0x2000
    /// ALetter, Numeric and ExtendNumLet are the first classes, and the states of the automaton of the same numbers.
    private static let lastWordClass: UInt16 = 2
    private static let extend: UInt16 = 5

    /// 1 for a line terminator, 2 for what separates paragraphs by itself.
    private static func lineBreakWeight(_ base: UnsafePointer<UInt8>, _ start: Int, _ properties: UInt16) -> Int {
        switch Int(properties & 31) {
        case NU_WORD_CR, NU_WORD_LF: 1
        // U+2029 ends with this byte; vertical tab, form feed, U+0085 and U+2028 count as lines.
        case NU_WORD_NEWLINE: base[start] == 0xE2 && base[start + 2] == 0xA9 ? 2 : 1
        default: 0
        }
    }

    /// Start and properties of the first visible scalar, if there is one.
    @inline(never)
    private static func firstVisible(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> (Int, UInt16)? {
        var index = start
        while index < end {
            let decoded = nu_decode(base, index, end)
            let properties = nu_properties(decoded.scalar)
            if properties & invisible == 0 { return (index, properties) }
            index &+= Int(decoded.length)
        }
        return nil
    }

    /// The end of the token less the format controls at its end. Its first scalar is visible, so something stays.
    private static func trimmed(_ base: UnsafePointer<UInt8>, _ start: Int, _ tokenEnd: Int) -> Int {
        var end = tokenEnd
        while end > start, base[end &- 1] >= 0x80 {
            var last = end &- 1
            while last > start, base[last] & 0xC0 == 0x80 { last &-= 1 }
            let decoded = nu_decode(base, last, end)
            let properties = nu_properties(decoded.scalar)
            guard Int(decoded.length) == end &- last, Int(properties & 31) == NU_WORD_FORMAT,
                properties & invisible != 0,
                last > start
            else { return end }
            end = last
        }
        return end
    }
}
