/// The words of one language: a spelling for every concept and form, and how popular each concept is.
package struct Lexicon {
    /// The language.
    package let profile: LanguageProfile
    /// The world whose concepts the language expresses.
    package let world: World
    /// Lower-case spellings, indexed by concept times the number of forms plus form.
    private var lower: [String]
    private var capitalized: [String]
    private var allCapitals: [String]
    private var secondScript: [String]
    /// For each class, its concepts from most to least popular, and the running sums of their weights.
    private var popularity: [(concepts: [Int], sums: [Int])]

    /// Builds the words of `profile`.
    package init(world: World, profile: LanguageProfile) {
        self.world = world
        self.profile = profile
        let formCount = WordForm.allCases.count
        var random = Random(seed: world.seed, label: "lexicon " + profile.code)
        var taken: Set<String> = []
        var roots: [[UInt8]] = []
        lower = []
        secondScript = []
        for concept in world.concepts {
            var root = concept.root
            if let twin = concept.sameFormAs {
                root = roots[twin]
            } else {
                let share = concept.wordClass.isName ? profile.newNameShare : profile.newRootShare
                if random.chance(share) {
                    root = profile.phonology.root(of: concept.wordClass, random: &random)
                } else {
                    root = Self.changedSounds(root, profile: profile)
                }
                // Two concepts share a spelling only on purpose: add sounds until the word is free.
                while !taken.insert(profile.orthography.spelling(of: root)).inserted {
                    root.append(Phonology.isVowel(root[root.count - 1]) ? 13 : 19)
                    root.append(Phonology.isVowel(root[root.count - 1]) ? 7 : 22)
                    root.append(UInt8(random.below(Int(Phonology.consonantCount))))
                }
            }
            roots.append(root)
            for form in WordForm.allCases {
                let sounds = root + profile.endings[form.rawValue]
                lower.append(profile.orthography.spelling(of: sounds))
                if let second = profile.secondOrthography { secondScript.append(second.spelling(of: sounds)) }
            }
        }
        precondition(lower.count == world.concepts.count * formCount, "one spelling per concept and form")
        capitalized = lower.map { profile.orthography.hasCapitals ? $0.prefix(1).uppercased() + $0.dropFirst() : $0 }
        allCapitals = lower.map { profile.orthography.hasCapitals ? $0.uppercased() : $0 }
        popularity = []
        for wordClass in WordClass.allCases {
            let ranked = world.indexes(of: wordClass).map { index in
                let own = random.below(wordClass.conceptCount)
                let rank = index - world.indexes(of: wordClass).lowerBound
                return (key: rank * (1000 - profile.popularityShift) + own * profile.popularityShift, index: index)
            }.sorted { ($0.key, $0.index) < ($1.key, $1.index) }
            var sum = 0
            let sums = ranked.indices.map { rank in
                sum += 1_000_000 / (rank + 8)
                return sum
            }
            popularity.append((ranked.map(\.index), sums))
        }
    }

    /// Returns a concept of the class; popular ones come more often (Zipf's law with an offset of 8).
    func pick(_ wordClass: WordClass, random: inout Random) -> Int {
        let entry = popularity[wordClass.rawValue]
        let target = random.below(entry.sums[entry.sums.count - 1])
        var low = 0
        var high = entry.sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if entry.sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        return entry.concepts[low]
    }

    /// Returns the spelling of a concept's form.
    package func spelling(of concept: Int, form: WordForm, capitals: Capitals = .none) -> String {
        let index = concept * WordForm.allCases.count + form.rawValue
        switch capitals {
        case .none: return lower[index]
        case .first: return capitalized[index]
        case .all: return allCapitals[index]
        }
    }

    /// Returns the spelling in the second script; unlike the first, it may be the same for several concepts.
    ///
    /// - Precondition: The language has a second script.
    package func secondSpelling(of concept: Int, form: WordForm) -> String {
        secondScript[concept * WordForm.allCases.count + form.rawValue]
    }

    /// Applies the regular sound changes by which the language's inherited words differ.
    private static func changedSounds(_ root: [UInt8], profile: LanguageProfile) -> [UInt8] {
        var sounds = root
        if profile.voicesBetweenVowels, sounds.count > 2 {
            for index in 1..<sounds.count - 1
            where Phonology.isVowel(sounds[index - 1]) && Phonology.isVowel(sounds[index + 1]) {
                // p t k become b d g, s becomes z.
                if [0, 2, 4, 8].contains(sounds[index]) { sounds[index] += 1 }
            }
        }
        if profile.dropsFinalVowel, sounds.count > 4, Phonology.isVowel(sounds[sounds.count - 1]) {
            sounds.removeLast()
        }
        return sounds
    }
}

/// How a word is capitalized.
package enum Capitals { case none, first, all }
