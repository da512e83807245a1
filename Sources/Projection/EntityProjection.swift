import Corpora
import UnicodeText
import WordAlignment

/// An entity of a source sentence; types are numbers in the tag set.
struct SourceEntity: Sendable, Equatable {
    var span: EntitySpan
    /// Mean of its tokens' greatest probabilities.
    var confidence: Double
}

/// Why an entity has no place in the target sentence.
package enum ProjectionRejection: String, CaseIterable, Sendable {
    case noLink = "no link"
    /// More than twice as long as in the source, and one.
    case tooLong = "span too long"
    /// More than half of the span's tokens are linked to nothing of the entity.
    case gaps = "span mostly gaps"
    /// Nothing in the span is a letter or digit.
    case punctuation = "punctuation only"
    /// The source has a capital, the target has none in a script that has capitals.
    case lostCapital = "capital lost"
    /// A line of several sentences, and the span lies in two of them.
    case sentences = "in two sentences"
    /// Another entity with more links lies there.
    case overlap = "overlap"
}

/// Carries entities over word links into a target sentence.
///
/// The span of an entity is all that lies between the first and the last token linked to it (Ehrmann, Turchi and
/// Steinberger 2011, "Building a multilingual named entity-annotated corpus using annotation projection"); what cannot
/// be an entity is rejected.
struct EntityProjection {
    /// Where the entities were found in the target sentence, in order.
    private(set) var entities: [EntitySpan] = []
    private(set) var rejections: [ProjectionRejection] = []

    init(_ sources: [SourceEntity], of pair: SentencePair, links: [WordLink]) {
        var candidates: [(span: EntitySpan, linkCount: Int)] = []
        for entity in sources.map(\.span) {
            let linked = links.filter { entity.tokens.contains($0.source) }
            let targets = Set(linked.map(\.target))
            guard let first = targets.min(), let last = targets.max() else {
                rejections.append(.noLink)
                continue
            }
            let span = first..<last + 1
            if let reason = Self.fault(of: span, linkedCount: targets.count, entity: entity, in: pair) {
                rejections.append(reason)
            } else {
                candidates.append((EntitySpan(type: entity.type, tokens: span), linked.count))
            }
        }
        // Those with more links choose first; of equals the one that comes first in the source.
        for index in candidates.indices.sorted(by: {
            (candidates[$1].linkCount, $0) < (candidates[$0].linkCount, $1)
        }) {
            if entities.contains(where: { $0.tokens.overlaps(candidates[index].span.tokens) }) {
                rejections.append(.overlap)
            } else {
                entities.append(candidates[index].span)
            }
        }
        entities.sort { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }

    /// What is wrong with a span by itself.
    private static func fault(
        of span: Range<Int>, linkedCount: Int, entity: EntitySpan, in pair: SentencePair
    ) -> ProjectionRejection? {
        if span.count > 2 * entity.tokens.count + 1 { return .tooLong }
        if 2 * (span.count - linkedCount) > span.count { return .gaps }
        if pair.target.sentenceEnds.contains(where: { span.lowerBound < $0 && $0 < span.upperBound }) {
            return .sentences
        }
        let letters = Letters(pair.target, span)
        if !letters.hasWord { return .punctuation }
        if letters.isCased && !letters.hasCapital && Letters(pair.source, entity.tokens).hasCapital {
            return .lostCapital
        }
        return nil
    }

    /// What the scalars of some tokens are.
    private struct Letters {
        var hasWord = false
        var isCased = false
        var hasCapital = false

        init(_ side: PairSide, _ tokens: Range<Int>) {
            side.text.withUnsafeBufferPointer { text in
                guard let base = text.baseAddress, !tokens.isEmpty else { return }
                var index = side.range(tokens.lowerBound).lowerBound
                let end = side.range(tokens.upperBound - 1).upperBound
                while index < end {
                    let (scalar, length) = UTF8Scalar.decode(base, at: index, end: end)
                    index += length
                    switch CharacterClass(scalar) {
                    case .upper: (hasWord, isCased, hasCapital) = (true, true, true)
                    case .lower: (hasWord, isCased) = (true, true)
                    case .otherLetter, .digit, .otherNumber: hasWord = true
                    default: break
                    }
                }
            }
        }
    }
}
