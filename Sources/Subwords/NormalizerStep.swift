import CUnicodeTables

/// One thing that is done to the text of a word before it is split.
enum NormalizerStep: Sendable {
    /// Controls are left out, white space becomes spaces (BertNormalizer).
    case cleanText
    /// A space before and after each Chinese character (BertNormalizer).
    case spaceIdeographs
    case lowercase
    /// Nonspacing marks are left out (BertNormalizer, after NFD).
    case stripNonspacing
    /// All marks are left out (StripAccents).
    case stripMarks
    case strip(left: Bool, right: Bool)
    case form(NormalizationForm)
    /// Every occurrence of some bytes, from left to right.
    case replace([UInt8], by: [UInt8])
    /// Every run of two and more spaces: the regular expression ` {2,}`.
    case replaceSpaces(by: [UInt8])
    case prepend([UInt8])
    case characterMap(CharacterMap)

    /// What steps need of memory; any content.
    struct Workspace {
        var changes: [WordText.Change] = []
        var elements: [NormalizationForm.Element] = []
        var ranges: [Range<Int>] = []
    }

    func apply(to text: inout WordText, _ work: inout Workspace) {
        if text.count == 0 { return }
        switch self {
        case .cleanText: Self.clean(&text, &work)
        case .spaceIdeographs: Self.spaceIdeographs(&text, &work)
        case .lowercase: Self.lowercase(&text, &work)
        case .stripNonspacing: Self.leaveOut(NU_SUBWORD_NONSPACING, of: &text, &work)
        case .stripMarks: Self.leaveOut(NU_SUBWORD_MARK, of: &text, &work)
        case .strip(let left, let right): Self.strip(&text, left, right, &work)
        case .form(let form): form.apply(to: &text, &work.elements, &work.changes)
        case .replace(let pattern, let content):
            ByteSearch.ranges(of: pattern, in: text.bytes, into: &work.ranges)
            text.replace(work.ranges, by: content)
        case .replaceSpaces(let content):
            ByteSearch.runs(of: 0x20, in: text.bytes, into: &work.ranges)
            text.replace(work.ranges, by: content)
        case .prepend(let prefix):
            var prefixed = WordText()
            prefixed.append(prefix, before: text, 0)
            prefixed.append(text, 0..<text.count)
            text = prefixed
        case .characterMap(let map): map.apply(to: &text, &work.changes)
        }
    }

    private static func has(_ scalar: UInt32, _ property: Int) -> Bool { Int(nu_subword(scalar)) & property != 0 }

    private static func leaveOut(_ property: Int, of text: inout WordText, _ work: inout Workspace) {
        if text.isASCII { return }
        text.filter(using: &work.changes) { !has($0, property) }
    }

    private static func clean(_ text: inout WordText, _ work: inout Workspace) {
        if text.all({ $0 >= 0x20 && $0 < 0x7F }) { return }
        text.filter(using: &work.changes) { $0 != 0 && !has($0, NU_SUBWORD_REMOVED) }
        work.changes.removeAll(keepingCapacity: true)
        text.forEachScalar { scalar, _ in
            work.changes.append(.init(scalar: has(scalar, NU_SUBWORD_SPACE) ? 0x20 : scalar, change: 0))
        }
        text.transform(work.changes)
    }

    private static func spaceIdeographs(_ text: inout WordText, _ work: inout Workspace) {
        if text.isASCII { return }
        work.changes.removeAll(keepingCapacity: true)
        text.forEachScalar { scalar, _ in
            guard isIdeograph(scalar) else { return work.changes.append(.init(scalar: scalar, change: 0)) }
            work.changes.append(.init(scalar: 0x20, change: 0))
            work.changes.append(.init(scalar: scalar, change: 1))
            work.changes.append(.init(scalar: 0x20, change: 1))
        }
        text.transform(work.changes)
    }

    /// As BERT has them: blocks of CJK ideographs, but one that `tokenizers` begins a little late.
    private static func isIdeograph(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    private static func lowercase(_ text: inout WordText, _ work: inout Workspace) {
        if text.all({ $0 < 0x80 && $0 &- 0x41 >= 26 }) { return }
        work.changes.removeAll(keepingCapacity: true)
        text.forEachScalar { scalar, _ in
            work.changes.append(.init(scalar: LowerCase.map(scalar), change: 0))
            if scalar == 0x130 { work.changes.append(.init(scalar: 0x307, change: 1)) }
        }
        text.transform(work.changes)
    }

    private static func strip(_ text: inout WordText, _ left: Bool, _ right: Bool, _ work: inout Workspace) {
        var leading = 0, trailing = 0, total = 0
        text.forEachScalar { scalar, _ in
            total += 1
            if has(scalar, NU_SUBWORD_SPACE) {
                if leading == total - 1 { leading = total }
                trailing += 1
            } else {
                trailing = 0
            }
        }
        let skipped = left ? leading : 0, cut = right ? min(trailing, total - skipped) : 0
        if skipped == 0 && cut == 0 { return }
        work.changes.removeAll(keepingCapacity: true)
        var index = 0
        text.forEachScalar { scalar, _ in
            if index >= skipped && index < total - cut { work.changes.append(.init(scalar: scalar, change: 0)) }
            index += 1
        }
        if cut > 0, !work.changes.isEmpty { work.changes[work.changes.count - 1].change = Int32(-cut) }
        text.transform(work.changes, skipping: skipped)
    }
}

/// Finds bytes in bytes.
enum ByteSearch {
    /// Where a pattern occurs, from left to right, none over another.
    static func ranges(of pattern: [UInt8], in bytes: [UInt8], into ranges: inout [Range<Int>]) {
        ranges.removeAll(keepingCapacity: true)
        var at = 0
        while at + pattern.count <= bytes.count {
            if bytes[at] == pattern[0], bytes[at..<(at + pattern.count)].elementsEqual(pattern) {
                ranges.append(at..<(at + pattern.count))
                at += pattern.count
            } else {
                at += 1
            }
        }
    }

    /// Runs of two and more of a byte.
    static func runs(of byte: UInt8, in bytes: [UInt8], into ranges: inout [Range<Int>]) {
        ranges.removeAll(keepingCapacity: true)
        var start = 0
        for at in 0...bytes.count where at == bytes.count || bytes[at] != byte {
            if at - start > 1 { ranges.append(start..<at) }
            start = at + 1
        }
    }
}
