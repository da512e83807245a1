import Corpora
import Diagnostics
import Divergence
import Formats
import Pipelines
import Shards
import VectorSpaces
import Vectors

extension DivergenceCommand {
    /// What is compared, by name.
    struct Materials: Sendable {
        /// Sources in the order in which they are named first.
        var sources: [(name: String, paths: [String])] = []
        var labels: [String: [String]] = [:]
        /// By source.
        var dictionaries: [String: String] = [:]
        var cutter: PieceCutter?
        var typology: TypologicalFeatures?
        var strengths: SourceStrengths?
    }

    /// - Throws: For a name that no text has: what it names would not be looked at.
    func materials() throws -> Materials {
        var materials = Materials()
        for source in try source.map({ try NamedPath($0, option: "--source", form: "LANGUAGE=FILE") }) {
            if let index = materials.sources.firstIndex(where: { $0.name == source.name }) {
                materials.sources[index].paths.append(source.path)
            } else {
                materials.sources.append((source.name, [source.path]))
            }
        }
        let names = materials.sources.map(\.name)
        for labelled in try labels.map({ try NamedPath($0, option: "--labels", form: "LANGUAGE=FILE") }) {
            guard labelled.name == arguments.lang || names.contains(labelled.name) else {
                throw Failure.namesNoText(
                    labelled.name, option: "--labels", known: names + [arguments.lang], target: arguments.lang)
            }
            materials.labels[labelled.name, default: []].append(labelled.path)
        }
        guard materials.labels.isEmpty || materials.labels.count > 1 && materials.labels[arguments.lang] != nil else {
            throw Failure.labelsOfOneSide(target: arguments.lang)
        }
        for pair in try dictionary.map({ try NamedPath($0, option: "--dictionary", form: "SOURCE-TARGET=FILE") }) {
            guard let source = names.first(where: { "\($0)-\(arguments.lang)" == pair.name }) else {
                throw Failure.namesNoText(
                    pair.name, option: "--dictionary", known: names.map { "\($0)-\(arguments.lang)" },
                    target: arguments.lang)
            }
            guard materials.dictionaries.updateValue(pair.path, forKey: source) == nil else {
                throw Failure.namedTwice(pair.name, option: "--dictionary")
            }
        }
        if let pieces {
            let path = Directory.exists(pieces) ? "\(pieces)/tokenizer.json" : pieces
            materials.cutter = PieceCutter(try SubwordPieces(path: path))
        }
        materials.typology = try typology.map { try TypologicalFeatures(path: $0) }
        materials.strengths = try strength.map { try SourceStrengths(path: $0) }
        return materials
    }

    func compare(_ materials: Materials, _ session: Session) async throws -> [DivergenceReport] {
        var texts: [(name: String, profile: TextProfile)] = []
        for (name, paths) in materials.sources {
            texts.append((name, try await profile(paths, language: name, foundIn: [], materials, session)))
        }
        let lang = arguments.lang
        let target = try await profile(
            inputs, language: lang, foundIn: texts.map(\.profile), materials, session)
        let names = try materials.labels[lang].map { try mentions($0, language: lang, session) }
        let table = try vectors.map { try VectorTable(path: $0) }
        if let typology = materials.typology {
            for name in texts.map(\.name) + [lang] where typology.place(of: name) == nil {
                session.warn("the table of typology does not have \(name)")
            }
        }
        return try texts.enumerated().map { number, text in
            warnOfUnequalAmounts(text, target, session)
            var report = DivergenceReport(target: (lang, target), source: text, number: number, seed: seed)
            if let path = materials.dictionaries[text.name] {
                try add(dictionary: path, table, to: &report, session)
            }
            if let names, let paths = materials.labels[text.name],
                let overlap = MentionOverlap(
                    source: try mentions(paths, language: text.name, session), target: names)
            {
                report.add(overlap)
            }
            if let typology = materials.typology, let first = typology.place(of: text.name),
                let second = typology.place(of: lang)
            {
                report.add(typology.distances(first, second))
            }
            report.setStrength(materials.strengths?.of(text.name))
            return report
        }
    }

    private func warnOfUnequalAmounts(
        _ source: (name: String, profile: TextProfile), _ target: TextProfile, _ session: Session
    ) {
        let words = (source.profile.wordCount, target.wordCount)
        guard max(words.0, words.1) > min(words.0, words.1) * 5 / 4 else { return }
        session.warn(
            "\(source.name) has \(words.0) words and \(arguments.lang) \(words.1): what counts distinct words depends on that (--max-tokens)"
        )
    }

    private func profile(
        _ paths: [String], language: String, foundIn others: [TextProfile], _ materials: Materials, _ session: Session
    ) async throws -> TextProfile {
        var reading = arguments
        reading.lang = language
        let runner = session.context.makeRunner()
        let stream = try reading.source(paths.flatMap(Directory.expand), in: session.context).start(runner)
        let form = ComparableForm(language: language, isCased: cased),
            detail = exact ? TextProfile.Detail.exact : .sketch, isRunning = running
        let parts = runner.profile(stream, as: "count \(language)", maximumTokenCount: maxTokens ?? .max) {
            TextProfile(detail, form: form, foundIn: others, isRunning: isRunning, cutter: materials.cutter)
        }
        try await runner.run()
        let profile = parts.takeWhole()
        guard profile.wordCount > 0 else { throw Failure.nothingToCompare(paths) }
        return profile
    }

    private func add(
        dictionary path: String, _ table: VectorTable?, to report: inout DivergenceReport, _ session: Session
    ) throws {
        let bad = arguments.bad.records { session.log($0) }
        let dictionary = try BilingualDictionary(path: path, bad: bad)
        try bad.finish()
        if let distance = WordDistance(dictionary.entries.map { ($0.source, $0.target) }, seed: seed) {
            report.add(distance)
        }
        guard let table else { return }
        let numbers = try (
            table.requireNumber(of: report.source, option: "--source"),
            table.requireNumber(of: report.target, option: "--lang")
        )
        let forms = BilingualDictionary.Forms(
            source: table.lookupForm(for: report.source), target: table.lookupForm(for: report.target))
        let found = try Alignability(
            table, source: numbers.0, target: numbers.1,
            dictionary: BilingualDictionary(path: path, forms: forms), threads: session.threads)
        if let found {
            report.add(found)
        } else {
            session.warn("\(path): too few of its translations have vectors to tell how well they can be aligned")
        }
    }

    private func mentions(
        _ paths: [String], language: String, _ session: Session
    ) throws -> MentionOverlap.Mentions {
        let corpus = GoldCorpus(
            files: paths.flatMap(Directory.expand).map { GoldCorpus.File(path: $0, language: language) },
            labels: try LabelFilter(map: "", types: nil), longSentences: .cut, requiresIOB: false,
            bad: arguments.bad.records { session.log($0) },
            reading: ReadingNotes { session.log($0) })
        return try corpus.mentions(ComparableForm(language: language, isCased: cased))
    }
}
