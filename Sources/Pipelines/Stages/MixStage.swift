package import ArgumentParser
import Corpora
import Diagnostics
import Formats
package import Shards
import Streams
import Vectors

/// Gold sentences of a source, put between the scored ones of the target at a stated share of the tokens.
///
/// Their targets are one-hot distributions, so every objective takes them like a teacher's. The labelled text is read as often as
/// the target needs it. Which sentences a block gets depends on the blocks before it alone.
package struct MixStage: Stage {
    package static let help = StageHelp(
        "mix", abstract: "Puts gold sentences of a source between the scored ones of the target.",
        discussion: """
            EXAMPLE
              ... | nerpipe score --teacher teachers/en \\
                | nerpipe mix --gold en=en/train.conll --share 0.25 \\
                | nerpipe update -o student

            The gold labels are targets like a teacher's, with probability 1. The labelled text is read as often as it is needed.
            """)
    package static let kinds: [StreamHeader.Kind] = [.scored]
    /// More gold than this would not be distillation, and a block of it too large.
    private static let maximumShare = 0.95

    @Option(help: "Labelled file of a source, LANGUAGE=FILE; repeatable.")
    package var gold: [String]

    @Option(help: "Share of gold tokens in what comes out, above 0 and at most 0.95.")
    package var share: Double

    @Option(
        help:
            "Rename entity types, or drop them to O: MISC=O,DATE=O. Types the stream does not have become O, which is said."
    )
    package var map = ""

    @OptionGroup package var label: LabelArguments
    @OptionGroup package var columns: ColumnArguments
    @OptionGroup package var place: TableArguments

    package init() {}

    package func validate() throws {
        guard share > 0, share <= Self.maximumShare else {
            throw ValidationError("--share must be above 0 and at most \(Self.maximumShare)")
        }
    }

    private var files: [GoldCorpus.File] { gold.flatMap(GoldCorpus.File.parse) }

    package func requireInputs(in context: PipelineContext) throws {
        for file in files { _ = try FileInput(path: file.path) }
    }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        let tags = try TagSet(names: header.labels ?? [], place: place)
        let corpus = GoldCorpus(
            files: files, labels: LabelFilter(mapping: try TagMapping(map)), form: try label.form(columns),
            reading: ReadingNotes(notify: context.log))
        for note in try corpus.notes(tags, knower: "the stream") { context.log(note) }
        let gold = GoldFeed(
            corpus: corpus.keeping(tags.types), tags: tags,
            embedder: try Embedder(
                table: context.table(of: header, at: self.place.vectors, neededBy: place),
                features: header.features ?? [], numbers: TokenNumbers(names: header.numbers ?? [])))
        try gold.requireKnownLanguages()
        var mixed = header
        mixed.selection = try (header.selection ?? []) + [identity(of: gold.corpus)]
        let share = share
        var stage = OpenStage(
            header: mixed,
            work: .tasks { input, header, runner in
                runner.mix(input, header, gold, share: share)
            })
        stage.changesSentences = true
        return stage
    }

    /// Names what is mixed in, for the header.
    private func identity(of corpus: GoldCorpus) throws -> String {
        let changes = [map, columns.options.identity, try label.identity].filter { !$0.isEmpty }.map { ", " + $0 }
            .joined()
        let languages = corpus.files.map { $0.language ?? GoldFeed.language }.joined(separator: " ")
        return "mixed \(share) gold of \(try InputIdentity.ofContent(corpus.paths)) (\(languages)\(changes))"
    }
}

/// Labelled sentences, as a teacher that is sure of them would have scored them.
private struct GoldFeed: Sendable {
    /// Of files that name no language.
    static let language = "und"
    let corpus: GoldCorpus
    let tags: TagSet
    let embedder: Embedder

    func requireKnownLanguages() throws {
        for language in corpus.languages(default: Self.language) {
            try embedder.requireKnown(language, option: "--gold LANGUAGE=FILE")
        }
    }

    /// Sends the corpus again and again, until nobody takes it any more.
    func send(to sender: BoundedStream<SentenceBatch>.Sender, like header: StreamHeader) async throws {
        try await sender.finishing {
            while true {
                var isEmpty = true
                let reader = corpus.labelled(tags)
                while let (batch, language) = try reader() {
                    isEmpty = false
                    let embedded = embedder.embed(batch, language: language ?? Self.language).0
                    try await sender.send(embedded.asScored(labelCount: tags.count, like: header))
                }
                if isEmpty { throw Failure.noLabelledSentence([corpus.paths[0]], " to mix in") }
            }
        }
    }
}

extension PipelineRunner {
    fileprivate func mix(_ input: BatchStream, _ header: StreamHeader, _ feed: GoldFeed, share: Double) -> BatchStream {
        let (goldSender, gold) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        addBlocking { try await feed.send(to: goldSender, like: header) }
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let counters = addStage("mix", from: input.batches.waits, batches)
        add {
            try await sender.finishing {
                var mixer = Mixer(share: share, gold: gold.makeAsyncIterator())
                for try await batch in input {
                    let mixed = try await mixer.mix(batch)
                    counters.add(mixed.counts, busy: .zero)
                    counters.putIn("gold sentences put in", sentences: mixed.sentenceCount - batch.sentenceCount)
                    try await sender.send(mixed)
                }
                counters.note("gold tokens put in", mixer.coverage.tokenCount)
                counters.note(mixer.coverage)
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
    /// Of the gold tokens.
    private(set) var coverage = Embedder.Coverage()
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
            let tokens = from.tokens(ofSentence: sentence)
            goldTokens += tokens.count
            coverage += Embedder.Coverage(rows: from.embedding?.rows[tokens] ?? [])
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
