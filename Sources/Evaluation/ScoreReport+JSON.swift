import Corpora

extension ScoreReport {
    /// Returns the report as one line of JSON: keys sorted by bytes, rates in percent with four decimals.
    ///
    /// The same report always gives the same bytes. The text has no line feed at its end. The key `interval` is there
    /// only when there is one, `conlleval` only when there are tags beyond IOB2, `scheme` only when it is another one; `seen`, `unseen` and
    /// `agreement` are the details.
    package func jsonObject(_ details: EvaluationDetails = EvaluationDetails()) -> String {
        var members: [(key: String, value: JSONText)] = [
            ("illFormedTags", Self.json(illFormedTags)),
            ("overall", Self.json(overall)),
            ("sentenceCount", .integer(sentenceCount)),
            ("strict", Self.json(strict)),
            ("tagsBeyond\(scheme.name)", Self.json(tagsBeyondScheme)),
            ("tokenAccuracy", .number(tokenAccuracy)),
            ("tokenCount", .integer(tokenCount)),
            ("types", .object(perType.map { (key: $0.name, value: Self.json($0.counts, $0.interval)) })),
        ]
        if let conlleval { members.append(("conlleval", Self.json(conlleval))) }
        if scheme != .iob2 { members.append(("scheme", .string(scheme.name))) }
        if let interval {
            let value = JSONText.object([
                ("f1High", .number(interval.f1High)),
                ("f1Low", .number(interval.f1Low)),
                ("level", .number(interval.level)),
                ("replicates", .integer(interval.replicates)),
                ("seed", .unsigned(interval.seed)),
            ])
            members.append(("interval", value))
        }
        return JSONText.object(members + details.members).text
    }

    /// - Parameter interval: Of the F1, with the level and replicates of the overall one.
    static func json(_ counts: PhraseCounts, _ interval: BootstrapInterval? = nil) -> JSONText {
        let ends: [(key: String, value: JSONText)] =
            interval.map { [("f1High", .number($0.f1High)), ("f1Low", .number($0.f1Low))] } ?? []
        return .object(
            [
                ("correct", .integer(counts.correct)),
                ("f1", .number(counts.f1)),
                ("gold", .integer(counts.gold)),
                ("precision", .number(counts.precision)),
                ("predicted", .integer(counts.predicted)),
                ("recall", .number(counts.recall)),
            ] + ends)
    }

    private static func json(_ sides: Sides) -> JSONText {
        .object([("gold", .integer(sides.gold)), ("predicted", .integer(sides.predicted))])
    }
}
