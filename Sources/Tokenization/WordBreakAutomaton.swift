import CUnicodeTables

/// The word-boundary rules as a table: state of the segment so far × word-break class of the next scalar → what to do.
///
/// A state remembers the class of the last scalar that counts (Extend, Format and ZWJ do not, WB4). The entries of the
/// table below 16 are the next state of a segment that goes on; the others are the constants that follow.
///
/// `@unchecked Sendable`: the pointers are to memory that is written in `init` only and never freed.
struct WordBreakAutomaton: @unchecked Sendable {
    static let letter = 0, numeric = 1, extendNumLet = 2, hebrew = 3, katakana = 4, other = 5
    static let oneRegional = 6, space = 7, carriageReturn = 8, hardBreak = 9
    static let stateCount = 10

    /// Boundary before the scalar.
    static let boundary: UInt8 = 0x80
    /// The segment goes on if a letter follows (WB6, WB7).
    static let ifLetterFollows: UInt8 = 0x40
    /// The segment goes on if a number follows (WB11, WB12).
    static let ifNumberFollows: UInt8 = 0x41
    /// The segment goes on in any case, and through the next scalar if that is a letter (WB7a after WB6).
    static let singleQuoteAfterHebrew: UInt8 = 0x42
    /// The segment goes on if a Hebrew letter follows (WB7b, WB7c).
    static let ifHebrewFollows: UInt8 = 0x43

    static let classStride = 32

    /// `actions[state * classStride + class]`.
    let actions: UnsafePointer<UInt8>
    /// State of a segment that begins with a scalar of this class; one for each of the 32 values of five bits.
    let initialStates: UnsafePointer<UInt8>

    /// The only instance, which is why its memory is never freed.
    static let shared = WordBreakAutomaton()

    private init() {
        var table = [UInt8](repeating: Self.boundary, count: Self.stateCount * Self.classStride)
        func set(_ states: [Int], _ classes: [Int], _ action: UInt8) {
            for state in states { for wordClass in classes { table[state * Self.classStride + wordClass] = action } }
        }
        func set(_ states: [Int], _ wordClass: Int, to state: Int) { set(states, [wordClass], UInt8(state)) }
        let letters = [Self.letter, Self.hebrew]

        // WB5, WB9, WB10, WB13b and, for numbers, WB8. A pictograph that is also a letter is an ALetter.
        for state in letters + [Self.numeric, Self.extendNumLet] {
            set([state], NU_WORD_ALETTER, to: Self.letter)
            set([state], NU_WORD_PICTOGRAPHIC_LETTER, to: Self.letter)
            set([state], NU_WORD_HEBREW, to: Self.hebrew)
            set([state], NU_WORD_NUMERIC, to: Self.numeric)
        }
        // WB6, WB7.
        set(letters, [NU_WORD_MIDLETTER, NU_WORD_MIDNUMLET, NU_WORD_SINGLE_QUOTE], Self.ifLetterFollows)
        set([Self.hebrew], [NU_WORD_SINGLE_QUOTE], Self.singleQuoteAfterHebrew)
        set([Self.hebrew], [NU_WORD_DOUBLE_QUOTE], Self.ifHebrewFollows)
        // WB11, WB12.
        set([Self.numeric], [NU_WORD_MIDNUM, NU_WORD_MIDNUMLET, NU_WORD_SINGLE_QUOTE], Self.ifNumberFollows)
        // WB13, WB13a, WB13b.
        set([Self.katakana, Self.extendNumLet], NU_WORD_KATAKANA, to: Self.katakana)
        set(letters + [Self.numeric, Self.katakana, Self.extendNumLet], NU_WORD_EXTENDNUMLET, to: Self.extendNumLet)
        // WB15, WB16: a second indicator completes the pair, after which nothing joins.
        set([Self.oneRegional], NU_WORD_REGIONAL, to: Self.other)
        // WB3, WB3d.
        set([Self.carriageReturn], NU_WORD_LF, to: Self.hardBreak)
        set([Self.space], NU_WORD_WSEGSPACE, to: Self.space)
        // WB4, except after line terminators (WB3a). Spaces join only directly.
        for wordClass in [NU_WORD_EXTEND, NU_WORD_FORMAT, NU_WORD_ZWJ] {
            for state in 0..<Self.carriageReturn {
                set([state], wordClass, to: state == Self.space ? Self.other : state)
            }
        }

        var initial = [UInt8](repeating: UInt8(Self.other), count: Self.classStride)
        for (wordClass, state) in [
            (NU_WORD_ALETTER, Self.letter), (NU_WORD_PICTOGRAPHIC_LETTER, Self.letter), (NU_WORD_HEBREW, Self.hebrew),
            (NU_WORD_NUMERIC, Self.numeric), (NU_WORD_EXTENDNUMLET, Self.extendNumLet),
            (NU_WORD_KATAKANA, Self.katakana), (NU_WORD_REGIONAL, Self.oneRegional), (NU_WORD_WSEGSPACE, Self.space),
            (NU_WORD_CR, Self.carriageReturn), (NU_WORD_LF, Self.hardBreak), (NU_WORD_NEWLINE, Self.hardBreak),
        ] {
            initial[wordClass] = UInt8(state)
        }
        actions = Self.leak(table)
        initialStates = Self.leak(initial)
    }

    private static func leak(_ values: [UInt8]) -> UnsafePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: values.count)
        memory.initialize(from: values, count: values.count)
        return UnsafePointer(memory)
    }
}
