import Testing
import sample_world

/// The world of seed 7, made once.
private let world = World(seed: 7)

/// 300 sentences of a language with their speller.
private func sentences(of profile: LanguageProfile) -> (sentences: [Sentence], text: SentenceText) {
    let lexicon = Lexicon(world: world, profile: profile)
    var builder = SentenceBuilder(lexicon: lexicon, label: "test of sentences")
    return ((0..<300).map { _ in builder.next() }, SentenceText(lexicon: lexicon))
}

struct SentenceTests {
    @Test(arguments: LanguageProfile.all.map(\.code))
    func tagsAreIOB2AndAllTypesOccur(code: String) throws {
        let profile = try #require(LanguageProfile.profile(of: code))
        var begun = Set<String>()
        for sentence in sentences(of: profile).sentences {
            var open: EntityType?
            for item in sentence.items {
                switch item.tag {
                case .outside: open = nil
                case .begin(let type):
                    open = type
                    begun.insert(type.label)
                case .inside(let type): #expect(open == type, "an inside tag continues an entity of its type")
                }
            }
        }
        #expect(begun == ["PER", "ORG", "LOC"])
    }

    /// The rules of UAX #29 that the sample's text needs: letters with their marks, numbers with inner separators,
    /// every other character alone.
    private func tokens(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        func isNumber(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .decimalNumber }
        var tokens: [String] = []
        var index = 0
        while index < scalars.count {
            let start = index
            if scalars[index].properties.isAlphabetic {
                while index < scalars.count,
                    scalars[index].properties.isAlphabetic
                        || scalars[index].properties.canonicalCombiningClass == .virama
                {
                    index += 1
                }
            } else if isNumber(scalars[index]) {
                while index < scalars.count,
                    isNumber(scalars[index])
                        || (".,".unicodeScalars.contains(scalars[index]) && index + 1 < scalars.count
                            && isNumber(scalars[index + 1]))
                {
                    index += 1
                }
            } else {
                index += 1
                if scalars[start] == " " { continue }
            }
            var token = String.UnicodeScalarView()
            token.append(contentsOf: scalars[start..<index])
            tokens.append(String(token))
        }
        return tokens
    }

    @Test(arguments: LanguageProfile.all.map(\.code))
    func cuttingTheRunningTextGivesTheLabelledTokens(code: String) throws {
        let profile = try #require(LanguageProfile.profile(of: code))
        let (sentences, text) = sentences(of: profile)
        for sentence in sentences {
            let labelled = sentence.items.map { text.text(of: $0, inSecondScript: sentence.isInSecondScript) }
            #expect(tokens(of: text.running(sentence)) == labelled)
            let lines = text.columns(sentence).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == sentence.items.count + 2)
            #expect(lines.suffix(2) == ["", ""])
            #expect(zip(lines, sentence.items).allSatisfy { line, item in line.hasSuffix("\t" + item.tag.text) })
        }
    }

    @Test func capitalsFollowTheScript() throws {
        for profile in LanguageProfile.all {
            let (sentences, text) = sentences(of: profile)
            let all = sentences.map { text.running($0) }.joined(separator: " ")
            #expect((all.lowercased() != all) == profile.orthography.hasCapitals, "\(profile.code)")
        }
    }

    @Test func onlyTheSourceHasASecondScript() {
        for profile in LanguageProfile.all {
            let share = sentences(of: profile).sentences.count { $0.isInSecondScript }
            #expect(profile.code == "qaa" ? (8..<50).contains(share) : share == 0, "\(profile.code): \(share)")
        }
    }

    @Test func spellingsAreDistinctExceptOnPurpose() {
        for profile in LanguageProfile.all {
            let lexicon = Lexicon(world: world, profile: profile)
            let bases = world.concepts.indices.filter { world.concepts[$0].sameFormAs == nil }
            let spellings = Set(bases.map { lexicon.spelling(of: $0, form: .base) })
            #expect(spellings.count == bases.count, "\(profile.code)")
            for (index, concept) in world.concepts.enumerated() {
                guard let twin = concept.sameFormAs else { continue }
                #expect(lexicon.spelling(of: index, form: .base) == lexicon.spelling(of: twin, form: .base))
            }
        }
    }
}
