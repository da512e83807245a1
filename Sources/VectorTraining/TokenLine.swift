import UnicodeText
import WordAlignment

/// The tokens of one line of text, in their look-up form, laid end to end.
struct TokenLine {
    /// Of the words that come next.
    var lookupForm = LookupForm()
    /// UTF-8.
    private(set) var forms: [UInt8] = []
    /// `[N]`: end of each token in ``forms``.
    private(set) var ends: [Int] = []
    /// `[N]`
    private(set) var marks: [TokenMarks] = []
    /// Whether the token that began the sentence was left out.
    private var startsNext = false

    /// The memory of the vocabulary and of its n-grams is that of so many bytes a word.
    static let maximumTokenByteCount = 256

    var count: Int { ends.count }

    func range(_ token: Int) -> Range<Int> { (token == 0 ? 0 : ends[token - 1])..<ends[token] }

    mutating func removeAll() {
        forms.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        startsNext = false
    }

    /// Appends a token; what is longer than any word is left out.
    mutating func append(_ token: UnsafeBufferPointer<UInt8>, startsSentence: Bool) {
        let startsSentence = startsSentence || startsNext
        startsNext = startsSentence && token.count > Self.maximumTokenByteCount
        guard token.count <= Self.maximumTokenByteCount else { return }
        lookupForm.append(token, to: &forms)
        ends.append(forms.count)
        var mark = Self.marks(of: token)
        if startsSentence { mark.insert(.sentenceStart) }
        marks.append(mark)
    }

    /// Marks the tokens whose capitalization says something; call when the line is complete.
    ///
    /// A sentence of which more than 60 % of the words are all capitals says nothing (headlines), nor does the token
    /// that begins a sentence or follows anything but a word (quotation marks, numbers of a list).
    mutating func markCase() {
        var start = 0
        while start < count {
            var end = start + 1
            while end < count && !marks[end].contains(.sentenceStart) { end += 1 }
            var words = 0, uppers = 0
            for token in start..<end where marks[token].contains(.hasLetter) {
                words += 1
                if marks[token].contains(.upper) { uppers += 1 }
            }
            if uppers * 10 <= words * 6 {
                for token in start + 1..<max(start + 1, end) where marks[token - 1].contains(.startsWithLetter) {
                    marks[token].insert(.tellsCase)
                }
            }
            start = end
        }
    }

    private static func marks(of token: UnsafeBufferPointer<UInt8>) -> TokenMarks {
        guard let base = token.baseAddress, !token.isEmpty else { return [] }
        var marks: TokenMarks =
            switch Capitalization(of: token) {
            case .noLetter: []
            case .lower: .hasLetter
            case .capitalized: [.hasLetter, .capitalized]
            case .upper: [.hasLetter, .upper]
            }
        if CharacterClass(UTF8Scalar.decode(base, at: 0, end: token.count).scalar).isLetter {
            marks.insert(.startsWithLetter)
        }
        let scalars = token.count { $0 & 0xC0 != 0x80 }
        if scalars > 2 { marks.insert(.isLong) }
        return marks
    }
}
