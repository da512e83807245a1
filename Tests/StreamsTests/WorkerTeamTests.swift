import Foundation
import Locks
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct WorkerTeamTests {
    @Test(arguments: [1, 2, 3, 8]) func everyItemIsDoneOnceBeforeARoundEnds(_ size: Int) {
        let team = WorkerTeam(size: size)
        for round in 0..<2000 {
            let count = round % 7
            let done = Locked([Int](repeating: 0, count: count))
            team.run(count) { item, _ in done.withLock { $0[item] += 1 } }
            #expect(done.withLock { $0 } == [Int](repeating: 1, count: count))
        }
    }

    /// Rounds far apart: the helpers have gone to sleep in between.
    @Test func helpersWakeUp() {
        let team = WorkerTeam(size: 3)
        for _ in 0..<20 {
            Thread.sleep(forTimeInterval: 0.01)
            let threads = Locked(Set<Int>())
            let sum = Locked(0)
            team.run(64) { item, worker in
                threads.withLock { _ = $0.insert(worker) }
                sum.withLock { $0 += item }
            }
            #expect(sum.withLock { $0 } == 63 * 32)
            #expect(threads.withLock { $0.isSubset(of: [0, 1, 2]) })
        }
    }

    @Test func itemsRunTogether() {
        let team = WorkerTeam(size: 2)
        // Each of two items waits for the other: alone, neither would end.
        let arrived = Locked(0)
        for round in 1...50 {
            team.run(2) { _, _ in
                arrived.withLock { $0 += 1 }
                while arrived.withLock({ $0 }) < 2 * round { sched_yield() }
            }
        }
        #expect(arrived.withLock { $0 } == 100)
    }

    @Test func teamsComeAndGo() {
        for _ in 0..<200 {
            let team = WorkerTeam(size: 4)
            let sum = Locked(0)
            team.run(10) { item, _ in sum.withLock { $0 += item } }
            #expect(sum.withLock { $0 } == 45)
        }
    }
}
