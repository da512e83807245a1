import Kernels
import Vectors

/// Which rows each word is made of: its own, and those of its n-grams.
///
/// Rows of n-grams lie in the order in which words need them, most often first, as those of words do: what is read all the time
/// shares cache lines and pages.
struct InputRows {
    /// The rows of word `w` are `rows[starts[w]..<starts[w + 1]]`.
    private(set) var rows: [UInt32] = []
    private(set) var starts: [UInt32] = [0]
    /// By bucket of n-grams.
    private(set) var ofBuckets: [UInt32] = []

    init(_ subwords: SubwordDescription, _ vocabulary: Vocabulary, rowCount: Int) {
        var uses = [Int](repeating: 0, count: subwords.buckets)
        for word in 0..<rowCount {
            rows.append(UInt32(word))
            let start = rows.count
            vocabulary.withBytes(word) { SubwordHash.append(bucketsOf: $0, subwords, to: &rows) }
            starts.append(UInt32(rows.count))
            for bucket in rows[start...] { uses[Int(bucket)] += Int(vocabulary.counts[word].occurrences) }
        }
        var places = [UInt32](repeating: 0, count: subwords.buckets)
        for (place, bucket) in uses.indices.sorted(by: { (uses[$1], $0) < (uses[$0], $1) }).enumerated() {
            places[bucket] = UInt32(rowCount + place)
        }
        for word in 0..<rowCount {
            for k in Int(starts[word]) + 1..<Int(starts[word + 1]) { rows[k] = places[Int(rows[k])] }
        }
        ofBuckets = places
    }
}
