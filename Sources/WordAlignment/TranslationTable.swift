import Glibc

/// Translation probabilities of the word pairs that meet in some line, in both directions, by open addressing.
///
/// Memory: 32 bytes a slot, at most `maximumSlotCount` slots (a power of two) of which 7 in 10 are used. Pairs that find no room are no candidates;
/// they are counted. Growing needs half as much again for a moment.
package final class TranslationTable {
    package struct Entry {
        /// Source word in the high half, target word in the low half; ``empty`` marks a free slot.
        package var key: UInt64
        /// p(target | source) and p(source | target), and their expected counts in the pass at hand, by ``Direction``.
        package var probabilities: SIMD2<Float>
        var counts: SIMD2<Float>
        /// Times the two were linked.
        package var links: UInt32
        var unused: UInt32 = 0

        /// The word that a direction's probability is conditioned on.
        func given(_ direction: Direction) -> Int {
            Int(direction == .forward ? key >> 32 : key & 0xFFFF_FFFF)
        }
    }

    /// Which side is explained by the other: the target by the source, or the reverse.
    package enum Direction: Int, CaseIterable { case forward, backward }

    package static let empty: UInt64 = .max
    package static let noSlot: UInt32 = .max
    /// The largest power of two of slots whose numbers are `UInt32`s other than ``noSlot``.
    package static let largestSlotCount = 1 << 31

    package private(set) var entries: UnsafeMutablePointer<Entry>
    package private(set) var slotCount: Int
    private(set) var usedCount = 0
    package private(set) var refusedCount = 0
    private let maximumSlotCount: Int

    init(maximumSlotCount: Int) {
        self.maximumSlotCount = maximumSlotCount
        slotCount = min(1 << 16, maximumSlotCount)
        entries = Self.allocate(slotCount)
    }

    deinit { entries.deallocate() }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Entry> {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
        entries.initialize(
            repeating: Entry(key: empty, probabilities: .zero, counts: .zero, links: 0),
            count: count)
        return entries
    }

    @inline(__always)
    package static func key(_ source: UInt32, _ target: UInt32) -> UInt64 { UInt64(source) << 32 | UInt64(target) }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        var z = key &* 0x9E37_79B9_7F4A_7C15
        z ^= z >> 32
        return Int(truncatingIfNeeded: z &* 0xD6E8_FEB8_6659_FD93 >> 20) & mask
    }

    /// Where the pair would be, so that the caller can fetch it ahead.
    @inline(__always)
    package func home(_ key: UInt64) -> Int { Self.slot(key, slotCount - 1) }

    @inline(__always)
    package func find(_ key: UInt64, from home: Int) -> UInt32 {
        var slot = home
        while true {
            let found = entries[slot].key
            if found == key { return UInt32(truncatingIfNeeded: slot) }
            if found == Self.empty { return Self.noSlot }
            slot = (slot + 1) & (slotCount - 1)
        }
    }

    func insert(_ key: UInt64) {
        var slot = Self.slot(key, slotCount - 1)
        while entries[slot].key != Self.empty {
            if entries[slot].key == key { return }
            slot = (slot + 1) & (slotCount - 1)
        }
        if (usedCount + 1) * 10 > slotCount * 7 {
            guard slotCount < maximumSlotCount else {
                refusedCount += 1
                return
            }
            grow()
            return insert(key)
        }
        entries[slot].key = key
        usedCount += 1
    }

    private func grow() {
        let old = entries, oldCount = slotCount
        slotCount *= 2
        entries = Self.allocate(slotCount)
        for index in 0..<oldCount where old[index].key != Self.empty {
            var slot = Self.slot(old[index].key, slotCount - 1)
            while entries[slot].key != Self.empty { slot = (slot + 1) & (slotCount - 1) }
            entries[slot] = old[index]
        }
        old.deallocate()
    }
}
