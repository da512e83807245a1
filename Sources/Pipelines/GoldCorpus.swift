package import Corpora
import Diagnostics
package import Distillation
package import Evaluation
import Locks
import Randomness
package import Shards
import Streams
package import Taggers
package import Teachers
package import Vectors

/// Labelled CoNLL files, read in batches with their tags.
///
/// Tags are mapped, and a stray `I-X` becomes `B-X`, so that what comes out is IOB2.
package struct GoldCorpus: Sendable {
    /// A file, and the language of its text where it is not that of the others.
    package struct File: Sendable {
        package var path: String
        package var language: String?

        package init(path: String, language: String? = nil) {
            self.path = path
            self.language = language
        }

        /// Parses `LANGUAGE=PATH` or `PATH`; a path may be a pattern.
        package static func parse(_ text: String) -> [File] {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex, !text[..<equals].contains("/"),
                !Directory.fileExists(text)
            else { return Directory.expand(text).map { File(path: $0) } }
            return Directory.expand(String(text[text.index(after: equals)...])).map {
                File(path: $0, language: String(text[..<equals]))
            }
        }
    }

    package let files: [File]
    package var paths: [String] { files.map(\.path) }
    package let mapping: TagMapping
    /// Types that are kept; others become O. nil keeps all.
    package let types: [String]?
    /// What becomes of sentences that cannot be read.
    package let bad: BadRecords
    private let requiresIOB: Bool
    private static let blockByteCount = 1 << 16

    /// - Parameter requiresIOB: Whether a tag of another scheme is bad; what is only compared may have any.
    package init(
        files: [File], mapping: TagMapping, types: [String]?, requiresIOB: Bool = true,
        bad: BadRecords = BadRecords()
    ) {
        self.files = files
        self.mapping = mapping
        self.types = types
        self.requiresIOB = requiresIOB
        self.bad = bad
    }

    /// A batch and the tag of each of its tokens.
    package struct Batch {
        package var sentences: SentenceBatch
        package var tags: [String]
        package var language: String?
    }

    /// Calls `body` with batches in order; they are numbered from 1 over all files.
    package func forEachBatch(_ body: (Batch) throws -> Void) throws {
        let reader = Reader(corpus: self)
        while let batch = try reader.next() { try body(batch) }
    }

    /// Reads the files one after the other.
    private final class Reader {
        let corpus: GoldCorpus
        var remaining: ArraySlice<File>
        var file: CoNLLReader?
        var language: String?
        var index = 0

        init(corpus: GoldCorpus) {
            self.corpus = corpus
            remaining = corpus.files[...]
        }

        func next() throws -> Batch? {
            while true {
                if var sentences = try file?.nextBatch(textByteCount: GoldCorpus.blockByteCount) {
                    for record in file?.takeRejected() ?? [] { try corpus.bad.reject(record) }
                    guard sentences.tokenCount > 0 else { continue }
                    index += 1
                    sentences.index = index
                    return Batch(
                        sentences: sentences, tags: corpus.normalized(file?.tags[0] ?? [], of: sentences),
                        language: language)
                }
                guard let next = remaining.popFirst() else { return nil }
                language = next.language
                file = CoNLLReader(
                    LineReader(try BufferedInput(FileInput(path: next.path))), tags: corpus.tagColumns,
                    isTolerant: corpus.bad.isTolerant)
            }
        }
    }

    /// The entity types in the files, sorted, after mapping. Reads them once, and so meets all bad sentences.
    package func findTypes() throws -> [String] {
        var types: Set<String> = []
        try forEachBatch { batch in
            for tag in Set(batch.tags) where tag != "O" { types.insert(String(tag.dropFirst(2))) }
            guard types.count <= TagSet.maximumTypeCount else {
                throw Failure(
                    .badData,
                    "\(paths.joined(separator: ", ")): more than \(TagSet.maximumTypeCount) entity types; is the tag in the last column?"
                )
            }
        }
        return types.sorted()
    }

    /// The tag column; a tag that is in no scheme we know is reported where it stands.
    private var tagColumns: CoNLLReader.TagColumns {
        guard requiresIOB else { return .gold() }
        let (mapping, known) = (mapping, Locked<Set<String>>([]))
        return .gold { tag in
            if known.withLock({ $0.contains(tag) }) { return nil }
            let mapped = mapping.apply(tag)
            guard mapped == "O" || mapped.utf8.count > 2 && (mapped.hasPrefix("B-") || mapped.hasPrefix("I-")) else {
                return
                    "tag '\(tag)' is not O, B-TYPE or I-TYPE; is the tag in the last column? Convert other schemes to IOB2"
            }
            known.withLock { _ = $0.insert(tag) }
            return nil
        }
    }

    private func normalized(_ tags: [String], of batch: SentenceBatch) -> [String] {
        var result = tags
        var cache: [String: String] = [:]
        for sentence in 0..<batch.sentenceCount {
            var previous = "O"
            for token in batch.tokens(ofSentence: sentence) {
                var tag =
                    cache[tags[token]]
                    ?? {
                        let mapped = keep(mapping.apply(tags[token]))
                        cache[tags[token]] = mapped
                        return mapped
                    }()
                if tag.hasPrefix("I-"), previous.dropFirst(2) != tag.dropFirst(2) { tag = "B-" + tag.dropFirst(2) }
                result[token] = tag
                previous = tag
            }
        }
        return result
    }

    private func keep(_ tag: String) -> String {
        guard let types, let hyphen = tag.firstIndex(of: "-") else { return tag }
        return types.contains(String(tag[tag.index(after: hyphen)...])) ? tag : "O"
    }

    /// A batch on its way to `embed`.
    private struct Item: Sendable {
        var sentences: SentenceBatch
        /// Number of its first sentence in the corpus.
        var firstSentence: Int
        /// Of the copies that a ``CodeSwitcher`` makes.
        var copy: Int
        var language: String?
    }

    /// Reads the corpus once for each copy, one after the other; batches are numbered on.
    private final class ItemReader {
        let corpus: GoldCorpus
        let tags: TagSet
        let copies: Range<Int>
        var reader: Reader
        var copy: Int
        var index = 0
        var sentenceCount = 0

        init(_ corpus: GoldCorpus, _ tags: TagSet, copies: Range<Int>) {
            self.corpus = corpus
            self.tags = tags
            self.copies = copies
            copy = copies.lowerBound
            reader = Reader(corpus: corpus)
        }

        func next() throws -> Item? {
            while true {
                if let batch = try reader.next() {
                    index += 1
                    var sentences = batch.sentences
                    sentences.index = index
                    sentences.gold = try corpus.numbers(of: batch.tags, in: tags)
                    defer { sentenceCount += sentences.sentenceCount }
                    return Item(
                        sentences: sentences, firstSentence: sentenceCount, copy: copy, language: batch.language)
                }
                copy += 1
                guard copy < copies.upperBound else { return nil }
                reader = Reader(corpus: corpus)
                sentenceCount = 0
            }
        }
    }

    private func numbers(of names: [String], in tags: TagSet) throws -> [UInt8] {
        try names.map { tag in
            guard let number = tags.number(of: tag) else {
                throw Failure(
                    .badData,
                    "\(paths.joined(separator: ", ")): tag '\(tag)' is not among \(tags.names.joined(separator: " ")); rename it with --map, or list its type in --types"
                )
            }
            return UInt8(number)
        }
    }

    /// Batches with gold label numbers and their language, one for each call; nil at the end.
    package func labelled(_ tags: TagSet) -> () throws -> (SentenceBatch, language: String?)? {
        let reader = ItemReader(self, tags, copies: 0..<1)
        return { try reader.next().map { ($0.sentences, $0.language) } }
    }

    /// Some sentences of the corpus, embedded, each as probable as any other: what a selector is rewarded by.
    package func sample(
        sentenceCount: Int, _ embedder: Embedder, tags: TagSet, language: String, seed: UInt64
    ) throws -> UpdateBatch {
        for language in languages(default: language) { try embedder.requireKnown(language) }
        var random = RandomSource(seed: seed, stream: .selection, 4)
        var kept: [SentenceBatch] = [], offered = 0
        let next = labelled(tags)
        while let (batch, own) = try next() {
            let embedded = embedder.embed(batch, language: own ?? language).0
            for sentence in 0..<embedded.sentenceCount {
                offered += 1
                let place = kept.count < sentenceCount ? kept.count : random.below(offered)
                if place < sentenceCount {
                    let one = embedded.keeping(sentences: [sentence])
                    if place == kept.count { kept.append(one) } else { kept[place] = one }
                }
            }
        }
        var result = UpdateBatch()
        for batch in kept where batch.sentenceCount > 0 { result.append(batch, sentence: 0) }
        guard result.tokenCount > 0 else {
            throw Failure(.badData, "\(paths.joined(separator: ", ")): no labelled sentence")
        }
        return result
    }

    /// The same corpus as batches with gold label numbers, embedded, for training; then its code-switched copies.
    package func labelledStream(
        _ embedder: Embedder, tags: TagSet, language: String, switcher: CodeSwitcher? = nil,
        hiding: RareWordHiding? = nil, runner: PipelineRunner
    ) throws -> BatchStream {
        let reader = Box(ItemReader(self, tags, copies: switcher?.copyNumbers ?? 0..<1))
        let items = BoundedChannel<Item>(capacity: PipelineRunner.channelCapacity)
        let output = BoundedChannel<SentenceBatch>(capacity: PipelineRunner.channelCapacity)
        runner.addBlocking("read") { try await PipelineRunner.produce(into: items) { try reader.value.next() } }
        let counters = runner.progress.addStage("embed", output)
        runner.addWorkers(from: items, to: output) { item in
            let language = item.language ?? language
            return counters.measure {
                let hides = hiding.map { hiding in
                    let sentences = item.sentences.sentenceNumbers
                    return { (token: Int, row: UInt32) in
                        let (sentence, place) = sentences[token]
                        return hiding.hides(
                            row, copy: item.copy, sentence: item.firstSentence + sentence, token: place)
                    }
                }
                guard let switcher, let foreign = switcher.language(ofCopy: item.copy) else {
                    return embedder.embed(item.sentences, language: language, hides: hides).0
                }
                let (sentences, isReplaced) = switcher.switched(
                    item.sentences, copy: item.copy, firstSentence: item.firstSentence)
                counters.note("tokens replaced by translations", isReplaced.count { $0 })
                return embedder.embed(
                    sentences, language: language, foreign: .init(language: foreign, isForeign: isReplaced),
                    hides: hides
                ).0
            }
        }
        return BatchStream(
            header: try labelledHeader(embedder, tags: tags, language: language), channel: output, name: paths[0])
    }

    /// The languages of the files, in order.
    package func languages(default language: String) -> [String] {
        files.map { $0.language ?? language }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The header of what ``labelledStream(_:tags:language:switcher:hiding:runner:)`` gives; several languages are joined
    /// by `+`.
    package func labelledHeader(_ embedder: Embedder, tags: TagSet, language: String) throws -> StreamHeader {
        let languages = languages(default: language)
        for language in languages { try embedder.requireKnown(language) }
        var header = try embedder.header(for: Self.tokensHeader(languages[0]), place: paths[0])
        header.language = languages.joined(separator: "+")
        header.kind = .labelled
        header.labels = tags.names
        return header
    }

    package static func tokensHeader(_ language: String) -> StreamHeader {
        StreamHeader(kind: .tokens, producer: Version.producer, language: language, tokenizer: "given")
    }

    /// Tags the corpus with a model and compares.
    package func evaluate(
        _ model: Model, table: VectorTable, language: String, precision: ArithmeticPrecision = .full
    ) throws -> SpanScorer {
        let tags = try model.tagSet(place: "model")
        let tagger = try TaggerInference(model, vectors: table, precision: precision)
        return try evaluate(Embedder(table: table, for: model.configuration), tags: tags, language: language) {
            tagger.tag($0, tags: tags)
        }
    }

    /// Tags the corpus with several models as an ensemble, and compares.
    ///
    /// - Parameter configuration: Of one of them; all must read the same inputs.
    package func evaluate(
        _ ensemble: TeacherMixture, table: VectorTable, configuration: TaggerConfiguration, language: String
    ) throws -> SpanScorer {
        let tags = try TagSet(names: ensemble.labels, place: ensemble.teachers[0].path)
        let embedder = try Embedder(table: table, for: configuration)
        try ensemble.requireFit(
            embedder.header(for: Self.tokensHeader(languages(default: language)[0]), place: paths[0]),
            stream: "the models' own inputs")
        return try evaluate(embedder, tags: tags, language: language) { ensemble.tag($0, tags: tags) }
    }

    private func evaluate(
        _ embedder: Embedder, tags: TagSet, language: String, _ predict: (SentenceBatch) -> [UInt8]
    ) throws -> SpanScorer {
        for language in languages(default: language) { try embedder.requireKnown(language) }
        var scorer = SpanScorer()
        try forEachBatch { batch in
            let (embedded, _) = embedder.embed(batch.sentences, language: batch.language ?? language)
            let predicted = predict(embedded)
            for sentence in 0..<batch.sentences.sentenceCount {
                let tokens = batch.sentences.tokens(ofSentence: sentence)
                try scorer.add(
                    gold: Array(batch.tags[tokens]), predicted: tokens.map { tags.names[Int(predicted[$0])] })
            }
        }
        return scorer
    }

    /// Compares the last column, the prediction, with the one before it.
    package static func evaluateColumns(
        _ paths: [String], mapping: TagMapping, bad: BadRecords = BadRecords()
    ) throws -> SpanScorer {
        var scorer = SpanScorer()
        for path in paths {
            var reader = CoNLLReader(
                LineReader(try BufferedInput(FileInput(path: path))), tags: .goldAndPredicted,
                isTolerant: bad.isTolerant)
            while let batch = try reader.nextBatch(textByteCount: blockByteCount) {
                for record in reader.takeRejected() { try bad.reject(record) }
                for sentence in 0..<batch.sentenceCount {
                    let tokens = batch.tokens(ofSentence: sentence)
                    try scorer.add(
                        gold: reader.tags[0][tokens].map(mapping.apply),
                        predicted: reader.tags[1][tokens].map(mapping.apply))
                }
            }
        }
        try bad.finish()
        return scorer
    }
}

extension SentenceBatch {
    /// `[N]`: sentence of each token, and its place there.
    fileprivate var sentenceNumbers: [(sentence: Int, place: Int)] {
        (0..<sentenceCount).flatMap { sentence in
            tokens(ofSentence: sentence).indices.map { (sentence, $0 - tokens(ofSentence: sentence).lowerBound) }
        }
    }
}
