import Diagnostics
import Kernels
package import Streams

/// The map of one space onto another that is learned from a few translations and refined with those it finds (Conneau
/// et al. 2018, sections 2.2 and 2.3; the supervised mode of MUSE).
package struct SpaceAlignment: Sendable {
    package struct Settings: Sendable {
        /// Refinements after the first map; 0 takes the dictionary alone.
        package var iterationCount = 5
        /// Most frequent words of either language that make the next dictionary.
        package var wordCount = 15_000
        /// Most frequent words of either language among which their neighbours are sought; MUSE takes all. The time
        /// grows with its square.
        package var candidateCount = 50_000
        package var threads = ComputeThreads.single

        package init() {}
    }

    /// One of the maps that were tried.
    package struct Iteration: Sendable {
        /// Pairs it was learned from.
        package var pairCount: Int
        /// Mean cosine of frequent source words with their nearest target words: what chooses the best map, without a
        /// dictionary.
        package var meanCosine: Double
    }

    /// The best map, row-major `[dimension, dimension]`.
    package private(set) var matrix: [Float] = []
    /// The maps in the order in which they were made.
    package private(set) var iterations: [Iteration] = []
    /// Which of them is the best: the first of those with the largest mean cosine.
    package private(set) var best = 0

    /// - Parameters:
    ///   - source: The space that is mapped; it is not changed.
    ///   - target: The space that stays.
    ///   - pairs: Translations to begin with.
    ///   - settings: How long to refine.
    ///   - progress: Called after each map.
    /// - Throws: `Failure` without pairs, or when a signal asked to stop.
    package init(
        source: LanguageSpace, target: LanguageSpace, pairs: [TranslationPair], settings: Settings,
        progress: (Int, Iteration) -> Void = { _, _ in }
    ) throws {
        precondition(source.dimension == target.dimension, "\(source.dimension) and \(target.dimension) dimensions")
        precondition(!pairs.isEmpty, "no pairs to learn from")
        let D = source.dimension
        let candidates = max(settings.candidateCount, settings.wordCount)
        let counts = (source: min(source.count, candidates), target: min(target.count, candidates))
        let mapped = FloatBuffer(count: counts.source * D)
        var pairs = pairs
        for number in 0...settings.iterationCount {
            let candidate = Procrustes.rotation(
                from: source.gather(pairs.lazy.map(\.source)), to: target.gather(pairs.lazy.map(\.target)),
                count: pairs.count, dimension: D)
            mapped.pointer.update(from: source.vectors.pointer, count: mapped.count)
            Rotation(candidate, dimension: D).apply(to: mapped.pointer, count: counts.source)
            let found = try CSLS.mutualNeighbours(
                in: .init(
                    source: mapped, sourceCount: counts.source, target: target.vectors, targetCount: counts.target,
                    dimension: D), wordCount: settings.wordCount, threads: settings.threads)
            let iteration = Iteration(pairCount: pairs.count, meanCosine: found.meanCosine)
            progress(number, iteration)
            iterations.append(iteration)
            if number == 0 || found.meanCosine > iterations[best].meanCosine {
                best = number
                matrix = candidate
            }
            if found.pairs.isEmpty { break }
            pairs = found.pairs
        }
    }
}
