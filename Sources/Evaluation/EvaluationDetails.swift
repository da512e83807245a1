/// What an evaluation says besides its scores, when it was given something to compare with.
package struct EvaluationDetails: Equatable, Sendable {
    package var seen: SeenEntities?
    package var agreement: Agreement?

    package init(seen: SeenEntities? = nil, agreement: Agreement? = nil) {
        (self.seen, self.agreement) = (seen, agreement)
    }

    /// Lines behind those of a table of scores.
    package var table: String {
        func rates(_ name: String, _ counts: PhraseCounts) -> String {
            func number(_ value: Double) -> String { FixedDecimal.text(value, decimals: 2) }
            return "\(name): precision \(number(counts.precision)), recall \(number(counts.recall)), F1 "
                + "\(number(counts.f1)); \(counts.gold) gold, \(counts.predicted) found\n"
        }
        var text = ""
        if let seen { text += rates("entities seen in --seen", seen.seen) + rates("entities unseen", seen.unseen) }
        if let agreement {
            text +=
                "agreement with --reference: F1 of entities \(FixedDecimal.text(agreement.entities.f1, decimals: 2)), "
                + "the same in \(agreement.sameCount) of \(agreement.sentenceCount) sentences\n"
        }
        return text
    }

    var members: [(key: String, value: JSONText)] {
        var members: [(key: String, value: JSONText)] = []
        if let seen {
            members.append(("seen", ScoreReport.json(seen.seen)))
            members.append(("unseen", ScoreReport.json(seen.unseen)))
        }
        if let agreement {
            let worst = agreement.worst.map { sentence in
                JSONText.object([
                    ("gold", Self.json(sentence.gold)), ("number", .integer(sentence.number)),
                    ("reference", Self.json(sentence.reference)), ("system", Self.json(sentence.system)),
                    ("words", .list(sentence.words.map { .string($0) })),
                ])
            }
            members.append(
                (
                    "agreement",
                    .object([
                        ("entities", ScoreReport.json(agreement.entities)),
                        ("sameSentences", .integer(agreement.sameCount)),
                        ("sentences", .integer(agreement.sentenceCount)), ("worst", .list(worst)),
                    ])
                ))
        }
        return members
    }

    private static func json(_ spans: [TypedSpan]) -> JSONText {
        .list(
            spans.map {
                .object([
                    ("end", .integer($0.words.upperBound)), ("start", .integer($0.words.lowerBound)),
                    ("type", .string($0.type)),
                ])
            })
    }
}
