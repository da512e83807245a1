/// Builds noun phrases and names in the order and with the endings of one language.
struct PhraseBuilder {
    let lexicon: Lexicon
    /// Whose popularity decides which words are taken: another language's where the sentence is a translation from it.
    let choices: Lexicon
    var random: Random
    /// Decides what the grammar of the language leaves open; nil takes ``random``. A stream of its own lets two languages
    /// say the same: then ``random`` draws the same numbers for both.
    var grammar: Random?

    init(lexicon: Lexicon, random: Random) {
        self.lexicon = lexicon
        choices = lexicon
        self.random = random
    }

    init(lexicon: Lexicon, choices: Lexicon, random: Random, grammar: Random) {
        self.lexicon = lexicon
        self.choices = choices
        self.random = random
        self.grammar = grammar
    }

    private var profile: LanguageProfile { lexicon.profile }
    private var world: World { lexicon.world }

    // MARK: Grammar

    mutating func grammarBelow(_ bound: Int) -> Int { grammar?.below(bound) ?? random.below(bound) }
    mutating func grammarChance(_ perMille: Int) -> Bool { grammarBelow(1000) < perMille }

    // MARK: Words

    /// Returns a function word.
    func function(_ word: FunctionWord) -> Item {
        Item(content: .word(concept: world.index(of: word), form: .base))
    }

    /// Returns a popular word of a class, capitalized as the language capitalizes that class.
    mutating func word(_ wordClass: WordClass, form: WordForm = .base) -> Item {
        let isCapital: Bool
        switch wordClass {
        case .title, .timeNoun: isCapital = true
        case .nationality: isCapital = profile.capitalizesNationalities
        case .noun, .role, .placeNoun, .organizationNoun: isCapital = profile.capitalizesNouns
        default: isCapital = wordClass.isName
        }
        return Item(
            content: .word(concept: choices.pick(wordClass, random: &random), form: form),
            capitals: wordClass == .acronym ? .all : isCapital ? .first : .none)
    }

    /// Returns a comma.
    func comma() -> Item {
        Item(content: .mark(profile.orthography.comma), joinsPrevious: true)
    }

    /// Returns a numeral; some have a decimal or thousands separator.
    mutating func number() -> Item {
        let text: String
        switch random.below(10) {
        case 0: text = "\(1 + random.below(99)).\(1 + random.below(9))"
        case 1: text = "\(1 + random.below(99)),\(100 + random.below(900))"
        case 2, 3: text = "\(1900 + random.below(130))"
        default: text = "\(2 + random.below(200))"
        }
        return Item(content: .number(text))
    }

    // MARK: Phrases

    /// Returns a noun phrase without names.
    mutating func nounPhrase() -> [Item] {
        var phrase: [Item] = []
        let number: WordForm = random.chance(300) ? .plural : .base
        if profile.hasArticles, grammarChance(750) {
            phrase.append(function(grammarChance(600) ? .the : number == .plural ? .some : .a))
        } else if grammarChance(150) {
            phrase.append(function([.this, .his, .her, .its, .their][grammarBelow(5)]))
        }
        let noun = word(random.chance(60) ? .role : .noun, form: number)
        let adjective = random.chance(350) ? word(random.chance(180) ? .nationality : .adjective) : nil
        phrase.append(noun)
        if let adjective { phrase.insert(adjective, at: profile.putsAdjectiveLast ? phrase.count : phrase.count - 1) }
        return phrase
    }

    /// Returns a person: a name, often with a title or a role beside it.
    mutating func person() -> [Item] {
        var name: [Item]
        switch random.below(100) {
        case 0..<50:
            let given = word(.given)
            name = profile.putsFamilyNameFirst ? [word(.family), given] : [given, word(.family)]
        case 50..<54:
            // A double name joined by a hyphen, three tokens.
            name = [word(.given), Item(content: .mark("-"), joinsPrevious: true, joinsNext: true), word(.given)]
        case 54..<68: name = [word(.given)]
        default: name = [word(.family)]
        }
        Self.label(&name, .person)
        switch random.below(100) {
        case 0..<22:
            let title = word(.title)
            return profile.putsTitleLast ? name + [title] : [title] + name
        case 22..<40:
            var role = [word(.role)]
            if random.chance(300) { role.insert(word(.nationality), at: profile.putsAdjectiveLast ? 1 : 0) }
            return profile.putsTitleLast ? name + role : role + name
        default: return name
        }
    }

