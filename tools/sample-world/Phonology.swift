/// How a language builds its roots: sounds are small integers, consonants first, then vowels.
struct Phonology {
    /// The number of consonants: p b t d k g m n s z f v l r h y w sh ch.
    static let consonantCount: UInt8 = 19
    /// The number of vowels: a e i o u.
    static let vowelCount: UInt8 = 5

    /// Consonants that may begin a syllable, repeated by preference.
    let onsets: [UInt8]
    /// Consonants that may end a syllable.
    let codas: [UInt8]
    /// Vowels, repeated by preference.
    let vowels: [UInt8]
    /// How often a syllable ends in a consonant, per mille.
    let codaShare: Int
    /// How often an onset is followed by l or r, per mille.
    let clusterShare: Int
    /// Added to the number of syllables of every root but function words and acronyms.
    let extraSyllables: Int

    /// The source language's habits.
    static let source = Phonology(
        onsets: [0, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 13, 14, 16, 17, 18],
        codas: [7, 7, 13, 12, 8, 2, 4, 6],
        vowels: [19, 19, 20, 20, 21, 22, 22, 23], codaShare: 330, clusterShare: 110, extraSyllables: 0)

    /// Returns whether a sound is a vowel.
    static func isVowel(_ sound: UInt8) -> Bool { sound >= consonantCount }

    /// Invents a root that suits the class: function words are short, names and rare words long.
    func root(of wordClass: WordClass, random: inout Random) -> [UInt8] {
        let syllableCount: Int
        switch wordClass {
        case .function: syllableCount = 1 + random.below(8) / 6
        case .acronym: return acronym(random: &random)
        case .given, .family, .organizationStem: syllableCount = 2 + random.below(3) / 2 + extraSyllables
        case .place, .nationality: syllableCount = 2 + random.below(2) + extraSyllables
        default: syllableCount = 2 + random.below(5) / 3 + extraSyllables
        }
        var sounds: [UInt8] = []
        for number in 0..<syllableCount {
            if number > 0 || !random.chance(120) {
                let onset = onsets[random.below(onsets.count)]
                sounds.append(onset)
                if onset < 6, random.chance(clusterShare) { sounds.append(random.chance(500) ? 12 : 13) }
            }
            sounds.append(vowels[random.below(vowels.count)])
            if random.chance(codaShare) { sounds.append(codas[random.below(codas.count)]) }
        }
        return sounds
    }

    /// Three or four letters, at most one of them a vowel.
    private func acronym(random: inout Random) -> [UInt8] {
        var sounds = (0..<3 + random.below(2)).map { _ in onsets[random.below(onsets.count)] % 17 }
        sounds[1] = vowels[random.below(vowels.count)]
        return sounds
    }
}
