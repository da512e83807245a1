import CUnicodeTables
import Locks
import UnicodeText

/// The words of a paragraph that are written without spaces, while they are met one by one.
///
/// Where UAX #29 has a boundary between two letters of these scripts, it stays if the dictionary has one there, too. So a
/// word is one or more of the segments of UAX #29; katakana, which these never cut, are not cut either.
struct UnspacedText {
    private static let segmenters = Pool<DictionarySegmenter?>()

    private var runEnd = 0
    /// Where words end in the run under way; those before `next` are passed.
    private var ends: [Int] = []
    private var next = 0

    /// Whether a scalar with these properties is a letter of an unspaced script: one without case whose Word_Break
    /// property is Other or Katakana.
    @inline(__always)
    static func isLetter(_ properties: UInt16) -> Bool {
        let kind = Int(properties & 0x1FF)
        return kind == uncasedLetter | NU_WORD_OTHER || kind == uncasedLetter | NU_WORD_KATAKANA
    }

    private static let uncasedLetter = Int(CharacterClass.otherLetter.rawValue) << 5

    /// The end of the word that begins with the letter at `start`.
    ///
    /// - Parameter segmentEnd: Of the segment of UAX #29 that begins there.
    @inline(never)
    mutating func wordEnd(
        _ base: UnsafePointer<UInt8>, _ end: Int, from start: Int, segmentEnd: Int, _ segmenter: WordSegmenter,
        _ output: inout TokenizedParagraph
    ) -> Int {
        if start >= runEnd {
            let script = UnspacedScript(letter: nu_decode(base, start, end).scalar)
            guard script.hasDictionary, findWords(base, start, Self.runEnd(base, end, from: start, script)) else {
                output.unsegmentedTokenCounts[script, default: 0] += 1
                return segmentEnd
            }
        }
        var wordEnd = segmentEnd
        while true {
            while next < ends.count && ends[next] < wordEnd { next += 1 }
            guard next < ends.count, ends[next] > wordEnd, wordEnd < runEnd else { return wordEnd }
            wordEnd = segmenter.boundary(
                after: wordEnd, in: UnsafeBufferPointer(start: base, count: end))
        }
    }

    /// - Returns: false when the platform has no dictionary.
    private mutating func findWords(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        ends.removeAll(keepingCapacity: true)
        next = 0
        Self.segmenters.withElement(DictionarySegmenter.init) { $0?.appendWordEnds(base, start..<end, to: &ends) }
        guard !ends.isEmpty else { return false }
        runEnd = end
        return true
    }

    /// The end of the letters of one script, with what joins to them.
    private static func runEnd(
        _ base: UnsafePointer<UInt8>, _ end: Int, from start: Int, _ script: UnspacedScript
    ) -> Int {
        var index = start
        while index < end {
            let decoded = nu_decode(base, index, end)
            let properties = nu_properties(decoded.scalar)
            let joins =
                switch Int(properties & 31) {
                case NU_WORD_EXTEND, NU_WORD_FORMAT, NU_WORD_ZWJ: true
                // The iteration mark of Han is a letter like others to UAX #29.
                case NU_WORD_ALETTER: script == .hanAndKana && decoded.scalar == 0x3005
                default: isLetter(properties) && UnspacedScript(letter: decoded.scalar) == script
                }
            if !joins { break }
            index += Int(decoded.length)
        }
        return index
    }
}
