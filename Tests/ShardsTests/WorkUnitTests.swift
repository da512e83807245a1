import Shards
import Testing

struct WorkUnitTests {
    @Test(arguments: [0, 1, 6, 7, 100, 1_000_003, Int.max - 1])
    func sharesFollowOneAnotherAndAreAll(total: Int) throws {
        for count in [1, 2, 3, 7, 64] {
            var next = 0
            for number in 1...count {
                let share = try #require(WorkUnit("\(number)/\(count)")).share(of: total)
                #expect(share.lowerBound == next && (total / count...total / count + 1).contains(share.count))
                next = share.upperBound
            }
            #expect(next == total)
        }
    }
}
