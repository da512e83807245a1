import Randomness

/// A corpus of two invented languages, and vectors that put both into one space: enough for a tagger to learn in a
/// second.
///
/// Every word of the source language has one of the target language with nearly the same vector. The first coordinates
/// of a vector say whether the word names a person, a place, or nothing.
package struct TinyCorpus {
    package static let types = ["LOC", "PER"]
    private static let dimension = 8
    private static let syllables = ["ba", "do", "ki", "lu", "me", "no", "pa", "ri", "so", "tu", "va", "ze"]

    private struct Word {
        var source: String
        var target: String
        /// Index in ``types``, or nil.
        var type: Int?
    }

    private var random: SplitMix64
    private var words: [[Word]] = []
    private var vectors: [String: [Double]] = [:]

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for (group, count) in [(0, 20), (1, 20), (2, 60)] {
            words.append((0..<count).map { _ in makeWord(type: group < 2 ? group : nil) })
        }
    }

    private mutating func makeWord(type: Int?) -> Word {
        var stem = ""
        repeat {
            stem = (0..<3).map { _ in Self.syllables.randomElement(using: &random) ?? "" }.joined()
        } while vectors[stem + "an"] != nil
        let vector = (0..<Self.dimension).map {
            ($0 == type ?? 2 ? 1.0 : 0) + Double.random(in: -0.3...0.3, using: &random)
        }
        vectors[stem + "an"] = vector
        vectors[stem + "ul"] = vector.map { $0 + Double.random(in: -0.1...0.1, using: &random) }
        func written(_ word: String) -> String { type == nil ? word : word.prefix(1).uppercased() + word.dropFirst() }
        return Word(source: written(stem + "an"), target: written(stem + "ul"), type: type)
    }

    /// A `.vec` file of all words.
    package var vectorText: String {
        let lines = vectors.sorted { $0.key < $1.key }.map { word, vector in
            ([word] + vector.map { "\(($0 * 10000).rounded() / 10000)" }).joined(separator: " ")
        }
        return (["\(lines.count) \(Self.dimension)"] + lines).joined(separator: "\n") + "\n"
    }

    /// Tokens with their tags.
    private mutating func sentence(isTarget: Bool) -> [(token: String, tag: String)] {
        (0..<Int.random(in: 5...12, using: &random)).map { _ in
            let draw = Double.random(in: 0..<1, using: &random)
            let group = draw < 0.15 ? 0 : draw < 0.3 ? 1 : 2
            let word = words[group].randomElement(using: &random) ?? Word(source: "x", target: "x")
            return (isTarget ? word.target : word.source, word.type.map { "B-\(Self.types[$0])" } ?? "O")
        }
    }

    /// Labelled sentences as CoNLL columns.
    package mutating func columns(sentences: Int, isTarget: Bool) -> String {
        (0..<sentences).map { _ in
            sentence(isTarget: isTarget).map { "\($0.token)\t\($0.tag)\n" }.joined() + "\n"
        }.joined()
    }

    /// Unlabelled sentences of the target language, one per line.
    package mutating func text(sentences: Int) -> String {
        (0..<sentences).map { _ in sentence(isTarget: true).map(\.token).joined(separator: " ") + " .\n" }.joined()
    }
}
