import Corpora
import Locks
import Shards

/// Sentences that a stage left out, kept so that they can be looked at and given in again: one token a line and an empty line after each
/// sentence, in the order of the stream, whoever worked on it; the reasons, a line each, in `FILE.reasons`.
///
/// Memory: the sentences.
final class SentenceQuarantine: Sendable {
    private struct Kept {
        var block, sentence: Int
        var text: [UInt8]
        var reason: String
    }

    private let path: String
    private let rule: OutputRule
    private let kept = Locked<[Kept]>([])

    init(_ path: String, _ rule: OutputRule) { (self.path, self.rule) = (path, rule) }

    func keep(_ sentences: [Int], of batch: SentenceBatch, reason: String) {
        let found = sentences.map { sentence in
            let lines = batch.tokens(ofSentence: sentence).flatMap { batch.text[batch.textRange(ofToken: $0)] + [0x0A] }
            return Kept(block: batch.index, sentence: sentence, text: lines + [0x0A], reason: reason)
        }
        kept.withLock { $0 += found }
    }

    /// Writes the files, when there is something to keep; and says so.
    func finish(_ log: (String) -> Void) throws {
        let kept = kept.withLock { kept in
            defer { kept = [] }
            return kept.sorted { ($0.block, $0.sentence) < ($1.block, $1.sentence) }
        }
        guard !kept.isEmpty else { return }
        try Directory.make(Directory.parent(of: path))
        try TextFile.write(kept.flatMap(\.text), to: path, rule)
        let reasons = kept.map { "sentence \($0.sentence + 1) of block \($0.block): \($0.reason)\n" }
        try AtomicFile.write(Array(reasons.joined().utf8), to: path + ".reasons", rule)
        log("\(kept.count) sentences kept in \(path), the reasons in \(path).reasons")
    }
}
