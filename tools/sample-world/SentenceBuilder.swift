/// Invents sentences of one language with their entity tags.
package struct SentenceBuilder {
    /// Sentences without any capitals where the script has them, per mille.
    static let uncapitalizedShare = 150
    /// Sentences in capitals only where the script has them, per mille.
    static let allCapitalsShare = 30

    private var phrases: PhraseBuilder
    private let profile: LanguageProfile

    /// Prepares a stream of sentences; different labels give different sentences.
    package init(lexicon: Lexicon, label: String) {
        profile = lexicon.profile
        phrases = PhraseBuilder(
            lexicon: lexicon,
            random: Random(seed: lexicon.world.seed, label: "sentences " + profile.code + " " + label))
    }

    /// Prepares a stream of translations: with the same label, builders of two languages say the same in the same order.
    ///
    /// - Parameter choices: The lexicon of the language that is translated from, whose popularity decides what is said.
    package init(translationsInto lexicon: Lexicon, choices: Lexicon, label: String) {
        profile = lexicon.profile
        let seed = lexicon.world.seed
        phrases = PhraseBuilder(
            lexicon: lexicon, choices: choices, random: Random(seed: seed, label: "translations " + label),
            grammar: Random(seed: seed, label: "grammar of translations " + profile.code + " " + label))
    }

    /// Returns the next sentence.
    package mutating func next() -> Sentence {
        var items = body()
        items.append(
            Item(content: .mark(phrases.random.chance(30) ? "!" : profile.orthography.fullStop), joinsPrevious: true))
        if phrases.grammarChance(profile.secondScriptShare) {
            return Sentence(items: items, isInSecondScript: true)
        }
        if profile.orthography.hasCapitals {
            let roll = phrases.grammarBelow(1000)
            if roll < Self.uncapitalizedShare {
                // Careless text; without it, a teacher would rely on capitals alone.
                for index in items.indices { items[index].capitals = .none }
            } else if roll < Self.uncapitalizedShare + Self.allCapitalsShare {
                for index in items.indices { items[index].capitals = .all }
            } else if let first = items.firstIndex(where: \.isWord), items[first].capitals == .none {
                items[first].capitals = .first
            }
        }
        return Sentence(items: items)
    }

    /// Returns a sentence without its final mark.
    private mutating func body() -> [Item] {
        let kind = phrases.random.index(weights: [130, 120, 150, 150, 80, 70, 160, 40, 50, 50])
        switch kind {
        case 0: return reportedSpeech()
        case 1: return motion()
        case 2: return business()
        case 3: return plain()
        case 4: return apposition()
        case 5: return scene()
        case 6: return neutral()
        case 7: return list()
        case 8: return match()
        default: return quotedSpeech()
        }
    }

    // MARK: Clauses

    /// Puts subject, verb, object and adjuncts into the order of the language.
    private mutating func clause(subject: [Item], verb: Item, object: [Item] = [], adjunct: [Item] = []) -> [Item] {
        let object = object.isEmpty ? [] : phrases.inflect(object, .accusative).phrase
        switch profile.order {
        case .subjectVerbObject: return subject + [verb] + object + adjunct
        case .subjectObjectVerb: return subject + adjunct + object + [verb]
        case .verbSubjectObject: return [verb] + subject + object + adjunct
        }
    }

    /// A time or place, or nothing.
    private mutating func adjunct() -> [Item] {
        switch phrases.random.below(10) {
        case 0, 1: return phrases.adpositional(.in, phrases.location())
        case 2: return phrases.adpositional([.during, .after, .before][phrases.random.below(3)], phrases.nounPhrase())
        case 3: return phrases.adpositional(.in, [phrases.word(.timeNoun)])
        case 4: return phrases.adpositional(.in, [phrases.number()])
        case 5: return [phrases.word(.adverb)]
        default: return []
        }
    }

    private mutating func reportedSpeech() -> [Item] {
        let speaker = phrases.random.chance(850) ? phrases.person() : phrases.organization()
        let verb = phrases.word(.speechVerb)
        let said: [Item]
        switch phrases.random.below(4) {
        case 0: said = neutral()
        case 1: said = business()
        default: said = plain()
        }
        return clause(subject: speaker, verb: verb) + [phrases.function(.that)] + said
    }

    private mutating func quotedSpeech() -> [Item] {
        let quotes = profile.orthography.quotes
        var inner = phrases.random.chance(500) ? plain() : neutral()
        if profile.orthography.hasCapitals, inner[0].capitals == .none { inner[0].capitals = .first }
        let speaker = phrases.person()
        return [Item(content: .mark(quotes.open), joinsNext: true)] + inner
            + [phrases.comma(), Item(content: .mark(quotes.close), joinsPrevious: true)]
            + clause(subject: speaker, verb: phrases.word(.speechVerb), adjunct: adjunct())
    }

    private mutating func motion() -> [Item] {
        let traveller = phrases.random.chance(850) ? phrases.person() : phrases.nounPhrase()
        let way: FunctionWord = [.to, .from, .in, .near][phrases.random.below(4)]
        let verb = phrases.word(.motionVerb)
        let goal = phrases.adpositional(way, phrases.random.chance(850) ? phrases.location() : phrases.nounPhrase())
        return clause(subject: traveller, verb: verb, adjunct: goal)
    }

    private mutating func business() -> [Item] {
        let firm = phrases.random.chance(880) ? phrases.organization() : phrases.nounPhrase()
        let verb = phrases.word(.corporateVerb)
        var object = phrases.random.chance(200) ? phrases.organization() : phrases.nounPhrase()
        if phrases.random.chance(200) { object = [phrases.number()] + object }
        return clause(subject: firm, verb: verb, object: object, adjunct: adjunct())
    }

    private mutating func plain() -> [Item] {
        let subject = phrases.nounPhrase()
        let verb = phrases.word(.verb)
        let object = phrases.nounPhrase()
        return clause(subject: subject, verb: verb, object: object, adjunct: adjunct())
    }

    private mutating func apposition() -> [Item] {
        let article = profile.hasArticles ? [phrases.function(.the)] : []
        let owner = phrases.adpositional(
            .of, phrases.random.chance(600) ? phrases.organization() : phrases.location())
        let role = phrases.word(.role)
        let office = profile.hasPostpositions ? owner + [role] : article + [role] + owner
        let subject = phrases.person() + [phrases.comma()] + office + [phrases.comma()]
        let verb = phrases.word(.verb)
        return clause(subject: subject, verb: verb, object: phrases.nounPhrase(), adjunct: adjunct())
    }

    private mutating func scene() -> [Item] {
        let place = phrases.adpositional([.in, .near, .at][phrases.random.below(3)], phrases.location())
        return place + [phrases.comma()] + plain()
    }

    /// A clause whose verb says nothing about the type of name beside it.
    private mutating func neutral() -> [Item] {
        let verb = phrases.word(.verb)
        if phrases.random.chance(500) {
            let name = phrases.anyName()
            return clause(subject: name, verb: verb, object: phrases.nounPhrase(), adjunct: adjunct())
        }
        let subject = phrases.nounPhrase()
        return clause(subject: subject, verb: verb, object: phrases.anyName(), adjunct: adjunct())
    }

    private mutating func list() -> [Item] {
        let type = phrases.random.below(3)
        var names: [Item] = []
        for position in 0..<3 {
            if position == 1 { names.append(phrases.comma()) }
            if position == 2 { names.append(phrases.function(.and)) }
            names += type == 0 ? phrases.person() : type == 1 ? phrases.organization() : phrases.location()
        }
        return clause(subject: names, verb: phrases.word(.verb), object: phrases.nounPhrase())
    }

    private mutating func match() -> [Item] {
        // A town's name stands for its team here.
        func team(_ phrases: inout PhraseBuilder) -> [Item] {
            guard phrases.random.chance(500) else { return phrases.organization() }
            var name = [phrases.word(.place)]
            PhraseBuilder.label(&name, .organization)
            return name
        }
        let home = team(&phrases)
        let verb = phrases.word(.sportVerb)
        let guest = team(&phrases)
        let score = [
            Item(content: .number("\(phrases.random.below(6))")),
            Item(content: .mark("-"), joinsPrevious: true, joinsNext: true),
            Item(content: .number("\(phrases.random.below(6))")),
        ]
        return clause(subject: home, verb: verb, object: guest, adjunct: score)
    }
}
