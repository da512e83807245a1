import Glibc
import WordAlignment

/// Numbers that tell names from other words, made of the counts of a (language, word).
///
/// With A the tokens with a capital among the n that tell (``WordCounts/tellsCase``), N all tokens in text, L the parallel lines with
/// the word and I those whose other side has it too, b the share of the language's tokens that are followed by a
/// capital, P the links that tell to words of the pivot language, or of another that is the source of a pair, and Q
/// those of them with a capital (for a word of the pivot language its own n and A):
///
/// | name | value |
/// |---|---|
/// | `case` | 2a - 1, where a = (A + 0.5) / (n + 1) |
/// | `case.sure` | (2a - 1) min(ln(1 + n) / 4, 1.5) |
/// | `upper` | 2 (all-upper + 0.2) / (n + 1) - 1 |
/// | `frequency` | ln(1 + N) / 5 - 1 |
/// | `spread` | 2 (share of the languages with N >= 2) - 1 |
/// | `identity` | 2c - 0.4, where c = (I + 0.2) / (L + 1) |
/// | `identity.sure` | 2 min(ln(1 + L) / 3, 2) (c - 0.2) |
/// | `next` | 3 ((tokens followed by a capital + 4b) / (tokens with a next one + 4) - b) |
/// | `previous` | 3 ((tokens after a capital + 4b) / (tokens from the third of a sentence on + 4) - b) |
/// | `translation` | 2q - 1, where q = (Q + 0.5) / (P + 1): the capitalization of the word's translations |
/// | `translation.sure` | (2q - 1) min(ln(1 + P) / 4, 1.5) |
enum WordStatistics {
    static let names = [
        "case", "case.sure", "upper", "frequency", "spread", "identity", "identity.sure", "next", "previous",
        "translation", "translation.sure",
    ]

    /// - Parameters:
    ///   - followedByCased: b of the word's language.
    ///   - spread: Share of the languages in which the form occurs twice or more.
    static func values(_ counts: WordCounts, followedByCased b: Float, spread: Float) -> [Float] {
        let n = Float(counts.tellsCase)
        let a = (Float(counts.capitalized) + Float(counts.upper) + 0.5) / (n + 1)
        let u = (Float(counts.upper) + 0.2) / (n + 1)
        let L = Float(counts.parallelLines)
        let c = (Float(counts.identicalLines) + 0.2) / (L + 1)
        let P = Float(counts.links)
        let q = (Float(counts.linkIsCased) + 0.5) / (P + 1)
        return [
            2 * a - 1, (2 * a - 1) * min(logf(1 + n) / 4, 1.5), 2 * u - 1, logf(1 + Float(counts.inText)) / 5 - 1,
            2 * spread - 1, 2 * c - 0.4, 2 * min(logf(1 + L) / 3, 2) * (c - 0.2),
            3 * ((Float(counts.nextIsCased) + 4 * b) / (Float(counts.hasNext) + 4) - b),
            3 * ((Float(counts.previousIsCased) + 4 * b) / (Float(counts.hasPrevious) + 4) - b),
            2 * q - 1, (2 * q - 1) * min(logf(1 + P) / 4, 1.5),
        ]
    }

    /// The numbers of a word that was never seen.
    static var unseen: [Float] { values(WordCounts(), followedByCased: 0, spread: 0) }
}
