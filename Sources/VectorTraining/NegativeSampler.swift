import Randomness

/// Draws words of a language by the square root of their frequency, in constant time (Walker 1977; Vose 1991, "A linear
/// algorithm for generating random numbers with a given distribution").
///
/// Memory: 12 bytes a word.
struct NegativeSampler: Sendable {
    /// One of as many equally likely places as the language has words: `word` up to a point, `other` from there on.
    private struct Place {
        var threshold: UInt32
        var word: UInt32
        var other: UInt32
    }

    private var places: [Place] = []
    /// By language: the end of its places.
    private var ends: [Int] = []

    /// - Parameters:
    ///   - counts: Occurrences of each word.
    ///   - languages: Language of each word; more than there are counts are passed over.
    init(counts: [UInt32], languages: [UInt16], languageCount: Int) {
        places.reserveCapacity(counts.count)
        var words = [[UInt32]](repeating: [], count: languageCount)
        for word in counts.indices { words[Int(languages[word])].append(UInt32(word)) }
        for language in words {
            appendPlaces(language, weights: language.map { Double(counts[Int($0)]).squareRoot() })
            ends.append(places.count)
        }
    }

    private mutating func appendPlaces(_ words: [UInt32], weights: [Double]) {
        let scale = Double(words.count) / weights.reduce(0, +)
        var shares = weights.map { $0 * scale }
        var small = shares.indices.filter { shares[$0] < 1 }, large = shares.indices.filter { shares[$0] >= 1 }
        var filled = words.map { Place(threshold: .max, word: $0, other: $0) }
        while let needy = small.popLast(), let giver = large.last {
            filled[needy].threshold = UInt32(shares[needy] * 0x1p32)
            filled[needy].other = words[giver]
            shares[giver] -= 1 - shares[needy]
            if shares[giver] < 1 { small.append(large.removeLast()) }
        }
        places += filled
    }

    /// - Precondition: The language has words.
    func draw(_ language: UInt16, _ random: inout RandomSource) -> UInt32 {
        let first = language == 0 ? 0 : ends[Int(language) - 1]
        let (place, rest) = random.next().multipliedFullWidth(by: UInt64(ends[Int(language)] - first))
        let found = places[first + Int(place)]
        // Without a branch, which would be guessed wrong half of the time.
        let isOwn: UInt32 = rest >> 32 < UInt64(found.threshold) ? .max : 0
        return found.word & isOwn | found.other & ~isOwn
    }
}
