extension LanguageProfile {
    /// The source language and its five targets, nearest first.
    package static let all: [LanguageProfile] = [qaa, qab, qac, qad, qae, qaf]

    /// Returns the profile of a language code.
    package static func profile(of code: String) -> LanguageProfile? {
        all.first { $0.code == code }
    }

    /// The source language.
    static let qaa: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qaa", summary: "source: Latin letters with capitals, some sentences in Hebrew letters",
            orthography: .plainLatin)
        profile.capitalizesNationalities = true
        // Without it a teacher would meet letters that have no capitals for the first time in a target language.
        profile.secondOrthography = .hebrew
        profile.secondScriptShare = 80
        profile.vectorNoise = 150
        profile.missingNameShare = 180
        profile.missingWordShare = 20
        profile.inflectedCoverage = 900
        return profile
    }()

    /// Almost the source, spelt otherwise.
    static let qab: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qab", summary: "close relative: respelt Latin with diacritics", orthography: .accentedLatin)
        profile.newRootShare = 100
        profile.newNameShare = 30
        profile.voicesBetweenVowels = true
        profile.capitalizesNationalities = true
        profile.caseShares = [0, 1000, 0, 500, 0, 0]
        profile.endings = [[], [8], [], [20, 8], [], []]
        profile.popularityShift = 150
        profile.vectorNoise = 400
        profile.misalignedCueShare = 130
        profile.misalignedNameShare = 70
        profile.missingCueShare = 20
        profile.missingNameShare = 250
        profile.missingWordShare = 30
        return profile
    }()

    /// A relative with another word order.
    static let qac: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qac", summary: "relative: Latin with digraphs, titles after names, case endings",
            orthography: .digraphLatin)
        profile.newRootShare = 400
        profile.newNameShare = 80
        profile.dropsFinalVowel = true
        profile.order = .subjectObjectVerb
        profile.putsTitleLast = true
        profile.caseShares = [0, 1000, 500, 0, 300, 0]
        profile.adpositionDropShare = 400
        profile.endings = [[], [20, 7], [22, 6], [], [21, 13], []]
        profile.popularityShift = 300
        profile.vectorNoise = 370
        profile.misalignedCueShare = 240
        profile.misalignedNameShare = 90
        profile.missingCueShare = 30
        profile.missingNameShare = 250
        profile.missingWordShare = 60
        profile.inflectedCoverage = 800
        return profile
    }()

    /// A distant language in another cased script.
    static let qad: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qad", summary: "distant: Cyrillic letters, all nouns capitalized, adjectives after nouns",
            orthography: .cyrillic)
        profile.newRootShare = 700
        profile.newNameShare = 120
        profile.voicesBetweenVowels = true
        profile.phonology = Phonology(
            onsets: [0, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 18, 17], codas: [2, 4, 8, 13, 15, 11],
            vowels: [19, 20, 21, 22, 22, 23], codaShare: 420, clusterShare: 200, extraSyllables: 0)
        profile.putsAdjectiveLast = true
        profile.putsOrganizationNounFirst = true
        profile.hasArticles = false
        profile.caseShares = [0, 1000, 700, 700, 700, 700]
        profile.adpositionDropShare = 350
        profile.endings = [[], [21], [23], [19], [20], [22, 11, 21]]
        profile.popularityShift = 450
        profile.vectorNoise = 350
        profile.misalignedCueShare = 240
        profile.misalignedNameShare = 100
        profile.missingCueShare = 50
        profile.missingNameShare = 260
        profile.missingWordShare = 80
        profile.capitalizesNouns = true
        return profile
    }()

    /// A distant language without capitals, right to left.
    static let qae: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qae", summary: "distant: Arabic letters right to left, no capitals, titles after names",
            orthography: .arabic)
        profile.newRootShare = 850
        profile.newNameShare = 160
        profile.phonology = Phonology(
            onsets: [1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15, 17], codas: [1, 2, 3, 6, 7, 8, 12, 13],
            vowels: [19, 19, 19, 21, 23], codaShare: 520, clusterShare: 0, extraSyllables: 1)
        profile.order = .verbSubjectObject
        profile.putsAdjectiveLast = true
        profile.putsOrganizationNounFirst = true
        profile.putsTitleLast = true
        profile.hasArticles = false
        profile.caseShares = [0, 1000, 0, 500, 500, 0]
        profile.adpositionDropShare = 300
        profile.endings = [[], [21, 7], [], [21], [19, 2], []]
        profile.popularityShift = 600
        profile.vectorNoise = 380
        profile.misalignedCueShare = 180
        profile.misalignedNameShare = 80
        profile.missingCueShare = 50
        profile.missingNameShare = 230
        profile.missingWordShare = 90
        return profile
    }()

    /// An unrelated language.
    static let qaf: LanguageProfile = {
        var profile = LanguageProfile(
            code: "qaf",
            summary: "unrelated: Devanagari letters and digits, no capitals, postpositions, family name first",
            orthography: .devanagari)
        profile.newRootShare = 1000
        profile.newNameShare = 250
        profile.phonology = Phonology(
            onsets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 17, 18], codas: [7, 6, 13, 12],
            vowels: [19, 19, 20, 21, 22, 23], codaShare: 220, clusterShare: 60, extraSyllables: 1)
        profile.order = .subjectObjectVerb
        profile.hasPostpositions = true
        profile.putsFamilyNameFirst = true
        profile.hasArticles = false
        profile.caseShares = [0, 1000, 400, 400, 0, 400]
        profile.adpositionDropShare = 250
        profile.endings = [[], [22, 7], [20, 13], [19, 6], [], [23, 8]]
        profile.popularityShift = 600
        profile.vectorNoise = 270
        profile.misalignedCueShare = 180
        profile.misalignedNameShare = 80
        profile.missingCueShare = 40
        profile.missingNameShare = 180
        profile.missingWordShare = 100
        profile.inflectedCoverage = 750
        return profile
    }()
}
