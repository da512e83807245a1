import Diagnostics
import Locks
import Streams

extension ComputeThreads {
    /// Takes blocks through three steps, each in the order of the blocks: one is read and another is finished while the one between them
    /// is looked at, in several ways at the same time.
    ///
    /// - Parameters:
    ///   - look: Gets the block and the number of the way.
    ///   - finish: Gets the number of the block, the block, and what was found in each way.
    func forEachBlock<Block: Sendable, Found: Sendable>(
        _ count: Int, read: @Sendable (Int) throws -> Block, ways: Int, look: @Sendable (Block, Int) -> Found,
        finish: (Int, Block, [Found]) throws -> Void
    ) throws {
        let next = Locked<Block?>(nil), last = Locked<(block: Block, founds: [Found])?>(nil)
        let founds = Locked([Found?](repeating: nil, count: ways))
        try withoutActuallyEscaping(finish) { finish in
            // One thread calls it, while the caller waits.
            nonisolated(unsafe) let finish = finish
            var current: Block?
            for step in 0..<count + 2 {
                try Interruption.check("interrupted while aligning; run the same command again")
                try run(ways + 2) { [current] item, _ in
                    switch item - ways / 2 {
                    case 0:
                        guard let done = last.withLock({ $0.take() }) else { return }
                        try finish(step - 2, done.block, done.founds)
                    case 1:
                        let block = step < count ? try read(step) : nil
                        next.withLock { $0 = block }
                    default:
                        guard let current else { return }
                        let way = item < ways / 2 ? item : item - 2, found = look(current, way)
                        founds.withLock { $0[way] = found }
                    }
                }
                last.withLock { $0 = current.map { ($0, founds.withLock { $0.compactMap { $0 } }) } }
                current = next.withLock { $0 }
            }
        }
    }
}
