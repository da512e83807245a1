import Randomness
import Testing

@testable import Statistics

struct RankCorrelationTests {
    @Test func equalValuesShareTheirRanks() {
        #expect(Ranks.doubled([3, 1, 3, 2]) == [7, 2, 7, 4])
        #expect(Ranks.doubled([]) == [])
        #expect(Ranks.doubled([5, 5, 5]) == [4, 4, 4])
    }

    @Test func quantilesInterpolate() {
        #expect(Quantile.ofSorted(0, [1, 2, 4]) == 1)
        #expect(Quantile.ofSorted(1, [1, 2, 4]) == 4)
        #expect(Quantile.ofSorted(0.75, [1, 2, 4]) == 3)
        #expect(Quantile.ofSorted(0.3, [5]) == 5)
        #expect(Interval(middle: 0.5, of: []) == nil)
    }

    /// By hand: the ranks differ by 1, 1, 0, 1, 1, so rho = 1 - 6 * 4 / (5 * 24).
    @Test func rhoIsThatOfTheRanks() throws {
        let rank = try #require(RankCorrelation([1, 2, 3, 4, 5], [20, 10, 30, 50, 40], seed: 1))
        #expect((rank.rho - 0.8).magnitude < 1e-15 && rank.count == 5 && rank.isExact)
        // Of the 120 orders 16 are as far: scipy.stats.permutation_test, 0.1333.
        #expect((rank.pValue - 16.0 / 120).magnitude < 1e-15, "\(rank.pValue)")
        // z = atanh(0.8), standard error sqrt((1 + 0.32) / 2).
        let fisher = try #require(rank.fisher)
        #expect((fisher.low + 0.4571).magnitude < 1e-3 && (fisher.high - 0.9909).magnitude < 1e-3, "\(fisher)")
        #expect(RankCorrelation([1, 2], [1, 2], seed: 1) == nil)
        #expect(RankCorrelation([1, 1, 1], [1, 2, 3], seed: 1) == nil)
    }

    /// The two-sided 5 % values of METHODS 10.6: for n = 8 rho of 0.738 is just significant, the next lower one is not.
    @Test func criticalValuesAreThoseOfTheTables() throws {
        let order = [1.0, 2, 3, 4, 5, 6, 7, 8]
        let atBound = try #require(RankCorrelation(order, [3, 2, 1, 6, 4, 8, 5, 7], seed: 1))
        #expect((atBound.rho - 62.0 / 84).magnitude < 1e-12 && atBound.pValue < 0.05, "\(atBound)")
        let below = try #require(RankCorrelation(order, [4, 1, 2, 3, 8, 5, 6, 7], seed: 1))
        #expect(below.rho < atBound.rho && below.pValue > 0.05, "\(below)")
    }

    @Test func allOrdersAreLookedAtOnce() {
        var seen: Set<[Int]> = []
        Permutations.forEach([0, 1, 2, 3, 4]) { seen.insert($0) }
        #expect(seen.count == 120)
        var count = 0
        Permutations.forEach([0, 1, 2, 3, 4]) { _ in count += 1 }
        #expect(count == 120)
    }

    /// Where nothing is to be found, a p-value below x comes in a share x of the cases, exact or drawn.
    @Test(arguments: [6, 12])
    func pValuesAreUniformByChance(count: Int) throws {
        var generator = SplitMix64(seed: 7)
        let pValues = try (0..<200).map { _ in
            func some() -> [Double] { (0..<count).map { _ in Double(generator.next() >> 11) } }
            return try #require(RankCorrelation(some(), some(), seed: 3, permutations: 99, replicates: 1)).pValue
        }
        for share in [0.1, 0.5, 0.9] {
            let found = Double(pValues.count { $0 <= share }) / 200
            // Few orders make few different p-values, so that the next lower one may be far.
            #expect(found < share + 0.1 && found > share - (count < 9 ? 0.2 : 0.1), "\(share): \(found)")
        }
    }

    @Test func theSameSeedGivesTheSame() {
        let x = (0..<12).map { Double($0 * $0 % 7) }, y = (0..<12).map { Double($0 * 5 % 11) }
        func look(_ seed: UInt64) -> RankCorrelation? { .init(x, y, seed: seed, permutations: 500, replicates: 200) }
        #expect(look(1) == look(1))
        #expect(look(1)?.pValue != look(2)?.pValue)
    }

    @Test func normalQuantiles() {
        #expect((Normal.quantile(0.975) - 1.959963984540054).magnitude < 1e-12)
        #expect(Normal.quantile(0.5) == 0)
        #expect((Normal.quantile(0.001) + 3.090232306167813).magnitude < 1e-10)
        #expect((Normal.twoSidedPValue(1.959963984540054) - 0.05).magnitude < 1e-12)
    }
}
