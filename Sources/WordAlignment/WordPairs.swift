import Kernels

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

    init(_ index: PairIndex) {
        (end, counts) = (index.end, index.counts)
        (sources, targets, links) = (NumberBuffer(count: end), NumberBuffer(count: end), NumberBuffer(count: end))
        let (sources, targets) = (sources.pointer, targets.pointer)
        index.forEach { number, source, target in
            sources[number] = source
            targets[number] = target
        }
    }

    func isPair(_ number: Int) -> Bool { PairIndex.isNumber(number, counts) }
}
