import Diagnostics
import UnicodeText

/// sentencepiece's compiled character map (`precompiled_charsmap`), which XLM-R and its relatives normalize by.
///
/// Layout, little-endian: u32 bytes of the double array, its units of 32 bits (darts-clone), then the replacements,
/// each with a zero byte behind it. A unit has its label in bits 0-7, in bit 8 whether a value hangs below it, and in
/// bits 10-30 (shifted by 8 where bit 9 is set) the distance to its children, as an exclusive or; a value has bit 31,
/// and is a place among the replacements.
///
/// How it is applied is the rule of `tokenizers`: a grapheme cluster of fewer than six bytes that begins with a key
/// becomes that key's replacement as a whole, the *shortest* such key; of any other cluster, each scalar for itself.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]
    /// Whether an ASCII character is left as it is.
    private let keepsASCII: [Bool]

    /// Reads a map; whatever in it leads out of it, or to ill-formed text, is an error in the words of the throw.
    init(_ data: [UInt8]) throws(Problem) {
        guard data.count >= 4 else { throw Problem(what: "has \(data.count) bytes and no head") }
        func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(data[at + $1]) << (8 * UInt32($1)) } }
        let size = Int(word(0))
        guard size % 4 == 0, size > 0, size <= data.count - 4 else {
            throw Problem(what: "announces an array of \(size) bytes in \(data.count)")
        }
        let units = stride(from: 4, to: 4 + size, by: 4).map(word)
        self.units = units
        replacements = Array(data[(4 + size)...])
        keepsASCII = (0..<128).map { byte in Self.find([UInt8(byte)][...], units) == nil }
        try validate()
    }

    struct Problem: Error {
        let what: String
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << ((unit & 0x200) != 0 ? 8 : 0) }

    /// Walks through all of it once.
    private func validate() throws(Problem) {
        guard replacements.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw Problem(what: "has replacements that are no UTF-8")
        }
        var isSeen = [Bool](repeating: false, count: units.count)
        var open = [0]
        isSeen[0] = true
        while let node = open.popLast() {
            let base = node ^ Self.offset(units[node])
            if units[node] & 0x100 != 0 {
                guard base < units.count else { throw Problem(what: "leads out of its array at unit \(node)") }
                let place = Int(units[base] & 0x7FFF_FFFF)
                guard place < replacements.count, replacements[place] & 0xC0 != 0x80 else {
                    throw Problem(what: "has a value at unit \(base) that is no place of a replacement")
                }
            }
            for label in 1..<256 {
                let child = base ^ label
                guard child < units.count, units[child] & 0x8000_00FF == UInt32(label), !isSeen[child] else { continue }
                isSeen[child] = true
                open.append(child)
            }
        }
    }

    /// The place of the replacement of the shortest key that the bytes begin with.
    private static func find(_ bytes: ArraySlice<UInt8>, _ units: [UInt32]) -> Int? {
        var node = offset(units[0])
        for byte in bytes {
            if byte == 0 { return nil }
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[node]
            node ^= offset(unit)
            guard node < units.count else { return nil }
            if unit & 0x100 != 0 { return Int(units[node] & 0x7FFF_FFFF) }
        }
        return nil
    }

    private func replacement(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        Self.find(bytes, units).map { replacements[$0...].prefix { $0 != 0 } }
    }

    func apply(to text: inout WordText, _ changes: inout [WordText.Change]) {
        // Each character of ASCII is a cluster of its own, but for CR LF.
        if text.all({ $0 < 0x80 && $0 != 0x0D && keepsASCII[Int($0)] }) { return }
        changes.removeAll(keepingCapacity: true)
        var isChanged = false
        var at = 0
        while at < text.count {
            let end = GraphemeClusters.end(in: text, from: at)
            if end - at < 6, let new = replacement(of: text.bytes[at..<end]) {
                Self.append(new, for: Self.count(text.bytes[at..<end]), to: &changes)
                isChanged = true
                at = end
                continue
            }
            while at < end {
                let (scalar, length) = text.scalar(at: at)
                if let new = replacement(of: text.bytes[at..<(at + length)]) {
                    Self.append(new, for: 1, to: &changes)
                    isChanged = true
                } else {
                    changes.append(.init(scalar: scalar, change: 0))
                }
                at += length
            }
        }
        if isChanged { text.transform(changes) }
    }

    private static func count(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

    /// New scalars for `old` ones: one by one, those too many added behind, those too few left out behind the last.
    private static func append(_ new: ArraySlice<UInt8>, for old: Int, to changes: inout [WordText.Change]) {
        var added = 0
        new.withUnsafeBufferPointer { buffer in
            var index = 0
            while index < buffer.count, let base = buffer.baseAddress {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: buffer.count)
                changes.append(.init(scalar: scalar, change: added < old ? 0 : 1))
                added += 1
                index += length
            }
        }
        if added < old, !changes.isEmpty { changes[changes.count - 1].change -= Int32(old - added) }
    }
}
