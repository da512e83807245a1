import Locks
package import Streams

extension ComputeThreads {
    private static let pools = Locked<[Int: ComputeThreads]>([:])

    /// So many threads, which all tests share.
    package static func of(_ count: Int) -> ComputeThreads {
        pools.withLock { pools in
            if let threads = pools[count] { return threads }
            let threads = ComputeThreads(count: count)
            pools[count] = threads
            return threads
        }
    }
}