    /// Returns an organization.
    mutating func organization() -> [Item] {
        var name: [Item]
        switch random.below(100) {
        case 0..<24: name = compound(word(.place), capitalized(word(.organizationNoun)))
        case 24..<46: name = compound(word(.organizationStem), capitalized(word(.organizationNoun)))
        case 46..<56:
            let place = word(.place)
            let noun = capitalized(word(.organizationNoun))
            name = profile.hasPostpositions ? [place, function(.of), noun] : [noun, function(.of), place]
        case 56..<74: name = [word(.acronym)]
        default: name = [word(.organizationStem)]
        }
        Self.label(&name, .organization)
        if profile.hasArticles, name.count > 1, grammarChance(500) { name.insert(function(.the), at: 0) }
        return name
    }

    /// Returns a place.
    mutating func location() -> [Item] {
        var name: [Item]
        switch random.below(100) {
        case 0..<10:
            name = compound(word(.place), capitalized(word(.placeNoun)))
        case 10..<18:
            let direction = capitalized(word(.direction))
            name = profile.putsAdjectiveLast ? [word(.place), direction] : [direction, word(.place)]
        case 18..<30:
            // "the city of X": only X is the name.
            name = [word(.place)]
            Self.label(&name, .location)
            let noun = [word(.placeNoun)]
            let article = profile.hasArticles ? [function(.the)] : []
            if profile.hasPostpositions { return name + [function(.of)] + noun }
            return article + noun + [function(.of)] + name
        default: name = [word(.place)]
        }
        Self.label(&name, .location)
        return name
    }

    /// Returns a name of any type.
    mutating func anyName() -> [Item] {
        switch random.below(3) {
        case 0: person()
        case 1: organization()
        default: location()
        }
    }

    /// Returns a phrase with an adposition and the case ending that goes with it, either of which may be lacking.
    mutating func adpositional(_ word: FunctionWord, _ phrase: [Item]) -> [Item] {
        let form: WordForm
        switch word {
        case .in, .at, .near, .during: form = .locative
        case .of, .from, .by: form = .genitive
        case .to, .for, .with: form = .dative
        default: form = .accusative
        }
        let (inflected, isInflected) = inflect(phrase, form)
        if isInflected, grammarChance(profile.adpositionDropShare) { return inflected }
        return profile.hasPostpositions ? inflected + [function(word)] : [function(word)] + inflected
    }

    /// Puts the phrase's head, the last word that takes case, into a case if the language has it there.
    mutating func inflect(_ phrase: [Item], _ form: WordForm) -> (phrase: [Item], isInflected: Bool) {
        guard grammarChance(profile.caseShares[form.rawValue]) else { return (phrase, false) }
        var result = phrase
        for index in phrase.indices.reversed() {
            if case .word(let concept, .base) = phrase[index].content, world.concepts[concept].wordClass.takesCase {
                result[index].content = .word(concept: concept, form: form)
                return (result, true)
            }
        }
        return (phrase, false)
    }

    /// Marks a whole phrase as one entity.
    static func label(_ phrase: inout [Item], _ type: EntityType) {
        for index in phrase.indices { phrase[index].tag = index == 0 ? .begin(type) : .inside(type) }
    }

    private func capitalized(_ item: Item) -> Item {
        var item = item
        item.capitals = .first
        return item
    }

    private func compound(_ name: Item, _ noun: Item) -> [Item] {
        profile.putsOrganizationNounFirst ? [noun, name] : [name, noun]
    }
}
