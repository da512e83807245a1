package import Kernels
import Randomness
package import Vectors

/// Vectors of character n-grams whose means are near given vectors of words, so that unknown words can be composed.
///
/// Bag of sub-words (Zhao, Mudgal and Liang 2018, "Generalizing word embeddings using bag of subwords", section 3): the squared
/// distance between a word's vector and the mean of its n-grams' is made small, here by stochastic steps, each of which
/// takes the mean a share of the way. Memory: `buckets x dimension` floats.
package struct SubwordFit {
    private static let passCount = 5
    /// Share of the way in the first pass; it falls to nothing with the last.
    private static let firstShare: Float = 0.5

    package let settings: SubwordDescription
    package let dimension: Int
    /// `[buckets, dimension]`
    package let vectors: FloatBuffer
    private let mean: FloatBuffer
    private var buckets: [UInt32] = []

    package init(_ settings: SubwordDescription, dimension: Int) {
        (self.settings, self.dimension) = (settings, dimension)
        vectors = FloatBuffer(count: settings.buckets * dimension)
        mean = FloatBuffer(count: dimension)
    }

    /// - Parameters:
    ///   - table: Whose words they are.
    ///   - rows: Numbers of the rows that are fitted; nil for all.
    ///   - row: The vector of a row of the table, `[dimension]`.
    ///   - say: Called now and then with the share that is done; may throw to stop.
    package mutating func run(
        _ table: VectorTable, rows: [Int]? = nil, seed: UInt64, row: (Int) -> UnsafePointer<Float>,
        say: (Double) throws -> Void
    ) throws {
        let count = rows?.count ?? table.rowCount, total = Float(Self.passCount * count)
        for pass in 0..<Self.passCount {
            var random = RandomSource(seed: seed, stream: .subwordFit, UInt64(pass))
            for (number, place) in random.permutation(count).enumerated() {
                let done = pass * count + number, word = rows?[place] ?? place
                if number % 8192 == 0 { try say(Double(done) / Double(total)) }
                if let bytes = table.bytes(ofWord: word) {
                    step(bytes, towards: row(word), share: Self.firstShare * (1 - Float(done) / total))
                }
            }
        }
    }

    private mutating func step(
        _ word: UnsafeBufferPointer<UInt8>, towards target: UnsafePointer<Float>, share: Float
    ) {
        buckets.removeAll(keepingCapacity: true)
        SubwordHash.append(bucketsOf: word, settings, to: &buckets)
        guard !buckets.isEmpty else { return }
        let D = dimension
        mean.pointer.update(from: target, count: D)
        for bucket in buckets {
            Kernel.axpy(
                count: D, a: -1 / Float(buckets.count), x: vectors.pointer + Int(bucket) * D, y: mean.pointer)
        }
        // Each n-gram as often as it occurs; divided so that the mean goes its share of the way even in "hahahaha" (Kaczmarz 1937).
        let step = share * Float(buckets.count) / sumOfSquaredCounts()
        for bucket in buckets {
            Kernel.axpy(count: D, a: step, x: mean.pointer, y: vectors.pointer + Int(bucket) * D)
        }
    }

    /// Sum over different n-grams of the squared number of times that each occurs.
    private mutating func sumOfSquaredCounts() -> Float {
        buckets.sort()
        var sum = 0, count = 0
        for (index, bucket) in buckets.enumerated() {
            count += 1
            guard index + 1 == buckets.count || buckets[index + 1] != bucket else { continue }
            sum += count * count
            count = 0
        }
        return Float(sum)
    }
}
