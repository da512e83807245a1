package import Corpora
import Glibc
import Shards

/// The records of a text that a person should look at: those of whose entities a tagger is least sure, and of different words.
///
/// Candidates are entities that were found, and runs of tokens that are probably none but may be (at least ``doubt``). A record
/// counts by the sum of their entropies over the root of its tokens: the mean would choose records of one candidate, the sum long
/// ones. A candidate whose words were chosen before counts half, and so on, so a name that comes often is asked about a few
/// times: uncertainty per entity, diversified greedily. Of the stream the ``poolFactor`` times as many most uncertain records are
/// kept, so memory is bounded by how many are asked for.
package struct UncertainRecords {
    /// Probability of an entity from which a token that was called none is a candidate.
    package static let doubt: Float = 0.1
    static let poolFactor = 10

    private struct Entry {
        var order: Int
        var record: SentenceBatch
        var candidates: [(words: UInt64, entropy: Float)]
        var uncertainty: Float
    }

    private let count: Int
    /// Not sorted; cut back when it is twice as long as it may be.
    private var pool: [Entry] = []
    private var seen = 0
    /// Records that had a candidate.
    package private(set) var candidateCount = 0

    package init(count: Int) { self.count = count }

    package mutating func add(_ batch: SentenceBatch) {
        for number in batch.documentText?.records.indices ?? 0..<0 {
            seen += 1
            let candidates = Self.candidates(of: batch, record: number)
            guard !candidates.isEmpty, let record = batch.extracting(record: number) else { continue }
            candidateCount += 1
            let sum = candidates.reduce(0) { $0 + $1.entropy } / sqrtf(Float(record.tokenCount))
            pool.append(Entry(order: seen, record: record, candidates: candidates, uncertainty: sum))
            if pool.count >= 2 * count * Self.poolFactor { cut() }
        }
    }

    private mutating func cut() {
        pool.sort { ($0.uncertainty, $1.order) > ($1.uncertainty, $0.order) }
        pool.removeSubrange(min(pool.count, count * Self.poolFactor)...)
    }

    private static func candidates(of batch: SentenceBatch, record: Int) -> [(words: UInt64, entropy: Float)] {
        guard let confidence = batch.confidence, let text = batch.documentText else { return [] }
        var candidates: [(words: UInt64, entropy: Float)] = []
        func add(_ tokens: Range<Int>) {
            let entropy = tokens.reduce(0) { max($0, confidence.entropies[$1]) }
            let start = tokens.lowerBound == 0 ? 0 : Int(batch.textEnds[tokens.lowerBound - 1])
            let bytes = batch.text[start..<Int(batch.textEnds[tokens.upperBound - 1])]
            candidates.append((bytes.withUnsafeBytes { Digest.xxh3($0) }, entropy))
        }
        for sentence in text.records[record].sentences {
            let range = batch.tokens(ofSentence: sentence)
            var isFound = Array(repeating: false, count: range.count)
            for span in batch.entities(ofSentence: sentence) {
                for token in span.tokens { isFound[token] = true }
                add(range.lowerBound + span.tokens.lowerBound..<range.lowerBound + span.tokens.upperBound)
            }
            var start: Int?
            for token in range.lowerBound...range.upperBound {
                let isDoubtful =
                    token < range.upperBound && !isFound[token - range.lowerBound]
                    && confidence.entityProbabilities[token] >= doubt
                if isDoubtful {
                    start = start ?? token
                } else if let first = start {
                    add(first..<token)
                    start = nil
                }
            }
        }
        return candidates
    }

    /// The chosen records, those to be looked at first in front.
    package mutating func chosen() -> [SentenceBatch] {
        cut()
        var times: [UInt64: Int] = [:]
        func gain(_ entry: Entry) -> Float {
            entry.candidates.reduce(0) { $0 + $1.entropy * powf(0.5, Float(times[$1.words] ?? 0)) }
                / sqrtf(Float(entry.record.tokenCount))
        }
        var open = pool.map { (entry: $0, gain: $0.uncertainty, round: 0) }
        var result: [SentenceBatch] = []
        while result.count < count, !open.isEmpty {
            // Gains only fall, so an old gain is an upper bound (lazy greedy, Minoux 1978).
            func best() -> Int {
                open.indices.min { (-open[$0].gain, open[$0].entry.order) < (-open[$1].gain, open[$1].entry.order) }
                    ?? 0
            }
            var index = best()
            while open[index].round < result.count {
                open[index].gain = gain(open[index].entry)
                open[index].round = result.count
                index = best()
            }
            let entry = open.remove(at: index).entry
            for candidate in entry.candidates { times[candidate.words, default: 0] += 1 }
            var record = entry.record
            record.index = result.count + 1
            result.append(record)
        }
        return result
    }
}
