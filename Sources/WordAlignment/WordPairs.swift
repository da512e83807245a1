import Kernels
import Streams

/// The word pairs that meet in some line, by their numbers from 1, and how often the two were linked.
///
/// Memory: 12 bytes a pair.
///
/// `@unchecked Sendable`: only the links change, by one thread, when nobody reads them.
final class WordPairs: @unchecked Sendable {
    /// Every number is below it.
    let end: Int
    /// `[end]`; 0 of what is no number.
    let sources: NumberBuffer
    let targets: NumberBuffer
    let links: NumberBuffer
    private let counts: [Int]

    init(_ index: PairIndex, _ threads: ComputeThreads) {
        (end, counts) = (index.end, index.counts)
        (sources, targets, links) = (NumberBuffer(count: end), NumberBuffer(count: end), NumberBuffer(count: end))
        index.forEach(threads) { [sources, targets] number, source, target in
            sources.pointer[number] = source
            targets.pointer[number] = target
        }
    }

    func isPair(_ number: Int) -> Bool { PairIndex.isNumber(number, counts) }
}
