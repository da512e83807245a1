import Glibc
import Locks
import Streams

/// Runs the same work on several threads and gathers what it returns.
struct ThreadTeam {
    private let team: WorkerTeam
    private let size: Int

    init(_ size: Int) {
        self.size = size
        team = WorkerTeam(size: size)
    }

    /// Each thread gets one number below the size; a thread that finds none left got none.
    func run(_ body: @Sendable (Int) -> Int) -> [Int] {
        let results = Locked([Int](repeating: 0, count: size))
        team.run(size) { index, _ in
            let result = body(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }
}
