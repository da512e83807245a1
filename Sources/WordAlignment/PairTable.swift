import Kernels

/// Numbers of word pairs, from 0 in the order in which they first meet, by open addressing.
///
/// Memory: 12 bytes a slot, at most `maximumSlotCount` slots (a power of two) of which 7 in 10 are used; half as much again while it grows.
/// Pairs that find no room have no number, and are counted.
final class PairTable {
    private struct Slot {
        var source, target: UInt32
        /// Of the pair, and 1; 0 marks a free slot.
        var next: UInt32
    }

    static let bytesPerSlot = MemoryLayout<Slot>.stride

    private let maximumSlotCount: Int
    private var slotCount: Int
    private var memory: NumberBuffer
    private var slots: UnsafeMutablePointer<Slot>
    /// Numbers that are given.
    private(set) var count = 0
    /// Times that a pair found no room.
    private(set) var refusedCount = 0

    init(maximumSlotCount: Int) {
        self.maximumSlotCount = maximumSlotCount
        slotCount = min(1 << 14, maximumSlotCount)
        (memory, slots) = Self.allocate(slotCount)
    }

    private static func allocate(_ count: Int) -> (NumberBuffer, UnsafeMutablePointer<Slot>) {
        let memory = NumberBuffer(count: 3 * count, isReadAtRandom: true)
        return (memory, UnsafeMutableRawPointer(memory.pointer).bindMemory(to: Slot.self, capacity: count))
    }

    /// Reads all slots of a source word and some target words, none of which waits for another, so that the processor fetches many at
    /// a time.
    func bringNear(_ source: UInt32, _ targets: UnsafeBufferPointer<UInt32>) {
        var sum: UInt32 = 0
        for target in targets { sum &+= slots[home(source, target)].next }
        withExtendedLifetime(sum) {}
    }

    /// The number of a pair, or nil.
    @inline(__always)
    func find(_ source: UInt32, _ target: UInt32) -> UInt32? {
        let next = slots[place(of: source, target)].next
        return next == 0 ? nil : next - 1
    }

    /// The number of a pair, which gets one if it has none; nil when there is no room.
    @inline(__always)
    func insert(_ source: UInt32, _ target: UInt32) -> UInt32? {
        let slot = place(of: source, target)
        if slots[slot].next != 0 { return slots[slot].next - 1 }
        return add(source, target, slot)
    }

    /// Calls `body` with every pair and its number, in no order.
    func forEach(_ body: (_ number: Int, _ source: UInt32, _ target: UInt32) -> Void) {
        for slot in 0..<slotCount where slots[slot].next > 0 {
            body(Int(slots[slot].next) - 1, slots[slot].source, slots[slot].target)
        }
    }

    @inline(__always)
    private func home(_ source: UInt32, _ target: UInt32) -> Int {
        var z = (UInt64(source) << 32 | UInt64(target)) &* 0x9E37_79B9_7F4A_7C15
        z ^= z >> 32
        return Int(truncatingIfNeeded: z &* 0xD6E8_FEB8_6659_FD93 >> 20) & (slotCount - 1)
    }

    /// The slot of the pair, or the free one where it would be.
    @inline(__always)
    private func place(of source: UInt32, _ target: UInt32) -> Int {
        var slot = home(source, target)
        while slots[slot].next != 0 && (slots[slot].source != source || slots[slot].target != target) {
            slot = (slot + 1) & (slotCount - 1)
        }
        return slot
    }

    @inline(never)
    private func add(_ source: UInt32, _ target: UInt32, _ free: Int) -> UInt32? {
        var slot = free
        if (count + 1) * 10 > slotCount * 7 {
            guard slotCount < maximumSlotCount else {
                refusedCount += 1
                return nil
            }
            grow()
            slot = place(of: source, target)
        }
        count += 1
        slots[slot] = Slot(source: source, target: target, next: UInt32(count))
        return UInt32(count) - 1
    }

    private func grow() {
        let (oldMemory, old, oldCount) = (memory, slots, slotCount)
        slotCount *= 2
        (memory, slots) = Self.allocate(slotCount)
        for index in 0..<oldCount where old[index].next > 0 {
            slots[place(of: old[index].source, old[index].target)] = old[index]
        }
        withExtendedLifetime(oldMemory) {}
    }
}
