import Evaluation

/// How a student and its teacher see the same sentences.
struct AgreementSection {
    let agreement: ScoresFile.Agreement

    var html: String {
        let entities = FixedDecimal.text(agreement.entities.f1, decimals: 2)
        let rows = agreement.worst.map { sentence in
            [
                "\(sentence.number)", HTMLText.escaped(sentence.words.joined(separator: " ")),
                Self.list(sentence.gold, sentence), Self.list(sentence.reference, sentence),
                Self.list(sentence.system, sentence),
            ]
        }
        let head =
            "<p>F1 of the student's entities, as if the teacher were right: <b>\(entities)</b>; the same entities in "
            + "\(agreement.sameSentences) of \(agreement.sentences) sentences.</p>\n"
        guard !rows.isEmpty else { return head }
        return head + "<h3>Sentences on which they agree least</h3>\n"
            + HTMLText.table(["", "sentence", "gold", "teacher", "student"], rows)
    }

    private static func list(_ spans: [ScoresFile.Span], _ sentence: ScoresFile.Sentence) -> String {
        spans.map { span in
            let range = span.start..<min(span.end, sentence.words.count)
            let isRight = sentence.gold.contains(span)
            return
                "<span\(isRight ? "" : " class=\"alarm\"")>\(HTMLText.escaped(sentence.words[range].joined(separator: " ")))</span> "
                + "<span class=\"soft\">\(HTMLText.escaped(span.type))</span>"
        }.joined(separator: "<br>")
    }
}
