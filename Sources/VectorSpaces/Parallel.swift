import Diagnostics
import Dispatch
import Locks

/// Shares numbered pieces of work among the computing threads.
enum Parallel {
    /// Calls `body` once for every number in `0..<count`, on at most `jobs` threads; each thread works with a value of
    /// its own from `makeScratch`. Between two pieces a signal is heeded.
    ///
    /// `body` writes only to places that belong to its number, so the result does not depend on `jobs`.
    static func run<Scratch>(
        count: Int, jobs: Int, makeScratch: @escaping @Sendable () -> Scratch,
        body: @escaping @Sendable (Int, inout Scratch) -> Void
    ) throws {
        let next = Locked(0)
        let lane: @Sendable (Int) -> Void = { _ in
            var scratch = makeScratch()
            while !Interruption.isRequested {
                let piece = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard piece < count else { return }
                body(piece, &scratch)
            }
        }
        if min(jobs, count) <= 1 {
            lane(0)
        } else {
            DispatchQueue.concurrentPerform(iterations: min(jobs, count), execute: lane)
        }
        try Interruption.check("stopped in the search for neighbours, nothing is written")
    }
}
