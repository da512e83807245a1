import CUnicodeTables

/// Default word boundaries of UTF-8 text, forward, in byte offsets.
///
/// Time is linear whatever the text: the only look-ahead (past a single punctuation mark between letters or digits,
/// over the Extend and Format scalars after it) reads a scalar at most once more.
///
/// - Note: Unicode Standard Annex #29, section 4.1.1, rules WB1 to WB999, without tailoring.
package struct WordSegmenter: Sendable {
    private let automaton = WordBreakAutomaton.shared

    package init() {}

    /// The end of the segment that begins at `start`.
    ///
    /// - Parameters:
    ///   - bytes: Valid UTF-8. Other bytes are safe: each counts as U+FFFD.
    ///   - start: A word boundary, `0 <= start < bytes.count`.
    package func boundary(after start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        precondition(start >= 0 && start < bytes.count, "start \(start) is outside 0..<\(bytes.count)")
        guard let base = bytes.baseAddress else { return start }
        let first = nu_decode(base, start, bytes.count)
        return boundary(
            base, bytes.count, after: start &+ Int(first.length), firstProperties: nu_properties(first.scalar))
    }

    /// The end of the segment whose first scalar has `firstProperties` and ends at `position`.
    @inline(__always)
    func boundary(_ base: UnsafePointer<UInt8>, _ end: Int, after position: Int, firstProperties: UInt16) -> Int {
        let first = Int(firstProperties & 31)
        return boundary(
            base, end, from: position, state: Int(automaton.initialStates[first]), isAfterJoiner: first == NU_WORD_ZWJ)
    }

    /// The end of the segment under way at `position` in `state`.
    func boundary(
        _ base: UnsafePointer<UInt8>, _ end: Int, from position: Int, state initialState: Int, isAfterJoiner: Bool
    ) -> Int {
        let actions = automaton.actions
        var state = initialState
        var index = position
        var isAfterJoiner = isAfterJoiner
        while index < end {
            let lead = base[index]
            let wordClass: Int
            let length: Int
            if lead < 0x80 {
                wordClass = Int(nu_ascii_properties(lead) & 31)
                length = 1
            } else {
                let decoded = nu_decode(base, index, end)
                wordClass = Int(nu_properties(decoded.scalar) & 31)
                length = Int(decoded.length)
                if isAfterJoiner && wordClass >= NU_WORD_PICTOGRAPHIC {  // WB3c
                    state = wordClass == NU_WORD_PICTOGRAPHIC ? WordBreakAutomaton.other : WordBreakAutomaton.letter
                    isAfterJoiner = false
                    index &+= length
                    continue
                }
            }
            let action = actions[state &* WordBreakAutomaton.classStride &+ wordClass]
            if action < WordBreakAutomaton.ifLetterFollows {
                state = Int(action)
                isAfterJoiner = wordClass == NU_WORD_ZWJ
                index &+= length
                continue
            }
            if action == WordBreakAutomaton.boundary { return index }
            guard let (nextEnd, nextState) = lookAhead(base, end, from: index &+ length, action) else {
                guard action == WordBreakAutomaton.singleQuoteAfterHebrew else { return index }
                state = WordBreakAutomaton.other
                isAfterJoiner = false
                index &+= length
                continue
            }
            state = nextState
            isAfterJoiner = false
            index = nextEnd
        }
        return end
    }

    /// The end of the next scalar that counts and the state it leads to, if it is what `action` asks for.
    @inline(never)
    private func lookAhead(
        _ base: UnsafePointer<UInt8>, _ end: Int, from position: Int, _ action: UInt8
    ) -> (end: Int, state: Int)? {
        var index = position
        while index < end {
            let decoded = nu_decode(base, index, end)
            let wordClass = Int(nu_properties(decoded.scalar) & 31)
            index &+= Int(decoded.length)
            switch wordClass {
            case NU_WORD_EXTEND, NU_WORD_FORMAT, NU_WORD_ZWJ:
                continue
            case NU_WORD_HEBREW:
                return action == WordBreakAutomaton.ifNumberFollows ? nil : (index, WordBreakAutomaton.hebrew)
            case NU_WORD_ALETTER, NU_WORD_PICTOGRAPHIC_LETTER:
                let isWanted =
                    action == WordBreakAutomaton.ifLetterFollows
                    || action == WordBreakAutomaton.singleQuoteAfterHebrew
                return isWanted ? (index, WordBreakAutomaton.letter) : nil
            case NU_WORD_NUMERIC:
                return action == WordBreakAutomaton.ifNumberFollows ? (index, WordBreakAutomaton.numeric) : nil
            default:
                return nil
            }
        }
        return nil
    }
}
