extension SampleSet {
    /// Returns the description of the world that goes with the sample, in Markdown.
    func description() -> String {
        let profiles = LanguageProfile.all.filter { profile in languages.contains(profile.code) }
        return """
            # An invented world for testing cross-lingual entity recognition

            Everything here was made by `tools/sample-world` with seed \(seed): the languages, the words, the sentences and the
            vectors. No text, name or vector was taken from anywhere; a likeness to a real word is an accident. Nothing learnt
            here says anything about real languages. It exists so that a whole run (teacher, soft labels, student, scores) can
            be tried and tested in seconds to minutes, and so that every file can be made again, byte for byte.

            The codes `qaa` to `qaf` are from the range that ISO 639-2 reserves for private use.

            ## Languages

            \(table(
                header: ["language", "what it is", "new roots: words / names", "clause", "articles", "case endings"],
                rows: profiles.map { profile in
                    [
                        "`\(profile.code)`", profile.summary,
                        "\(percent(profile.newRootShare)) / \(percent(profile.newNameShare))", profile.order.description,
                        profile.hasArticles ? "yes" : "no", endings(of: profile),
                    ]
                }))

            Words with the source's root are respelt, some with regular sound changes. Names are popular in other proportions in
            every language, so many names of a target language are rare or absent in the source's text. Some family names are
            also nouns or places, a town's name can stand for its team (ORG), and words for nationalities are capitalized in
            some languages but are no entities. Where a script has capitals, \(percent(SentenceBuilder.uncapitalizedShare)) of the sentences go without and
            \(percent(SentenceBuilder.allCapitalsShare)) have nothing else; \(percent(LanguageProfile.qaa.secondScriptShare)) of the source's sentences are in a second script that has none, so that a
            teacher can learn to do without.

            ## Vectors

            One space of \(FixedVector.dimension) dimensions. A word's vector is that of its concept (a direction of its own plus directions it
            shares with its class) with these faults, which are fixed per word and so the same at every occurrence:

            \(table(
                header: [
                    "language", "random error", "cue words misaligned / missing", "names misaligned / missing", "other words missing",
                    "inflected forms present",
                ],
                rows: profiles.map { profile in
                    [
                        "`\(profile.code)`", percent(profile.vectorNoise),
                        "\(percent(profile.misalignedCueShare)) / \(percent(profile.missingCueShare))",
                        "\(percent(profile.misalignedNameShare)) / \(percent(profile.missingNameShare))",
                        percent(profile.missingWordShare), percent(profile.inflectedCoverage),
                    ]
                }))

            The random error is in percent of a concept's own direction. Cue words are function words, titles, roles, words such as
            "city" or "company", and verbs of speech, motion, business and sport. A misaligned word lies at a wrong kind of
            word: a title among nouns, say. A case ending moves a vector in a direction of the language's own. A teacher
            trained on the source misreads all this; a student that sees the teacher's soft labels on much text of the target can
            learn the right reading from the places where the rest of the sentence makes the teacher right.

            The vectors' length (about a tenth) means nothing; normalise before use.

            ## Files

            Text, vector and column files are compressed with zstd; `manifest.json` has size, SHA-256 and counts of each before
            compression.

            - `qaa/{train,dev,test}.conll`: `token<TAB>tag`, an empty line after each sentence; tags are IOB2 with PER, ORG, LOC.
            - `<target>/unlabelled/{00,01,02}.txt`: raw text, one document of one to five sentences per line.
            - `<target>/{dev,test}.conll`: labelled, for scoring only. Tokens are cut as by UAX #29, punctuation apart.
            - `<target>/parallel.tsv`: `sentence of qaa<TAB>translation`, for word alignment; sentences of no other file. What is
              said is the same, articles, pronouns, endings, capitals and the second script are each language's own.
            - `vectors/<language>.vec`: fastText text format, lower-cased words, most frequent first.

            Made and checked by `tools/sample-world/make.sh`.

            """
    }

    /// Returns a Markdown table.
    private func table(header: [String], rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Returns tenths of a percent as percent.
    private func percent(_ perMille: Int) -> String {
        perMille % 10 == 0 ? "\(perMille / 10) %" : "\(perMille / 10).\(perMille % 10) %"
    }

    private func endings(of profile: LanguageProfile) -> String {
        let cases: [WordForm] = [.accusative, .genitive, .locative, .dative]
        let names = cases.filter { profile.caseShares[$0.rawValue] > 0 }.map { "\($0)" }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}

extension LanguageProfile.WordOrder {
    fileprivate var description: String {
        switch self {
        case .subjectVerbObject: "SVO"
        case .subjectObjectVerb: "SOV"
        case .verbSubjectObject: "VSO"
        }
    }
}
