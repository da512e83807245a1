package import Corpora
import Diagnostics
package import Shards
import Streams
package import Vectors

extension GoldCorpus {
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
        /// Those of its files that copies are made of.
        let copied: GoldCorpus
        let tags: TagSet
        let copies: Range<Int>
        var reader: Reader
        var copy: Int
        var index = 0
        var sentenceCount = 0

        init(_ corpus: GoldCorpus, _ tags: TagSet, copies: Range<Int>, of language: String? = nil) {
            self.corpus = corpus
            copied = language.map(corpus.files(inLanguage:)) ?? corpus
            self.tags = tags
            self.copies = copies
            copy = copies.lowerBound
            reader = Reader(corpus: copy == 0 ? corpus : copied)
        }

        func next() throws -> Item? {
            while true {
                if let batch = try reader.next() {
                    index += 1
                    var sentences = batch.sentences
                    sentences.index = index
                    sentences.gold = try corpus.numbers(of: corpus.iob2(batch), in: tags)
                    defer { sentenceCount += sentences.sentenceCount }
                    return Item(
                        sentences: sentences, firstSentence: sentenceCount, copy: copy, language: batch.language)
                }
                copy += 1
                guard copy < copies.upperBound else { return nil }
                reader = Reader(corpus: copied)
                sentenceCount = 0
            }
        }
    }

    func numbers(of names: [String], in tags: TagSet) throws -> [UInt8] {
        try names.map { tag in
            guard let number = tags.number(of: tag) else {
                throw Failure.unknownTag(tag, among: tags.names, paths)
            }
            return UInt8(number)
        }
    }

    /// Batches with gold label numbers and their language, one for each call; nil at the end.
    package func labelled(_ tags: TagSet) -> () throws -> (SentenceBatch, language: String?)? {
        let reader = ItemReader(self, tags, copies: 0..<1)
        return { try reader.next().map { ($0.sentences, $0.language) } }
    }

    /// The same corpus as batches with gold label numbers, embedded, for training; then its code-switched copies.
    ///
    /// - Parameter language: Of files that name none, and that words are translated from: of files in others there are no copies.
    package func labelledStream(
        _ embedder: Embedder, tags: TagSet, language: String, switcher: CodeSwitcher? = nil,
        hiding: RareWordHiding? = nil, runner: PipelineRunner
    ) throws -> BatchStream {
        let reader = Box(ItemReader(self, tags, copies: switcher?.copyNumbers ?? 0..<1, of: language))
        let (itemSender, items) = BoundedStream<Item>.make(capacity: PipelineRunner.streamCapacity)
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: PipelineRunner.streamCapacity)
        let counters = runner.addStage("embed", from: items.waits, batches)
        runner.addBlocking { [bad] in
            try await PipelineRunner.produce(into: itemSender) {
                let item = try reader.value.next()
                // Those of all labelled files, development data among them; how many there are in all, nobody counts.
                if item == nil { counters.setRecords(accepted: nil, bad) }
                return item
            }
        }
        runner.addWorkers(from: items, to: sender) { item in
            let language = item.language ?? language
            return counters.measure {
                func counted(_ embedded: (SentenceBatch, Embedder.Coverage)) -> SentenceBatch {
                    counters.note(embedded.1)
                    return embedded.0
                }
                let hides = hiding.map { hiding in
                    let sentences = item.sentences.sentenceNumbers
                    return { (token: Int, row: UInt32) in
                        let (sentence, place) = sentences[token]
                        return hiding.hides(
                            row, copy: item.copy, sentence: item.firstSentence + sentence, token: place)
                    }
                }
                guard let switcher, let foreign = switcher.language(ofCopy: item.copy) else {
                    return counted(embedder.embed(item.sentences, language: language, hides: hides))
                }
                let (sentences, isReplaced) = switcher.switched(
                    item.sentences, copy: item.copy, firstSentence: item.firstSentence)
                counters.note("tokens replaced by translations", isReplaced.count { $0 })
                return counted(
                    embedder.embed(
                        sentences, language: language, foreign: .init(language: foreign, isForeign: isReplaced),
                        hides: hides))
            }
        }
        return BatchStream(
            header: try labelledHeader(embedder, tags: tags, language: language), batches: batches, name: paths[0])
    }

    /// The header of what ``labelledStream(_:tags:language:switcher:hiding:runner:)`` gives; several languages are joined
    /// by `+`.
    package func labelledHeader(_ embedder: Embedder, tags: TagSet, language: String) throws -> StreamHeader {
        var languages: [String] = []
        for language in try self.languages(default: language).map({ try embedder.requireKnown($0) })
        where !languages.contains(language) { languages.append(language) }
        var header = try embedder.header(for: Self.tokensHeader(languages[0]), place: paths[0])
        header.language = languages.joined(separator: "+")
        header.kind = .labelled
        header.labels = tags.names
        return header
    }

    package static func tokensHeader(_ language: String) -> StreamHeader {
        StreamHeader(kind: .tokens, producer: Version.producer, language: language, tokenizer: "given")
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
