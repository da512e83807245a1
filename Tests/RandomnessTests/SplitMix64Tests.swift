import Randomness
import Testing

struct SplitMix64Tests {
    @Test func givesThePublishedSequence() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        for value in expected { #expect(generator.next() == value) }
    }

    @Test(arguments: [1, 2, 3, 1000]) func indexStaysInRangeAndReachesBothEnds(bound: Int) {
        var generator = SplitMix64(seed: 7)
        var smallest = Int.max
        var largest = Int.min
        for _ in 0..<20_000 {
            let index = generator.index(below: bound)
            smallest = min(smallest, index)
            largest = max(largest, index)
        }
        #expect(smallest == 0)
        #expect(largest == bound - 1)
    }
}
