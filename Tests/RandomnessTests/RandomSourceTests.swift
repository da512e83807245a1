import Randomness
import Testing

/// Golden values from an independent implementation of the same definition (integers of any size, IEEE doubles).
@Suite struct RandomSourceTests {
    @Test func numbersAreThoseOfTheDefinition() {
        var random = RandomSource(seed: 1, stream: .initialization)
        #expect(
            (0..<3).map { _ in random.next() } == [0x5c8b_1bf3_eb4e_95eb, 0xe56a_b0ec_658e_9e04, 0x0cc3_1335_0daf_1937])
        random = RandomSource(seed: 7, stream: .sentenceOrder, 2, 5)
        #expect((0..<2).map { _ in random.next() } == [0x4e58_5577_4265_08a0, 0x572a_e685_e0e9_5e6d])
    }

    @Test func permutationAndNormalsAreThoseOfTheDefinition() {
        var random = RandomSource(seed: 7, stream: .sentenceOrder, 2, 5)
        #expect(random.permutation(10) == [4, 0, 7, 1, 2, 8, 6, 5, 9, 3])
        random = RandomSource(seed: 42, stream: .initialization)
        #expect(abs(random.nextNormal() - 0.6869155259912726) < 1e-12)
        #expect(abs(random.nextNormal() - 1.9582275894376424) < 1e-12)
    }

    @Test func streamsAndCountersDoNotShareNumbers() {
        var seen: Set<UInt64> = []
        for seed in 0..<3 as Range<UInt64> {
            for stream in [RandomSource.Stream.initialization, .blockOrder, .sentenceOrder, .dropout] {
                for counter in 0..<5 as Range<UInt64> {
                    var random = RandomSource(seed: seed, stream: stream, counter)
                    seen.insert(random.next())
                }
            }
        }
        #expect(seen.count == 60)
    }

    @Test(arguments: [0, 1, 2, 1000])
    func permutationHoldsEveryNumberOnce(_ count: Int) {
        var random = RandomSource(seed: 3, stream: .blockOrder)
        #expect(random.permutation(count).sorted() == Array(0..<count))
    }

    @Test func normalsHaveMeanZeroAndDeviationOne() {
        var random = RandomSource(seed: 5, stream: .initialization)
        let values = (0..<20000).map { _ in random.nextNormal() }
        let mean = values.reduce(0, +) / 20000
        #expect(abs(mean) < 0.03)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 20000 - 1) < 0.05)
        #expect(values.allSatisfy { $0.isFinite })
    }
}
