import Randomness
import Testing

@testable import Statistics

struct LanguagePermutationTests {
    /// With one source it is the permutation of targets: for 5 targets in perfect order 2 of 120 are as far.
    @Test func withOneSourceTargetsChangePlaces() throws {
        let pairs = (1...5).map { LanguagePermutation.Pair(source: 0, target: $0, gain: Double($0)) }
        let found = try #require(LanguagePermutation(pairs, measure: { _, target in Double(target) * 2 }, seed: 1))
        #expect(found.isExact && (found.correlation - 1).magnitude < 1e-12)
        #expect((found.pValue - 2.0 / 120).magnitude < 1e-15, "\(found.pValue)")
    }

    /// A measure that is only the target's own, and gains that are only the target's own: nothing is left of the pair.
    @Test func centredGainsHaveNothingOfTheTarget() {
        let pairs = (0..<4).flatMap { source in
            (0..<4).filter { $0 != source }.map {
                LanguagePermutation.Pair(source: source, target: $0, gain: Double($0 * $0))
            }
        }
        #expect(LanguagePermutation(pairs, measure: { _, target in Double(target) }, centered: true, seed: 1) == nil)
        #expect(LanguagePermutation(pairs, measure: { _, target in Double(target) }, seed: 1)?.isExact == true)
    }

    /// Gains of targets that share a target are one find, not many: permuting languages says so.
    @Test func effectsOfLanguagesAreNoFinds() throws {
        var generator = SplitMix64(seed: 5)
        var below = 0
        for _ in 0..<100 {
            let own = (0..<7).map { _ in Double(generator.next() >> 40) },
                other = (0..<7).map { _ in Double(generator.next() >> 40) }
            let pairs = (0..<7).flatMap { source in
                (0..<7).filter { $0 != source }.map {
                    LanguagePermutation.Pair(source: source, target: $0, gain: own[$0])
                }
            }
            let found = try #require(
                LanguagePermutation(pairs, measure: { _, target in other[target] }, seed: 2, permutations: 99))
            if found.pValue <= 0.1 { below += 1 }
        }
        #expect(below <= 22, "\(below) of 100 below 0.1")
    }

    @Test func whatWasNotMeasuredIsRefused() {
        let pairs = (1...4).map { LanguagePermutation.Pair(source: 0, target: $0, gain: Double($0)) }
        #expect(LanguagePermutation(pairs, measure: { _, target in target == 3 ? nil : 1 }, seed: 1) == nil)
    }
}
