import Corpora

extension ScoreReport {
    /// Returns aligned plain text: conlleval's lines first, character for character, then what it does not report.
    ///
    /// Every line ends with a line feed. Without any word conlleval leaves out its second line; here it shows zeros.
    package func table() -> String {
        var text = """
            processed \(tokenCount) tokens with \(overall.gold) phrases; \
            found: \(overall.predicted) phrases; correct: \(overall.correct).
            accuracy: \(Self.percent(tokenAccuracy))%; \(Self.rates(overall))

            """
        for score in perType {
            text += "\(Self.label(score.name)): \(Self.rates(score.counts))  \(score.counts.predicted)\n"
        }
        text += "\(Self.label("strict \(scheme.name)")): \(Self.rates(strict))  \(strict.predicted)\n"
        text += "ill-formed I- tags: \(illFormedTags.predicted) predicted, \(illFormedTags.gold) gold\n"
        if tagsBeyondScheme != Sides() {
            text +=
                "tags beyond \(scheme.name): \(tagsBeyondScheme.predicted) predicted, \(tagsBeyondScheme.gold) gold; "
            text += "the strict line ignores them\n"
        }
        if let conlleval {
            // Its rules join what BIOES and BILOU mark as two entities.
            text += "\(Self.label("conlleval.pl")): \(Self.rates(conlleval))  \(conlleval.predicted)\n"
        }
        if let interval {
            let level = FixedDecimal.text(100 * interval.level, decimals: 0)
            let low = FixedDecimal.text(interval.f1Low, decimals: 2)
            let high = FixedDecimal.text(interval.f1High, decimals: 2)
            text += "FB1 \(level)% interval: \(low) to \(high) "
            text += "(bootstrap, \(interval.replicates) replicates, seed \(interval.seed))\n"
        }
        return text
    }

    private static func rates(_ counts: PhraseCounts) -> String {
        let precision = percent(counts.precision)
        let recall = percent(counts.recall)
        return "precision: \(precision)%; recall: \(recall)%; FB1: \(percent(counts.f1))"
    }

    private static func percent(_ value: Double) -> String { padded(FixedDecimal.text(value, decimals: 2), width: 6) }

    /// Right-aligns a type name; control characters from a hostile file must not reach a terminal.
    private static func label(_ name: String) -> String {
        var safe = ""
        for scalar in name.unicodeScalars {
            let isControl = scalar.value < 0x20 || (scalar.value >= 0x7F && scalar.value < 0xA0)
            safe.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return padded(safe, width: 17)
    }

    private static func padded(_ text: String, width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
