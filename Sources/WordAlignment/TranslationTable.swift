import Glibc
import Kernels

/// Translation probabilities of the word pairs that meet in some line, in both directions, by open addressing.
///
/// First pairs are collected (``insert(_:)``), as keys alone, then all get their probabilities at once (``seal()``).
///
/// Memory: 24 bytes a slot, at most `maximumSlotCount` slots (a power of two) of which 7 in 10 are used; at most 12 bytes while pairs are
/// collected, and 32 for a moment between. Pairs that find no room are no candidates; they are counted.
package final class TranslationTable {
    package struct Entry {
        /// Source word in the high half, target word in the low half; ``empty`` marks a free slot.
        package var key: UInt64
        /// p(target | source) and p(source | target), and their expected counts in the pass at hand, by ``Direction``.
        package var probabilities: SIMD2<Float>
        var counts: SIMD2<Float>
        /// Times the two were linked, counted when no pass needs ``counts`` any more, in their place.
        package var links: UInt32 {
            get { counts.x.bitPattern }
            set { counts.x = Float(bitPattern: newValue) }
        }

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

    /// `[slotCount]` once the table is sealed.
    package private(set) var entries: UnsafeMutablePointer<Entry>
    package private(set) var slotCount: Int
    /// `[slotCount]` before; nil when it is.
    private var keys: UnsafeMutablePointer<UInt64>?
    private(set) var usedCount = 0
    package private(set) var refusedCount = 0
    private let maximumSlotCount: Int

    init(maximumSlotCount: Int) {
        self.maximumSlotCount = maximumSlotCount
        slotCount = min(1 << 16, maximumSlotCount)
        entries = Self.allocate(0, repeating: Entry(key: Self.empty, probabilities: .zero, counts: .zero))
        keys = Self.allocate(slotCount, repeating: Self.empty)
    }

    deinit {
        entries.deallocate()
        keys?.deallocate()
    }

    private static func allocate<T>(_ count: Int, repeating element: T) -> UnsafeMutablePointer<T> {
        let elements = UnsafeMutablePointer<T>.allocate(capacity: count)
        LargePages.advise(elements, byteCount: count * MemoryLayout<T>.stride)
        elements.initialize(repeating: element, count: count)
        return elements
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
        precondition(keys == nil, "a look-up in a table that is not sealed")
        var slot = home
        while true {
            let found = entries[slot].key
            if found == key { return UInt32(truncatingIfNeeded: slot) }
            if found == Self.empty { return Self.noSlot }
            slot = (slot + 1) & (slotCount - 1)
        }
    }

    /// Enters a pair, if it is new; before the table is sealed.
    func insert(_ key: UInt64) {
        guard let keys else { preconditionFailure("a pair for a table that is sealed") }
        var slot = Self.slot(key, slotCount - 1)
        while keys[slot] != Self.empty {
            if keys[slot] == key { return }
            slot = (slot + 1) & (slotCount - 1)
        }
        if (usedCount + 1) * 10 > slotCount * 7 {
            guard slotCount < maximumSlotCount else {
                refusedCount += 1
                return
            }
            grow(keys)
            return insert(key)
        }
        keys[slot] = key
        usedCount += 1
    }

    private func grow(_ old: UnsafeMutablePointer<UInt64>) {
        let oldCount = slotCount
        slotCount *= 2
        let new = Self.allocate(slotCount, repeating: Self.empty)
        for index in 0..<oldCount where old[index] != Self.empty {
            var slot = Self.slot(old[index], slotCount - 1)
            while new[slot] != Self.empty { slot = (slot + 1) & (slotCount - 1) }
            new[slot] = old[index]
        }
        old.deallocate()
        keys = new
    }

    /// Gives every pair the same probability, in both directions; no pair is entered from now on.
    func seal(probability: Float) {
        guard let keys else { preconditionFailure("a table is sealed twice") }
        entries.deallocate()
        entries = Self.allocate(
            slotCount, repeating: Entry(key: Self.empty, probabilities: .init(repeating: probability), counts: .zero))
        for slot in 0..<slotCount { entries[slot].key = keys[slot] }
        keys.deallocate()
        self.keys = nil
    }
}
