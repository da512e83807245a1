import CUnicodeTables

/// Extended grapheme clusters (Unicode Standard Annex #29, Unicode 17.0).
///
/// GB9c, which joins Indic conjuncts, is left out: ``CharacterMap`` looks only at clusters of fewer than six bytes, and
/// a consonant with its linker has six.
enum GraphemeClusters {
    /// Where the cluster that begins at `start` ends.
    static func end(in text: WordText, from start: Int) -> Int {
        var (scalar, length) = text.scalar(at: start)
        var at = start + length
        var state = State(Int(nu_subword(scalar)) & 15)
        while at < text.count {
            (scalar, length) = text.scalar(at: at)
            guard state.joins(Int(nu_subword(scalar)) & 15) else { break }
            at += length
        }
        return at
    }

    private struct State {
        private var previous: Int
        /// A pictograph and extensions only, so far.
        private var isPictographic: Bool
        private var regionalIndicators: Int

        init(_ first: Int) {
            previous = first
            isPictographic = first == NU_GRAPHEME_PICTOGRAPHIC
            regionalIndicators = first == NU_GRAPHEME_REGIONAL ? 1 : 0
        }

        /// Whether a scalar of this class belongs to the cluster; if so, it is now the last of it.
        mutating func joins(_ next: Int) -> Bool {
            guard isJoined(to: next) else { return false }
            if next == NU_GRAPHEME_REGIONAL { regionalIndicators += 1 } else { regionalIndicators = 0 }
            if next == NU_GRAPHEME_PICTOGRAPHIC {
                isPictographic = true
            } else if next != NU_GRAPHEME_EXTEND && next != NU_GRAPHEME_ZWJ {
                isPictographic = false
            }
            previous = next
            return true
        }

        private func isJoined(to next: Int) -> Bool {
            if previous == NU_GRAPHEME_CR { return next == NU_GRAPHEME_LF }
            if previous == NU_GRAPHEME_LF || previous == NU_GRAPHEME_CONTROL { return false }
            switch next {
            case NU_GRAPHEME_CR, NU_GRAPHEME_LF, NU_GRAPHEME_CONTROL: return false
            case NU_GRAPHEME_EXTEND, NU_GRAPHEME_ZWJ, NU_GRAPHEME_SPACING: return true
            case _ where previous == NU_GRAPHEME_PREPEND: return true
            case NU_GRAPHEME_L, NU_GRAPHEME_LV, NU_GRAPHEME_LVT: return previous == NU_GRAPHEME_L
            case NU_GRAPHEME_V:
                return previous == NU_GRAPHEME_L || previous == NU_GRAPHEME_V || previous == NU_GRAPHEME_LV
            case NU_GRAPHEME_T:
                return previous == NU_GRAPHEME_V || previous == NU_GRAPHEME_LV || previous == NU_GRAPHEME_T
                    || previous == NU_GRAPHEME_LVT
            case NU_GRAPHEME_REGIONAL: return previous == NU_GRAPHEME_REGIONAL && regionalIndicators % 2 == 1
            case NU_GRAPHEME_PICTOGRAPHIC: return previous == NU_GRAPHEME_ZWJ && isPictographic
            default: return false
            }
        }
    }
}
