import CUnicodeTables

/// NFC, NFD, NFKC and NFKD (Unicode Standard Annex #15) with the place of every scalar, as `tokenizers` has them:
/// characters that came after Unicode 9.0 are left alone.
struct NormalizationForm: Sendable {
    let isCompatible: Bool
    let isComposed: Bool

    private static let hangulBase: UInt32 = 0xAC00
    private static let lastFlag: UInt32 = 0x8000_0000
    private static let scalarMask: UInt32 = 0x1F_FFFF

    /// A scalar, its combining class, and its part in ``WordText/Change``.
    struct Element {
        var scalar: UInt32
        var combiningClass: UInt8
        var change: Int32
    }

    /// - Parameter work: Any content; kept for its memory.
    func apply(to text: inout WordText, _ work: inout [Element], _ changes: inout [WordText.Change]) {
        if text.isASCII { return }
        work.removeAll(keepingCapacity: true)
        text.forEachScalar { scalar, _ in decompose(scalar, into: &work) }
        Self.order(&work)
        let count = isComposed ? Self.compose(&work) : work.count
        changes.removeAll(keepingCapacity: true)
        for element in work[..<count] { changes.append(.init(scalar: element.scalar, change: element.change)) }
        text.transform(changes)
    }

    private func decompose(_ scalar: UInt32, into work: inout [Element]) {
        if scalar &- Self.hangulBase < 11172 {
            let syllable = scalar - Self.hangulBase
            work.append(Element(scalar: 0x1100 + syllable / 588, combiningClass: 0, change: 0))
            work.append(Element(scalar: 0x1161 + syllable % 588 / 28, combiningClass: 0, change: 1))
            if syllable % 28 != 0 {
                work.append(Element(scalar: 0x11A7 + syllable % 28, combiningClass: 0, change: 1))
            }
            return
        }
        let isRecent = Int(nu_subword(scalar)) & NU_SUBWORD_RECENT != 0
        guard !isRecent, let parts = (isCompatible ? nu_compatibility(scalar) : nil) ?? nu_decomposition(scalar) else {
            let combiningClass = isRecent ? 0 : UInt8(nu_normalization(scalar) & 0xFF)
            work.append(Element(scalar: scalar, combiningClass: combiningClass, change: 0))
            return
        }
        var index = 0
        while true {
            let part = parts[index]
            let combiningClass = UInt8(part >> 21 & 0xFF)
            work.append(
                Element(scalar: part & Self.scalarMask, combiningClass: combiningClass, change: index == 0 ? 0 : 1))
            index += 1
            if part & Self.lastFlag != 0 { return }
        }
    }

    /// Sorts each run of non-starters by class, equal ones in their order.
    private static func order(_ work: inout [Element]) {
        var index = 0
        while index < work.count {
            let start = index
            var isSorted = true
            while index < work.count, work[index].combiningClass != 0 {
                if index > start && work[index].combiningClass < work[index - 1].combiningClass { isSorted = false }
                index += 1
            }
            if !isSorted {
                let run = work[start..<index].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                for (offset, element) in run.enumerated() { work[start + offset] = element.element }
            }
            index = max(index, start + 1)
        }
    }

    /// Canonical composition in place; returns the number of elements left.
    private static func compose(_ work: inout [Element]) -> Int {
        var kept = 0
        var starter = -1
        for index in work.indices {
            let element = work[index]
            // Blocked when something of class 0 or of no smaller class stands between.
            if starter >= 0, kept - 1 == starter || work[kept - 1].combiningClass < element.combiningClass {
                let composite = composite(of: work[starter].scalar, element.scalar)
                if composite != 0 {
                    work[starter].scalar = composite
                    work[starter].change += element.change - 1
                    continue
                }
            }
            if element.combiningClass == 0 { starter = kept }
            work[kept] = element
            kept += 1
        }
        return kept
    }

    private static func composite(of first: UInt32, _ second: UInt32) -> UInt32 {
        if first &- 0x1100 < 19, second &- 0x1161 < 21 {
            return hangulBase + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        if first &- hangulBase < 11172, (first - hangulBase) % 28 == 0, second &- 0x11A8 < 27 {
            return first + (second - 0x11A7)
        }
        let composite = nu_compose(first, second)
        return composite != 0 && Int(nu_subword(composite)) & NU_SUBWORD_RECENT == 0 ? composite : 0
    }
}
