package import Streams
import UnicodeText
import Vectors

/// A dictionary that nobody wrote: the nearest word of the other language by cross-domain similarity, for the frequent
/// words of one (Conneau et al. 2018, section 2.3).
package struct InducedDictionary: Sendable {
    package struct Entry: Sendable, Equatable {
        /// Numbers of words in the two spaces.
        package var pair: TranslationPair
        /// Cosine of the two, not below 0: a number like a probability, by which doubtful translations can be left out.
        package var score: Float
    }

    /// By source word, the most frequent first.
    package let entries: [Entry]
    private let source: LanguageSpace
    private let target: LanguageSpace

    /// Words without a letter, numbers and punctuation, are left out: they are the same in every language, and the
    /// nearest number is another one.
    ///
    /// - Parameters:
    ///   - source: The space of the words to translate.
    ///   - target: The space in which translations are sought, the same one or one that the other is mapped onto.
    ///   - threads: What computes.
    /// - Throws: `Failure` when a signal asked to stop.
    package init(source: LanguageSpace, target: LanguageSpace, threads: ComputeThreads) throws {
        self.source = source
        self.target = target
        let D = source.dimension
        let means = try CSLS.meanSimilarities(
            of: target.vectors, target.count, among: source.vectors, source.count, dimension: D, threads: threads)
        // The mean of the source word is the same for all its candidates and decides nothing.
        let nearest = try NearestNeighbours(
            of: source.vectors, count: source.count, among: target.vectors, count: target.count, dimension: D,
            penalties: means, neighbourCount: 1, threads: threads)
        var entries: [Entry] = []
        for word in 0..<source.count {
            guard let (translation, score) = nearest.first(of: word), Self.hasLetter(source.form(word)) else {
                continue
            }
            let cosine = (score + means[translation]) / 2
            entries.append(
                Entry(pair: TranslationPair(source: word, target: translation), score: min(1, max(0, cosine))))
        }
        self.entries = entries
    }

    /// `SOURCE <TAB> TARGET <TAB> SCORE` lines.
    package var text: [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += source.form(entry.pair.source)
            bytes.append(0x09)
            bytes += target.form(entry.pair.target)
            bytes += "\t\((Double(entry.score) * 10_000).rounded() / 10_000)\n".utf8
        }
        return bytes
    }

    private static func hasLetter(_ form: [UInt8]) -> Bool {
        form.withUnsafeBufferPointer { Capitalization(of: $0) != .noLetter }
    }
}
