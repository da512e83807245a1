import CUnicodeTables

/// Decomposes, orders and composes one normalization segment: the slow path of ``LookupForm``.
///
/// An element of the work buffer is `combining class << 21 | scalar`.
enum SegmentComposer {
    private static let hangulBase: UInt32 = 0xAC00
    private static let leadingBase: UInt32 = 0x1100
    private static let vowelBase: UInt32 = 0x1161
    private static let trailingBase: UInt32 = 0x11A7
    private static let scalarMask: UInt32 = 0x1F_FFFF
    private static let lastFlag: UInt32 = 0x8000_0000

    /// Appends the NFC of the segment that begins at `start`, lower-cased first if asked.
    ///
    /// The segment reaches up to, not including, the next scalar whose (lower-cased) form cannot interact with what
    /// precedes it.
    ///
    /// - Returns: Where the segment ends in the input, greater than `start`.
    static func append(
        _ base: UnsafePointer<UInt8>, from start: Int, end: Int, lowercases: Bool, to output: inout [UInt8]
    ) -> Int {
        var needed = 0
        var index = start
        while index < end {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: end)
            let mapped = lowercases ? nu_lower(scalar) : scalar
            if index > start && nu_properties(mapped) & 0x4000 == 0 { break }
            index += length
            needed += decompositionCount(mapped) + (lowercases && scalar == 0x130 ? 1 : 0)
        }
        // On the stack when small, which it is for every word of every language.
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: needed) { buffer in
            guard let work = buffer.baseAddress else { return }
            var filled = 0
            var at = start
            while at < index {
                let (scalar, length) = UTF8Scalar.decode(base, at: at, end: end)
                filled = decompose(lowercases ? nu_lower(scalar) : scalar, into: work, at: filled)
                if lowercases && scalar == 0x130 {
                    work[filled] = 230 << 21 | 0x307
                    filled += 1
                }
                at += length
            }
            order(work, filled)
            for position in 0..<compose(work, filled) {
                UTF8Scalar.append(work[position] & scalarMask, to: &output)
            }
        }
        return index
    }

    private static func decompositionCount(_ scalar: UInt32) -> Int {
        if scalar &- hangulBase < 11172 { return (scalar - hangulBase) % 28 == 0 ? 2 : 3 }
        guard let parts = nu_decomposition(scalar) else { return 1 }
        var count = 1
        while parts[count - 1] & lastFlag == 0 { count += 1 }
        return count
    }

    private static func decompose(_ scalar: UInt32, into work: UnsafeMutablePointer<UInt32>, at start: Int) -> Int {
        if scalar &- hangulBase < 11172 {
            let syllable = scalar - hangulBase
            work[start] = leadingBase + syllable / 588
            work[start + 1] = vowelBase + syllable % 588 / 28
            if syllable % 28 == 0 { return start + 2 }
            work[start + 2] = trailingBase + syllable % 28
            return start + 3
        }
        guard let parts = nu_decomposition(scalar) else {
            work[start] = UInt32(nu_normalization(scalar) & 0xFF) << 21 | scalar
            return start + 1
        }
        var count = 0
        while true {
            work[start + count] = parts[count] & ~lastFlag
            count += 1
            if parts[count - 1] & lastFlag != 0 { return start + count }
        }
    }

    /// Canonical ordering: each run of non-starters is sorted by class, stably and in linear time.
    private static func order(_ work: UnsafeMutablePointer<UInt32>, _ count: Int) {
        var index = 0
        while index < count {
            if work[index] >> 21 == 0 {
                index += 1
                continue
            }
            let runStart = index
            var isSorted = true
            while index < count, work[index] >> 21 != 0 {
                if index > runStart && work[index] >> 21 < work[index - 1] >> 21 { isSorted = false }
                index += 1
            }
            if isSorted { continue }
            if index - runStart <= 24 {
                insertionSort(work + runStart, index - runStart)
            } else {
                countingSort(work + runStart, index - runStart)
            }
        }
    }

    private static func insertionSort(_ run: UnsafeMutablePointer<UInt32>, _ count: Int) {
        for index in 1..<count {
            let element = run[index]
            var hole = index
            while hole > 0, run[hole - 1] >> 21 > element >> 21 {
                run[hole] = run[hole - 1]
                hole -= 1
            }
            run[hole] = element
        }
    }

    private static func countingSort(_ run: UnsafeMutablePointer<UInt32>, _ count: Int) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { next in
            next.initialize(repeating: 0)
            for index in 0..<count { next[Int(run[index] >> 21) & 255] += 1 }
            var total = 0
            for combiningClass in 0..<256 {
                let size = next[combiningClass]
                next[combiningClass] = total
                total += size
            }
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { copy in
                guard let copied = copy.baseAddress else { return }
                copied.initialize(from: run, count: count)
                for index in 0..<count {
                    let combiningClass = Int(copied[index] >> 21) & 255
                    run[next[combiningClass]] = copied[index]
                    next[combiningClass] += 1
                }
            }
        }
    }

    /// Canonical composition in place; returns the number of elements left.
    private static func compose(_ work: UnsafeMutablePointer<UInt32>, _ count: Int) -> Int {
        var kept = 0
        var starter = -1
        for index in 0..<count {
            let element = work[index]
            let combiningClass = element >> 21
            // Blocked when something of class 0 or of no smaller class stands between; the last kept element has the
            // greatest class since the starter.
            if starter >= 0, kept - 1 == starter || work[kept - 1] >> 21 < combiningClass {
                let composite = composite(of: work[starter], element & scalarMask)
                if composite != 0 {
                    work[starter] = composite
                    continue
                }
            }
            if combiningClass == 0 { starter = kept }
            work[kept] = element
            kept += 1
        }
        return kept
    }

    /// The primary composite, a starter, or 0. `first` is a starter, so its element is its scalar.
    private static func composite(of first: UInt32, _ second: UInt32) -> UInt32 {
        if first &- leadingBase < 19, second &- vowelBase < 21 {
            return hangulBase + ((first - leadingBase) * 21 + (second - vowelBase)) * 28
        }
        if first &- hangulBase < 11172, (first - hangulBase) % 28 == 0, second &- (trailingBase + 1) < 27 {
            return first + (second - trailingBase)
        }
        return nu_compose(first, second)
    }
}
