import Kernels

/// The word pairs that meet in some line, by their numbers from 1, and how often the two were linked.
///
/// Memory: 12 bytes a pair.
///
/// `@unchecked Sendable`: only the links change, by one thread, when nobody reads them.
final class WordPairs: @unchecked Sendable {
    let count: Int
    /// `[count + 1]`.
    let sources: NumberBuffer
    let targets: NumberBuffer
    let links: NumberBuffer

    init(_ index: PairIndex) {
        count = index.count
        (sources, targets) = (NumberBuffer(count: count + 1), NumberBuffer(count: count + 1))
        links = NumberBuffer(count: count + 1)
        let (sources, targets) = (sources.pointer, targets.pointer)
        index.forEach { number, source, target in
            sources[number] = source
            targets[number] = target
        }
    }
}
