import Randomness
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

    // Things that cannot be divided, shared out by their sizes.

    private static func shares(_ sizes: [Int], among count: Int) throws -> [Range<Int>] {
        try (1...count).map { try #require(WorkUnit("\($0)/\(count)")).share(ofSizes: sizes) }
    }

    @Test func everyUnitHasOneAndNoneHasMuchMoreThanItsPart() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<300 {
            let largest = [1, 10, 1_000_000].randomElement(using: &random) ?? 1
            let sizes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Int.random(in: 0...10, using: &random) == 0 ? largest * 50 : Int.random(in: 0...largest, using: &random)
            }
            let count = Int.random(in: 1...sizes.count, using: &random)
            let shares = try Self.shares(sizes, among: count)
            #expect(shares.flatMap { $0 } == Array(sizes.indices), "\(sizes) \(count)")
            #expect(shares.allSatisfy { !$0.isEmpty }, "\(sizes) \(count)")
            let bound = Double(sizes.reduce(0, +)) / Double(count) + Double(sizes.max() ?? 0)
            for share in shares where share.count > 1 {
                #expect(Double(sizes[share].reduce(0, +)) <= bound, "\(sizes) \(count) \(share)")
            }
        }
    }

    @Test func aLargeOneIsDoneAlone() throws {
        #expect(try Self.shares([900, 1, 1, 1, 1, 1], among: 3) == [0..<1, 1..<2, 2..<6])
        #expect(try Self.shares([1, 1, 1, 1, 1, 900], among: 3) == [0..<4, 4..<5, 5..<6])
        #expect(try Self.shares([10, 10, 10, 10], among: 2) == [0..<2, 2..<4])
        #expect(try Self.shares([0, 0, 0], among: 3) == [0..<1, 1..<2, 2..<3])
        // What a file says of its size may be anything.
        #expect(try Self.shares([.max, .max, .max, .max], among: 2) == [0..<2, 2..<4])
    }
}
