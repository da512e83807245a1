import Glibc
import Locks
import Streams

/// Runs the same work on several threads and gathers what it returns.
struct ThreadTeam {
    private static let pools = Locked<[Int: ComputeThreads]>([:])
    let threads: ComputeThreads

    init(_ size: Int) {
        threads = Self.pools.withLock { pools in
            let threads = pools[size] ?? ComputeThreads(count: size)
            pools[size] = threads
            return threads
        }
    }

    /// Each thread gets one number below the size; a thread that finds none left got none.
    func run(_ body: @Sendable (Int) -> Int) -> [Int] {
        let results = Locked([Int](repeating: 0, count: threads.count))
        threads.run(threads.count) { index, _ in
            let result = body(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }
}
