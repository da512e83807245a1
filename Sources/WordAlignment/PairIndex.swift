import Kernels

/// Numbers of the word pairs that meet in some line, from 1 in the order in which they first meet, by open addressing.
///
/// Most pairs of words meet once. Numbered in this order, what is kept of them lies in the order of the lines, and is read
/// from one end to the other.
///
/// Memory: 12 bytes a slot, at most `maximumSlotCount` slots (a power of two) of which 7 in 10 are used; half as much again while it grows.
/// Pairs that find no room are no candidates: they have number 0, and are counted.
final class PairIndex {
    /// `[I, J]` numbers of the pairs of a line.
    typealias Cells = UnsafeMutablePointer<UInt32>

    private struct Slot {
        var source, target: UInt32
        /// 0 marks a free slot.
        var number: UInt32
    }

    /// The largest power of two of slots whose numbers are `UInt32`s.
    static let largestSlotCount = 1 << 31
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
        slotCount = min(1 << 16, maximumSlotCount)
        (memory, slots) = Self.allocate(slotCount)
    }

    private static func allocate(_ count: Int) -> (NumberBuffer, UnsafeMutablePointer<Slot>) {
        let memory = NumberBuffer(count: 3 * count, isReadAtRandom: true)
        return (memory, UnsafeMutableRawPointer(memory.pointer).bindMemory(to: Slot.self, capacity: count))
    }

    /// Numbers all pairs of a line, `[I, J]`, and gives a number to those that have none.
    func insert(_ sources: UnsafeBufferPointer<UInt32>, _ targets: UnsafeBufferPointer<UInt32>, into numbers: Cells) {
        bringNear(sources, targets)
        forEachPair(sources, targets) { cell, source, target in numbers[cell] = insert(source, target) }
    }

    /// Numbers of all pairs of a line, `[I, J]`; 0 of those that have none.
    func find(_ sources: UnsafeBufferPointer<UInt32>, _ targets: UnsafeBufferPointer<UInt32>, into numbers: Cells) {
        bringNear(sources, targets)
        forEachPair(sources, targets) { cell, source, target in
            numbers[cell] = slots[place(of: source, target)].number
        }
    }

    /// Calls `body` with every pair and its number, in no order.
    func forEach(_ body: (_ number: Int, _ source: UInt32, _ target: UInt32) -> Void) {
        for slot in 0..<slotCount where slots[slot].number > 0 {
            body(Int(slots[slot].number), slots[slot].source, slots[slot].target)
        }
    }

    @inline(__always)
    private func forEachPair(
        _ sources: UnsafeBufferPointer<UInt32>, _ targets: UnsafeBufferPointer<UInt32>,
        _ body: (_ cell: Int, _ source: UInt32, _ target: UInt32) -> Void
    ) {
        var cell = 0
        for source in sources {
            for target in targets {
                body(cell, source, target)
                cell += 1
            }
        }
    }

    /// Reads all slots of a line, none of which waits for another, so that the processor fetches many at a time.
    private func bringNear(_ sources: UnsafeBufferPointer<UInt32>, _ targets: UnsafeBufferPointer<UInt32>) {
        var sum: UInt32 = 0
        forEachPair(sources, targets) { _, source, target in sum &+= slots[home(source, target)].number }
        withExtendedLifetime(sum) {}
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
        while slots[slot].number != 0 && (slots[slot].source != source || slots[slot].target != target) {
            slot = (slot + 1) & (slotCount - 1)
        }
        return slot
    }

    @inline(__always)
    private func insert(_ source: UInt32, _ target: UInt32) -> UInt32 {
        let slot = place(of: source, target)
        if slots[slot].number != 0 { return slots[slot].number }
        return add(source, target, slot)
    }

    @inline(never)
    private func add(_ source: UInt32, _ target: UInt32, _ free: Int) -> UInt32 {
        var slot = free
        if (count + 1) * 10 > slotCount * 7 {
            guard slotCount < maximumSlotCount else {
                refusedCount += 1
                return 0
            }
            grow()
            slot = place(of: source, target)
        }
        count += 1
        slots[slot] = Slot(source: source, target: target, number: UInt32(count))
        return UInt32(count)
    }

    private func grow() {
        let (oldMemory, old, oldCount) = (memory, slots, slotCount)
        slotCount *= 2
        (memory, slots) = Self.allocate(slotCount)
        for index in 0..<oldCount where old[index].number > 0 {
            slots[place(of: old[index].source, old[index].target)] = old[index]
        }
        withExtendedLifetime(oldMemory) {}
    }
}
