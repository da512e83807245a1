/// What a concept is used for. The class decides where its vector lies and where a sentence may use it.
package enum WordClass: Int, CaseIterable {
    case function, noun, adjective, adverb, verb
    case speechVerb, motionVerb, corporateVerb, sportVerb
    case title, role, placeNoun, organizationNoun, timeNoun, direction, nationality
    case given, family, place, organizationStem, acronym

    /// How many concepts of the class the world has.
    package var conceptCount: Int {
        switch self {
        case .function: FunctionWord.allCases.count
        case .noun: 700
        case .adjective: 250
        case .adverb: 80
        case .verb: 240
        case .speechVerb: 28
        case .motionVerb: 28
        case .corporateVerb: 36
        case .sportVerb: 16
        case .title: 24
        case .role: 44
        case .placeNoun: 32
        case .organizationNoun: 44
        case .timeNoun: 22
        case .direction: 4
        case .nationality: 60
        case .given: 260
        case .family: 420
        case .place: 400
        case .organizationStem: 220
        case .acronym: 90
        }
    }

    /// The entity type that a concept of this class names, if it is a name.
    var entityType: EntityType? {
        switch self {
        case .given, .family: .person
        case .place: .location
        case .organizationStem, .acronym: .organization
        default: nil
        }
    }

    /// Whether the class is a name: open, capitalized, often without a vector in a target language.
    package var isName: Bool { entityType != nil }

    /// Whether the word tells what stands beside it: the words whose vectors go astray in target languages.
    package var isCue: Bool {
        switch self {
        case .function, .speechVerb, .motionVerb, .corporateVerb, .sportVerb: true
        case .title, .role, .placeNoun, .organizationNoun, .direction: true
        default: false
        }
    }

    /// Whether nouns' case endings attach to it.
    var takesCase: Bool {
        switch self {
        case .noun, .role, .placeNoun, .organizationNoun, .title: true
        default: isName
        }
    }

    /// The shared directions the vector of such a concept is made of, with weights in thousandths; the concept's own
    /// direction has weight 1000. Two classes that differ by one direction of weight w lie w / 100 standard
    /// deviations of a concept's own part from each other.
    var vectorRecipe: [(direction: SharedDirection, weight: Int)] {
        switch self {
        case .function: [(.functional, 400)]
        case .noun: [(.nominal, 300), (.topic, 300)]
        case .adjective: [(.adjectival, 350), (.topic, 200)]
        case .adverb: [(.adverbial, 350)]
        case .verb: [(.verbal, 350), (.topic, 150)]
        case .speechVerb: [(.verbal, 300), (.speaking, 350)]
        case .motionVerb: [(.verbal, 300), (.moving, 350)]
        case .corporateVerb: [(.verbal, 300), (.business, 350)]
        case .sportVerb: [(.verbal, 300), (.sport, 400)]
        case .title: [(.personCue, 400), (.titular, 250)]
        case .role: [(.personCue, 350), (.nominal, 200)]
        case .placeNoun: [(.placeCue, 400), (.nominal, 200)]
        case .organizationNoun: [(.organizationCue, 400), (.nominal, 200)]
        case .timeNoun: [(.temporal, 500)]
        case .direction: [(.placeCue, 250), (.adjectival, 250)]
        case .nationality: [(.adjectival, 250), (.proper, 200), (.placeName, 200)]
        case .given: [(.proper, 330), (.personName, 170), (.givenName, 150)]
        case .family: [(.proper, 330), (.personName, 190)]
        case .place: [(.proper, 330), (.placeName, 200)]
        case .organizationStem: [(.proper, 330), (.organizationName, 190)]
        case .acronym: [(.proper, 300), (.organizationName, 170), (.abbreviated, 150)]
        }
    }
}

/// A direction of the vector space that several concepts share.
enum SharedDirection: Int, CaseIterable {
    case functional, nominal, adjectival, adverbial, verbal, speaking, moving, business, sport, temporal, titular
    case personCue, placeCue, organizationCue
    case proper, personName, givenName, placeName, organizationName, abbreviated
    /// One of ``World/topicCount`` directions, by the concept's topic.
    case topic
}
