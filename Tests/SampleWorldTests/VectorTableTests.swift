import Testing
import sample_world

private let world = World(seed: 7)

struct VectorTableTests {
    /// Whether `count` of `total` is within four standard deviations of `perMille`.
    private func isPlausible(_ count: Int, of total: Int, perMille: Int) -> Bool {
        let share = Double(perMille) / 1000
        let deviation = (Double(total) * share * (1 - share)).squareRoot()
        return abs(Double(count) - Double(total) * share) <= 4 * deviation
    }

    @Test(arguments: LanguageProfile.all.map(\.code))
    func wordsGoAstrayAtTheSharesOfTheProfile(code: String) throws {
        let profile = try #require(LanguageProfile.profile(of: code))
        let table = VectorTable(lexicon: Lexicon(world: world, profile: profile))
        func count(_ fate: VectorTable.Fate, where isCounted: (WordClass) -> Bool) -> (count: Int, total: Int) {
            let counted = world.concepts.indices.filter { isCounted(world.concepts[$0].wordClass) }
            return (counted.count { table.fates[$0] == fate }, counted.count)
        }
        let missingNames = count(.missing) { $0.isName }
        #expect(isPlausible(missingNames.count, of: missingNames.total, perMille: profile.missingNameShare))
        let wrongNames = count(.misaligned) { $0.isName }
        #expect(isPlausible(wrongNames.count, of: wrongNames.total, perMille: profile.misalignedNameShare))
        let missingCues = count(.missing) { $0.isCue }
        #expect(isPlausible(missingCues.count, of: missingCues.total, perMille: profile.missingCueShare))
        let wrongCues = count(.misaligned) { $0.isCue }
        #expect(isPlausible(wrongCues.count, of: wrongCues.total, perMille: profile.misalignedCueShare))
        let missingWords = count(.missing) { !$0.isCue && !$0.isName }
        #expect(isPlausible(missingWords.count, of: missingWords.total, perMille: profile.missingWordShare))
        for index in world.concepts.indices {
            #expect((table.vector(of: index, form: .base) == nil) == (table.fates[index] == .missing))
        }
    }

    private func cosine(_ left: FixedVector, _ right: FixedVector) -> Double {
        func dot(_ a: FixedVector, _ b: FixedVector) -> Double {
            zip(a.components, b.components).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
    }

    @Test func alignedWordsLieByTheirConceptAndMisalignedOnesDoNot() throws {
        let profile = try #require(LanguageProfile.profile(of: "qae"))
        let table = VectorTable(lexicon: Lexicon(world: world, profile: profile))
        var aligned: [Double] = []
        var misaligned: [Double] = []
        for (index, concept) in world.concepts.enumerated() where concept.wordClass.isCue {
            guard let vector = table.vector(of: index, form: .base) else { continue }
            let similarity = cosine(vector, concept.vector)
            if table.fates[index] == .aligned { aligned.append(similarity) } else { misaligned.append(similarity) }
        }
        #expect(aligned.reduce(0, +) / Double(aligned.count) > 0.85)
        #expect(!misaligned.isEmpty && misaligned.reduce(0, +) / Double(misaligned.count) < 0.4)
    }

    @Test func thousandthsAreRoundedHalfAwayFromZero() {
        var random = Random(seed: 1, label: "rounding")
        var vector = FixedVector(random: &random)
        vector.components = [Int](repeating: 0, count: FixedVector.dimension)
        vector.components[0] = 3 << 16
        vector.components[1] = -(4 << 16)
        // Length 5, so 3 and -4 become 60 and -80 thousandths of the file's length 0.100.
        #expect(vector.thousandths().prefix(3) == [60, -80, 0])
        vector.components[0] = 1 << 16
        vector.components[1] = 0
        vector.components[2] = -((1 << 16) / 200)
        // 327 / 65537.. of 100 is 0.499: below half, hence 0 and never "-0".
        #expect(vector.thousandths().prefix(3) == [100, 0, 0])
    }
}
