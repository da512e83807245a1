import CUnicodeTables

/// A part of a word while it is normalized: its bytes now, and for each the range of the word that it stands for.
///
/// The ranges follow the rules of the Python package `tokenizers` (NormalizedString), which says for each new scalar
/// whether it takes the place of an old one, is added behind one, or takes the place of several.
struct WordText {
    private(set) var bytes: [UInt8] = []
    /// Per byte, in bytes of the word.
    private(set) var starts: [UInt32] = []
    private(set) var ends: [UInt32] = []
    private var spare: (bytes: [UInt8], starts: [UInt32], ends: [UInt32]) = ([], [], [])

    var count: Int { bytes.count }

    /// A new scalar. `change` is 0 where it takes the place of an old one, 1 where it is added behind what the one
    /// before stands for, and -n where it takes the place of 1 + n.
    struct Change {
        var scalar: UInt32
        var change: Int32
    }

    /// Takes a range of a word, which is not changed yet. A byte that begins no well-formed sequence is U+FFFD.
    mutating func load(_ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        removeAll()
        var at = range.lowerBound
        guard let base = word.baseAddress else { return }
        while at < range.upperBound {
            if word[at] < 0x80 {
                append(word[at], UInt32(at), UInt32(at + 1))
                at += 1
                continue
            }
            let decoded = nu_decode(base, at, range.upperBound)
            append(decoded.scalar, UInt32(at), UInt32(at) + decoded.length)
            at += Int(decoded.length)
        }
    }

    /// Takes a part of another.
    mutating func load(_ other: WordText, _ range: Range<Int>) {
        removeAll()
        append(other, range)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ other: WordText, _ range: Range<Int>) {
        bytes += other.bytes[range]
        starts += other.starts[range]
        ends += other.ends[range]
    }

    private mutating func append(_ byte: UInt8, _ start: UInt32, _ end: UInt32) {
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }

    /// Appends a scalar that stands for a range of the word.
    mutating func append(_ scalar: UInt32, _ start: UInt32, _ end: UInt32) {
        func tail(_ shift: UInt32) { append(UInt8(truncatingIfNeeded: 0x80 | scalar &>> shift & 0x3F), start, end) }
        if scalar < 0x80 {
            append(UInt8(truncatingIfNeeded: scalar), start, end)
        } else if scalar < 0x800 {
            append(UInt8(truncatingIfNeeded: 0xC0 | scalar &>> 6), start, end)
            tail(0)
        } else if scalar < 0x10000 {
            append(UInt8(truncatingIfNeeded: 0xE0 | scalar &>> 12), start, end)
            tail(6)
            tail(0)
        } else {
            append(UInt8(truncatingIfNeeded: 0xF0 | scalar &>> 18), start, end)
            tail(12)
            tail(6)
            tail(0)
        }
    }

    /// The scalar that begins at a byte. What is kept here is always well-formed.
    func scalar(at index: Int) -> (scalar: UInt32, length: Int) {
        let lead = bytes[index]
        if lead < 0x80 { return (UInt32(lead), 1) }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return (0xFFFD, 1) }
            let decoded = nu_decode(base, index, buffer.count)
            return (decoded.scalar, Int(decoded.length))
        }
    }

    /// Calls `body` with each scalar and the bytes it has.
    func forEachScalar(_ body: (_ scalar: UInt32, _ range: Range<Int>) -> Void) {
        var at = 0
        while at < bytes.count {
            let (scalar, length) = scalar(at: at)
            body(scalar, at..<(at + length))
            at += length
        }
    }

    var isASCII: Bool { bytes.withUnsafeBufferPointer { $0.allSatisfy { $0 < 0x80 } } }

    func all(_ isMeant: (UInt8) -> Bool) -> Bool { bytes.withUnsafeBufferPointer { $0.allSatisfy(isMeant) } }

    /// Replaces the whole by new scalars.
    ///
    /// - Parameter skipped: How many scalars at the beginning are left out.
    mutating func transform(_ changes: [Change], skipping skipped: Int = 0) {
        beginAnew()
        var at = 0
        func skip() { if at < spare.bytes.count { at += Self.length(spare.bytes[at]) } }
        for _ in 0..<skipped { skip() }
        for change in changes {
            let from = min(change.change > 0 ? max(at - 1, 0) : at, spare.bytes.count - 1)
            append(change.scalar, spare.starts[from], spare.ends[from])
            if change.change <= 0 { for _ in change.change...0 { skip() } }
        }
    }

    /// Empties this; what it was is in `spare`.
    private mutating func beginAnew() {
        swap(&bytes, &spare.bytes)
        swap(&starts, &spare.starts)
        swap(&ends, &spare.ends)
        removeAll()
    }

    /// Leaves out scalars; what is kept takes the place of what was behind it too.
    mutating func filter(using changes: inout [Change], _ isKept: (UInt32) -> Bool) {
        changes.removeAll(keepingCapacity: true)
        var skipped = 0
        forEachScalar { scalar, _ in
            if isKept(scalar) {
                changes.append(Change(scalar: scalar, change: 0))
            } else if changes.isEmpty {
                skipped += 1
            } else {
                changes[changes.count - 1].change -= 1
            }
        }
        transform(changes, skipping: skipped)
    }

    /// Replaces ranges, which are in ascending order, by other bytes; these stand for what the last byte of theirs
    /// stood for.
    mutating func replace(_ ranges: [Range<Int>], by content: [UInt8]) {
        guard !ranges.isEmpty else { return }
        beginAnew()
        var at = 0
        for range in ranges {
            keep(at..<range.lowerBound)
            let last = range.upperBound - 1
            for byte in content { append(byte, spare.starts[last], spare.ends[last]) }
            at = range.upperBound
        }
        keep(at..<spare.bytes.count)
    }

    private mutating func keep(_ range: Range<Int>) {
        bytes += spare.bytes[range]
        starts += spare.starts[range]
        ends += spare.ends[range]
    }

    /// Puts bytes before a part that begins with some scalar; they stand for what that stands for.
    mutating func append(_ prefix: [UInt8], before other: WordText, _ first: Int) {
        for byte in prefix { append(byte, other.starts[first], other.ends[first]) }
    }

    private static func length(_ lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
