import CUnicodeTables
import LanguageCodes

/// The forms under which words are looked up: lower-cased and in NFC, with more or less of what else is folded.
///
/// Lower-casing is the full default mapping (UnicodeData and the unconditional part of SpecialCasing) of every scalar
/// by itself. With the folding `letters` that is all: no locale, no context, so a capital sigma becomes σ at the end of a
/// word too. `words` is ``WordFolding`` before that. What is appended is normalized in itself, not together with what
/// `output` held before.
///
/// Text that is normalized already is recognised by the quick check and copied in runs. Only around a scalar
/// that fails the check is the surrounding segment, from the last scalar that cannot interact with what precedes it,
/// decomposed and composed again. Each segment is so treated at most once, and long runs of marks are sorted by
/// counting: time is linear in the input, and memory beyond the output is proportional to the longest segment.
///
/// - Note: Unicode Standard Annex #15, section 9 (quick check); The Unicode Standard, sections 3.11 (normalization
///   forms), 3.12 (Hangul) and 3.13 (default case algorithms).
package struct LookupForm: Sendable {
    /// What is folded; the raw value is stored in vector tables.
    package enum Folding: Int, Comparable, Sendable {
        /// Case and canonical composition: tables of before their folding was stored.
        case letters = 0
        /// Also what nobody sees, apostrophes, final sigma, and i with and without its dot.
        case words = 1

        package static let current = Folding.words
        package static func < (a: Folding, b: Folding) -> Bool { a.rawValue < b.rawValue }
    }

    private let folds: Bool
    private let hasDotlessI: Bool

    /// - Parameter language: Code of the words' language, which lower-casing depends on.
    package init(_ folding: Folding = .current, language: String = "und") {
        folds = folding >= .words
        hasDotlessI = folds && LanguageCode(language)?.hasDotlessI == true
    }

    /// Whether the i of the language may have no dot: what is then written ı may be i in words of other languages.
    package var mayLoseDots: Bool { hasDotlessI }

    /// Appends the form of a word.
    ///
    /// - Parameter bytes: UTF-8; an ill-formed byte becomes U+FFFD.
    package func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard let base = bytes.baseAddress else { return }
        if Self.leadingASCIICount(base, bytes.count) == bytes.count, !(hasDotlessI && bytes.contains(0x49)) {
            return Self.appendASCII(bytes, to: &output)
        }
        let start = output.count
        guard hasDotlessI || !Self.appendGeneral(base, bytes.count, lowercases: true, folds: folds, to: &output) else {
            return
        }
        output.removeLast(output.count - start)
        WordFolding.withFolded(base, bytes.count, hasDotlessI: hasDotlessI) { base, count in
            _ = Self.appendGeneral(base, count, lowercases: true, folds: false, to: &output)
        }
    }

    /// Appends NFC of the lower-cased `bytes`, the form of the folding `letters`.
    ///
    /// - Parameter bytes: UTF-8; an ill-formed byte becomes U+FFFD.
    package static func append(lowercasedNFC bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard let base = bytes.baseAddress else { return }
        if leadingASCIICount(base, bytes.count) == bytes.count { return appendASCII(bytes, to: &output) }
        _ = appendGeneral(base, bytes.count, lowercases: true, folds: false, to: &output)
    }

    /// Appends NFC of `bytes`.
    ///
    /// - Parameter bytes: UTF-8; an ill-formed byte becomes U+FFFD.
    package static func append(NFC bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard let base = bytes.baseAddress else { return }
        if leadingASCIICount(base, bytes.count) == bytes.count {
            output.append(contentsOf: bytes)
            return
        }
        _ = appendGeneral(base, bytes.count, lowercases: false, folds: false, to: &output)
    }

    @inline(__always)
    private static func appendASCII(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: bytes)
        output.withUnsafeMutableBufferPointer { buffer in
            for index in start..<buffer.count {
                let byte = buffer[index]
                buffer[index] = byte | (byte &- 0x41 < 26 ? 0x20 : 0)
            }
        }
    }

    /// Whether U+0307 (CC 87) is between two places.
    private static func hasDotAbove(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        (start..<max(start, end - 1)).contains { base[$0] == 0xCC && base[$0 + 1] == 0x87 }
    }

    @inline(__always)
    private static func leadingASCIICount(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var index = 0
        while index + 8 <= count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < count, base[index] < 0x80 { index += 1 }
        return index
    }

    /// The scalars under way that may still interact.
    private struct Segment {
        /// Where it begins in the input, and (as if the run were flushed) in the output.
        var start: Int
        var outputStart: Int
        var lastClass: UInt16 = 0

        /// Makes the output end where the segment begins: adds what is unchanged before it, or takes back what of it is
        /// there.
        @inline(__always)
        func cut(_ output: inout [UInt8], _ base: UnsafePointer<UInt8>, runStart: Int) {
            if start >= runStart {
                output.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: start &- runStart))
            } else {
                output.removeLast(output.count - outputStart)
            }
        }
    }

    /// - Returns: Whether it went through: with `folds`, false when it met a scalar that ``WordFolding`` looks at; what
    ///   was appended until then is of no use.
    @inline(never)
    private static func appendGeneral(
        _ base: UnsafePointer<UInt8>, _ count: Int, lowercases: Bool, folds: Bool, to output: inout [UInt8]
    ) -> Bool {
        let caseBit: UInt16 = lowercases ? 0x8000 : 0
        var index = 0
        // base[runStart..<index] is unchanged so far and not yet in the output.
        var runStart = 0
        var segment = Segment(start: 0, outputStart: output.count)

        while index < count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: count)
            let properties = nu_properties(scalar)
            let isIllFormed = scalar == 0xFFFD && length == 1
            if properties & (0x4000 | caseBit) == 0 && !isIllFormed {
                segment = Segment(start: index, outputStart: output.count &+ (index &- runStart))
                index &+= length
                continue
            }
            let mapped = properties & caseBit == 0 ? scalar : nu_lower(scalar)
            if folds, properties & caseBit != 0, mapped == scalar || scalar == 0x3A3 || scalar == 0x130 { return false }
            let normalization = mapped == scalar && properties & 0x4000 == 0 ? 0 : nu_normalization(mapped)
            if normalization == 0 {
                segment = Segment(start: index, outputStart: output.count &+ (index &- runStart))
            } else if normalization < 0x100, normalization >= segment.lastClass {
                segment.lastClass = normalization
            } else {
                segment.cut(&output, base, runStart: runStart)
                index = SegmentComposer.append(
                    base, from: segment.start, end: count, lowercases: lowercases, to: &output)
                if folds, hasDotAbove(base, segment.start, index) { return false }
                runStart = index
                // What follows begins a segment of its own, so these are set again before they are used.
                segment = Segment(start: index, outputStart: output.count)
                continue
            }
            if mapped != scalar || isIllFormed {
                output.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: index &- runStart))
                UTF8Scalar.append(mapped, to: &output)
                if scalar == 0x130 {
                    UTF8Scalar.append(0x307, to: &output)
                    segment.lastClass = 230
                }
                runStart = index &+ length
            }
            index &+= length
        }
        output.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: count &- runStart))
        return true
    }
}
