import Kernels
package import Streams

/// How often the nearest words of a space are translations, as MUSE counts it (`get_word_translation_accuracy`): a
/// source word is right at k when one of its translations is among its k nearest target words.
package struct TranslationReport: Sendable, Codable, Equatable {
    /// Percent of ``wordCount``.
    package struct Precision: Sendable, Codable, Equatable {
        package var at1 = 0.0
        package var at5 = 0.0
    }

    /// By cosine.
    package var nearestNeighbour = Precision()
    /// By cross-domain similarity local scaling.
    package var csls = Precision()
    /// Source words that were tested: those with a row, of which a translation has one too.
    package var wordCount = 0
    /// Distinct source words of the dictionary.
    package var dictionaryWordCount = 0
    /// Of these, those with a row.
    package var knownWordCount = 0
    /// Target words among which translations were sought.
    package var candidateCount = 0
    /// Source words that decide which target words are near to everything.
    package var sourceCount = 0

    /// Percent of the dictionary's source words that were tested.
    package var coverage: Double { 100 * Double(wordCount) / Double(max(1, dictionaryWordCount)) }

    /// - Parameters:
    ///   - source: The space of the source words, mapped onto the other.
    ///   - target: The space in which translations are sought.
    ///   - test: Translations that are right.
    ///   - threads: What computes.
    /// - Throws: `Failure` when a signal asked to stop.
    package init(source: LanguageSpace, target: LanguageSpace, test: SeedDictionary, threads: ComputeThreads) throws {
        let D = source.dimension
        var answers: [Int: Set<UInt32>] = [:]
        for pair in test.pairs { answers[pair.source, default: []].insert(UInt32(pair.target)) }
        let words = answers.keys.sorted()
        wordCount = words.count
        dictionaryWordCount = test.sourceWordCount
        knownWordCount = test.knownSourceWordCount
        candidateCount = target.count
        sourceCount = source.count
        guard !words.isEmpty else { return }
        let queries = source.gather(words)
        let targetMeans = try CSLS.meanSimilarities(
            of: target.vectors, target.count, among: source.vectors, source.count, dimension: D, threads: threads)
        func precision(_ penalties: [Float]?) throws -> Precision {
            let nearest = try NearestNeighbours(
                of: queries, count: words.count, among: target.vectors, count: target.count, dimension: D,
                penalties: penalties, neighbourCount: 5, threads: threads)
            let k = nearest.neighbourCount
            func percent(_ limit: Int) -> Double {
                let right = words.indices.count { index in
                    nearest.numbers[index * k..<index * k + min(limit, k)].contains {
                        answers[words[index]]!.contains($0)
                    }
                }
                return 100 * Double(right) / Double(words.count)
            }
            return Precision(at1: percent(1), at5: percent(5))
        }
        nearestNeighbour = try precision(nil)
        csls = try precision(targetMeans)
    }
}
