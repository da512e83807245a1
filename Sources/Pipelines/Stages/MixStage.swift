import Corpora
import Diagnostics
package import Shards
import Streams
package import Vectors

/// Gold sentences of a source, put between the scored ones of the target at a stated share of the tokens.
///
/// Their targets are one-hot distributions, so every objective takes them like a teacher's. The labelled text is read as often as
/// the target needs it. Which sentences a block gets depends on the blocks before it alone.
package struct MixStage: Sendable {
    package let corpus: GoldCorpus
    /// Of the tokens of what comes out.
    package let share: Double
    /// Of files that name no language.
    package let language: String
    /// Names what is mixed in, for the header.
    private let identity: String
    /// More gold than this would not be distillation, and a block of it too large.
    private static let maximumShare = 0.95

    package init(_ corpus: GoldCorpus, share: Double, language: String, mapping: String) throws {
        guard share > 0, share <= Self.maximumShare else {
            throw Failure(.usage, "--share must be above 0 and at most \(Self.maximumShare)")
        }
        (self.corpus, self.share, self.language) = (corpus, share, language)
        identity =
            "mixed \(share) gold of \(try InputIdentity.ofContent(corpus.paths)) "
            + "(\(corpus.files.map { $0.language ?? language }.joined(separator: " "))"
            + "\(mapping.isEmpty ? "" : ", \(mapping)"))"
    }

    package func header(for input: StreamHeader, place: String) throws -> StreamHeader {
        try input.require(.scored, from: place, by: "mix")
        var header = input
        header.selection = (input.selection ?? []) + [identity]
        return header
    }
}

extension PipelineRunner {
    /// Puts gold sentences into a scored stream.
    package func mix(_ input: BatchStream, _ stage: MixStage, _ embedder: Embedder) throws -> BatchStream {
        let header = try stage.header(for: input.header, place: input.name)
        let tags = try TagSet(names: header.labels ?? [], place: input.name)
        for language in stage.corpus.languages(default: stage.language) { try embedder.requireKnown(language) }
        let (goldSender, gold) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        addBlocking("gold") {
            // Until nobody needs more.
            try await goldSender.finishing {
                while true {
                    var isEmpty = true
                    let reader = stage.corpus.labelled(tags)
                    while let (batch, language) = try reader() {
                        isEmpty = false
                        let embedded = embedder.embed(batch, language: language ?? stage.language).0
                        try await goldSender.send(embedded.asScored(labelCount: tags.count, like: header))
                    }
                    if isEmpty {
                        throw Failure(.badData, "\(stage.corpus.paths[0]): no labelled sentence to mix in")
                    }
                }
            }
        }
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let counters = progress.addStage("mix", batches)
        add {
            try await sender.finishing {
                var mixer = Mixer(share: stage.share, gold: gold.makeAsyncIterator())
                for try await batch in input {
                    let mixed = try await mixer.mix(batch)
                    counters.add(mixed.counts, busy: .zero)
                    try await sender.send(mixed)
                }
            }
        }
        return BatchStream(header: header, batches: batches, name: input.name)
    }
}

/// Hands gold sentences out, one after the other.
private struct Mixer {
    let share: Double
    private var gold: BoundedStream<SentenceBatch>.Iterator
    private var targetTokens = 0
    private var goldTokens = 0
    private var current: SentenceBatch?
    private var sentence = 0

    init(share: Double, gold: BoundedStream<SentenceBatch>.Iterator) { (self.share, self.gold) = (share, gold) }

    mutating func mix(_ batch: SentenceBatch) async throws -> SentenceBatch {
        var result = batch
        // Every block of the stream has the same columns, whether it gets gold sentences or not.
        if result.scores?.weights.isEmpty == true {
            let count = result.tokenCount
            result.scores?.weights = Array(repeating: 1, count: count)
        }
        result.embedding?.dense = []
        result.embedding?.denseStatistics = []
        targetTokens += batch.tokenCount
        let wanted = Int(share / (1 - share) * Double(targetTokens))
        guard goldTokens < wanted else { return result }
        result.appendDocument(identifier: Array("gold".utf8))
        while goldTokens < wanted {
            guard let from = current, sentence < from.sentenceCount else {
                guard let next = try await gold.next() else { return result }
                (current, sentence) = (next, 0)
                continue
            }
            goldTokens += from.tokens(ofSentence: sentence).count
            result.append(from, sentence: sentence, document: result.documentCount - 1)
            sentence += 1
        }
        return result
    }
}

extension SentenceBatch {
    /// Gold labels as distributions that are sure of them.
    fileprivate func asScored(labelCount K: Int, like header: StreamHeader) -> SentenceBatch {
        var result = self
        var scores = ScoreColumns(labelCount: K, probabilities: Array(repeating: 0, count: tokenCount * K))
        for (token, label) in (gold ?? []).enumerated() {
            scores.probabilities[token * K + Int(label)] = Float16(1).bitPattern
        }
        if let voters = header.votes {
            scores.voterCount = UInt8(voters)
            scores.votes = Array(repeating: UInt8(voters), count: tokenCount)
        }
        scores.weights = Array(repeating: 1, count: tokenCount)
        result.scores = scores
        result.gold = nil
        return result
    }
}
