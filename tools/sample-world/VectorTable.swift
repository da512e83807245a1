/// The vectors of one language, with the faults that make transfer from the source imperfect.
package struct VectorTable {
    /// What happened to a concept's vector.
    package enum Fate { case aligned, misaligned, missing }

    /// The fate of every concept.
    package let fates: [Fate]
    private let vectors: [FixedVector]
    private let forms: [[FixedVector?]]

    /// Places the words of `lexicon` in the shared space.
    package init(lexicon: Lexicon) {
        let world = lexicon.world
        let profile = lexicon.profile
        var random = Random(seed: world.seed, label: "vectors " + profile.code)
        var endingOffsets = WordForm.allCases.map { _ in FixedVector(random: &random) }
        endingOffsets[WordForm.plural.rawValue] = world.pluralOffset
        var fates: [Fate] = []
        var vectors: [FixedVector] = []
        var forms: [[FixedVector?]] = []
        for concept in world.concepts {
            let wordClass = concept.wordClass
            let fate = Self.fate(of: wordClass, profile: profile, random: &random)
            var vector = FixedVector()
            if fate == .misaligned {
                let wrong = Self.wrongPlace(for: wordClass, world: world, random: &random)
                vector.add(world.concepts[wrong].vector, weight: 750)
                vector.add(FixedVector(random: &random), weight: 500)
            } else {
                vector.add(concept.vector, weight: 1000)
            }
            vector.add(FixedVector(random: &random), weight: profile.vectorNoise)
            if let twin = concept.sameFormAs {
                // One spelling has one vector: between its two meanings, nearer to the one named last.
                vector.add(vectors[twin], weight: 800)
            }
            fates.append(fate)
            vectors.append(vector)
            forms.append(
                WordForm.allCases.map { form in
                    guard fate != .missing else { return nil }
                    guard form != .base else { return vector }
                    guard wordClass.takesCase, profile.caseShares[form.rawValue] > 0,
                        random.chance(profile.inflectedCoverage)
                    else { return nil }
                    var formVector = vector
                    formVector.add(endingOffsets[form.rawValue], weight: profile.endingOffset)
                    formVector.add(FixedVector(random: &random), weight: 150)
                    return formVector
                })
        }
        self.fates = fates
        self.vectors = vectors
        self.forms = forms
    }

    /// Returns the vector of a form, or `nil` when the table lacks it.
    package func vector(of concept: Int, form: WordForm) -> FixedVector? {
        forms[concept][form.rawValue]
    }

    private static func fate(of wordClass: WordClass, profile: LanguageProfile, random: inout Random) -> Fate {
        let roll = random.below(1000)
        let (missing, misaligned) =
            wordClass.isName
            ? (profile.missingNameShare, profile.misalignedNameShare)
            : wordClass.isCue
                ? (profile.missingCueShare, profile.misalignedCueShare) : (profile.missingWordShare, 0)
        return roll < missing ? .missing : roll < missing + misaligned ? .misaligned : .aligned
    }

    /// Returns a concept of another kind, whose place a misaligned word takes.
    private static func wrongPlace(for wordClass: WordClass, world: World, random: inout Random) -> Int {
        let choices: [WordClass]
        switch wordClass {
        case .function: choices = [.function, .noun, .adverb, .verb]
        case .speechVerb: choices = [.corporateVerb, .verb, .noun]
        case .motionVerb: choices = [.speechVerb, .verb, .noun]
        case .corporateVerb: choices = [.speechVerb, .motionVerb, .verb]
        case .sportVerb: choices = [.speechVerb, .motionVerb, .noun]
        case .title, .role: choices = [.organizationNoun, .placeNoun, .noun, .adjective]
        case .placeNoun: choices = [.organizationNoun, .role, .noun]
        case .organizationNoun: choices = [.placeNoun, .role, .noun, .adjective]
        case .given, .family: choices = [.place, .organizationStem, .noun]
        case .place: choices = [.family, .organizationStem, .noun]
        default: choices = [.family, .place, .noun]
        }
        return world.indexes(of: choices[random.below(choices.count)]).randomElement(&random)
    }
}

extension Range<Int> {
    /// Returns one of the numbers.
    func randomElement(_ random: inout Random) -> Int {
        lowerBound + random.below(count)
    }
}
