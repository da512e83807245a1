import Corpora
import Kernels

/// The different inputs of some tokens: what several of them have in common is read, dropped out and multiplied once.
///
/// Tokens have the same input that have the same row of the table, features and position. A composed vector is always an
/// input of its own.
struct DistinctInputs {
    /// In the order in which they came first.
    private(set) var inputs: TokenInputs
    /// Of each token, the number of its input.
    private(set) var ofTokens: [Int32] = []
    /// Numbers of inputs without a composed vector by their hash, -1 where there is none: a power of two of places, at most half
    /// of them taken.
    private var places = [Int32](repeating: -1, count: 1024)

    init(featureCount: Int, hasPositions: Bool) {
        inputs = TokenInputs(featureCount: featureCount, hasPositions: hasPositions)
    }

    mutating func removeAll() {
        inputs.removeAll()
        ofTokens.removeAll(keepingCapacity: true)
        for place in places.indices { places[place] = -1 }
    }

    mutating func append(_ embedding: EmbeddedColumns, tokens: Range<Int>) {
        for token in tokens {
            if embedding.composedRange(ofToken: token) != nil {
                ofTokens.append(Int32(inputs.count))
                inputs.append(embedding, tokens: token..<token + 1)
                continue
            }
            var place = inputs.hash(embedding, token: token) & (places.count - 1)
            while places[place] >= 0 && !inputs.has(embedding, token: token, at: Int(places[place])) {
                place = (place + 1) & (places.count - 1)
            }
            if places[place] < 0 {
                places[place] = Int32(inputs.count)
                inputs.append(embedding, tokens: token..<token + 1)
            }
            ofTokens.append(places[place])
            if 2 * inputs.count > places.count { grow() }
        }
    }

    private mutating func grow() {
        var larger = [Int32](repeating: -1, count: 2 * places.count)
        for number in places where number >= 0 {
            var place = inputs.hash(Int(number)) & (larger.count - 1)
            while larger[place] >= 0 { place = (place + 1) & (larger.count - 1) }
            larger[place] = number
        }
        places = larger
    }
}

/// The inputs of a training pass in the order in which they are computed: first those that keep their vector, then those whose
/// vector is dropped, so that nobody multiplies zeros.
struct OrderedInputs {
    let inputs: TokenInputs
    /// Number that the input at each place has among ``DistinctInputs``, and the place of each number.
    let numbers: [Int32]
    let places: [Int32]
    let keptCount: Int

    init(_ distinct: DistinctInputs, _ noise: TrainingNoise) {
        let count = distinct.inputs.count
        let all = 0..<Int32(count)
        guard noise.vectorDropout > 0 else {
            (inputs, numbers, places, keptCount) = (distinct.inputs, Array(all), Array(all), count)
            return
        }
        let threshold = UInt32(noise.vectorDropout * 4_294_967_295)
        let bits = [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
            if let base = buffer.baseAddress {
                Kernel.randomBits(count: count, key: ~noise.key, firstIndex: 0, into: base)
            }
            written = count
        }
        let kept = all.filter { bits[Int($0)] >= threshold }
        let order = kept + all.filter { bits[Int($0)] < threshold }
        var places = [Int32](repeating: 0, count: count)
        for (place, number) in order.enumerated() { places[Int(number)] = Int32(place) }
        (inputs, numbers, self.places, keptCount) = (distinct.inputs.ordered(order, places), order, places, kept.count)
    }
}
