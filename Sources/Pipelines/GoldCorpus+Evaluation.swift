package import Corpora
package import Evaluation
package import Formats
import Shards
package import Taggers
package import Teachers
package import Vectors

extension GoldCorpus {
    /// Predictions held against gold labels.
    package struct Comparison: Sendable {
        package var scorer: SpanScorer
        /// Of the words, for a tagger; nothing for predictions that were given.
        package var coverage = Embedder.Coverage()
    }

    /// Sees a batch and the tags that were found for it.
    package typealias Observer = @Sendable (Batch, _ found: [String]) -> Void

    /// Tags the corpus with a model and compares.
    package func evaluate(
        _ model: Model, table: VectorTable, language: String, precision: ArithmeticPrecision = .full,
        scheme: TagScheme = .iob2, observer: Observer? = nil
    ) throws -> Comparison {
        let tags = try model.tagSet(place: "model")
        let tagger = try TaggerInference(model, vectors: table, precision: precision)
        var pass = try EvaluationPass(
            self, Embedder(table: table, for: model.configuration), tags, language: language, scheme, observer)
        while let batch = try pass.next() { try pass.add(tagger.tag(batch, tags: tags)) }
        return pass.comparison
    }

    /// Tags the corpus with teachers as an ensemble, and compares.
    ///
    /// - Parameters:
    ///   - embedder: What gives words the inputs that taggers of ours read, all the same; nil when nobody needs any.
    ///   - fit: Takes what each teacher gave to the right labels; nil when nobody asks for it.
    /// - Throws: With a fit, also when the ensemble does not know one of the tags.
    package func evaluate(
        _ ensemble: TeacherMixture, embedder: Embedder?, language: String, scheme: TagScheme = .iob2,
        fit: inout MixtureFit?, observer: Observer? = nil
    ) async throws -> Comparison {
        let tags = try TagSet(names: ensemble.labels, place: ensemble.name)
        let tokens = Self.tokensHeader(languages(default: language)[0])
        try ensemble.requireFit(
            embedder?.header(for: tokens, place: paths[0]) ?? tokens, stream: "the models' own inputs")
        var pass = try EvaluationPass(self, embedder, tags, language: language, scheme, observer)
        while let batch = try pass.next() {
            guard fit != nil else {
                try pass.add(await ensemble.tag(batch, tags: tags))
                continue
            }
            let right = try pass.gold()
            var given: [[Float]] = []
            try pass.add(
                await ensemble.tag(batch, tags: tags) {
                    given.append(MixtureFit.given($0, places: $1, right: right))
                })
            fit?.add(given)
        }
        return pass.comparison
    }

    /// Compares the last column, the prediction, with the one before it.
    package static func evaluateColumns(
        _ paths: [String], labels: LabelFilter, scheme: TagScheme = .iob2, form: Form = Form(),
        bad: BadRecords = BadRecords(), reading: ReadingNotes = ReadingNotes()
    ) throws -> Comparison {
        var comparison = Comparison(scorer: SpanScorer(scheme: scheme, renaming: labels.name(of:)))
        for path in paths {
            let inputs = try TextInputs(
                [path], as: form.format, ReadingRequest(columns: form.columns, tags: .goldAndPredicted))
            for line in inputs.descriptions { reading.say(line) }
            var reader = CoNLLReader(
                LineReader(try inputs.open(0)), layout: inputs.inputs[0].reading.layout, tags: .goldAndPredicted,
                isTolerant: bad.isTolerant, longSentences: .refuse)
            while let batch = try reader.nextBatch(textByteCount: blockByteCount) {
                for record in reader.takeRejected() { try bad.reject(record) }
                bad.accept(batch.sentenceCount)
                for sentence in 0..<batch.sentenceCount {
                    let tokens = batch.tokens(ofSentence: sentence)
                    try comparison.scorer.add(
                        gold: Array(reader.tags[0][tokens]), predicted: Array(reader.tags[1][tokens]))
                }
            }
        }
        try bad.finish()
        return comparison
    }
}

/// A corpus on its way through a tagger: gives a batch, and takes the tags that were found for it. Who tags, at once or later, is
/// the caller's.
private struct EvaluationPass {
    private(set) var comparison: GoldCorpus.Comparison
    private let embedder: Embedder?
    private let tags: TagSet
    private let language: String
    private let observer: GoldCorpus.Observer?
    private let corpus: GoldCorpus
    private let reader: GoldCorpus.Reader
    private var current: GoldCorpus.Batch?

    /// - Parameter language: Of files that name none.
    init(
        _ corpus: GoldCorpus, _ embedder: Embedder?, _ tags: TagSet, language: String, _ scheme: TagScheme,
        _ observer: GoldCorpus.Observer?
    ) throws {
        for language in corpus.languages(default: language) { try embedder?.requireKnown(language) }
        (self.embedder, self.tags, self.language, self.observer) = (embedder, tags, language, observer)
        self.corpus = corpus
        reader = GoldCorpus.Reader(corpus: corpus)
        comparison = .init(scorer: SpanScorer(scheme: scheme, renaming: corpus.labels.name(of:)))
    }

    /// The next batch, embedded where somebody needs it.
    mutating func next() throws -> SentenceBatch? {
        current = try reader.next()
        guard let current else { return nil }
        guard let embedder else { return current.sentences }
        let (embedded, coverage) = embedder.embed(current.sentences, language: current.language ?? language)
        comparison.coverage += coverage
        return embedded
    }

    /// The right tag numbers of the batch that was given last.
    func gold() throws -> [UInt8] { try current.map { try corpus.numbers(of: corpus.iob2($0), in: tags) } ?? [] }

    /// - Parameter predicted: A tag number for each token of the batch that was given last.
    mutating func add(_ predicted: [UInt8]) throws {
        guard let current else { preconditionFailure("tags were found for no batch") }
        let found = predicted.map { tags.names[Int($0)] }
        try comparison.scorer.add(current, found: found)
        observer?(current, found)
    }
}

extension GoldCorpus.Comparison {
    /// Holds what counts against what there is.
    ///
    /// - Parameters:
    ///   - modelTypes: Types that the model knows; nil when the predictions were given.
    ///   - place: For messages: where the gold labels are.
    /// - Returns: What a user should know of the labels and the words.
    /// - Throws: When a type to keep is on neither side, nothing is left, or the labels do not meet.
    package func check(_ labels: LabelFilter, modelTypes: [String]?, place: String) throws -> [String] {
        let counts = scorer.entityCountsByTag
        let found = Set(counts.gold.keys).union(modelTypes ?? Array(counts.predicted.keys))
        try labels.require(found, place: place)
        var notes = labels.notes(found, place: place)
        let gold = labels.renamed(counts.gold)
        if let modelTypes {
            let meeting = LabelMeeting(
                text: gold, place: place, known: labels.renamed(modelTypes), knower: "the model",
                fate: "they count as missed; leave them out with --map TYPE=O")
            notes += try meeting.check(isChosen: labels.types != nil)
        } else {
            let predicted = labels.renamed(counts.predicted)
            if gold.isEmpty { notes.append("warning: \(place): no gold entity of a type that counts") }
            if !gold.isEmpty, !predicted.isEmpty, Set(gold.keys).isDisjoint(with: predicted.keys) {
                notes.append(
                    "warning: \(place): gold and predicted entities have no type in common; rename the types of one side with --map"
                )
            }
        }
        return notes + coverage.notes
    }
}

extension SpanScorer {
    /// - Parameter found: A tag for each token.
    fileprivate mutating func add(_ batch: GoldCorpus.Batch, found: [String]) throws {
        for sentence in 0..<batch.sentences.sentenceCount {
            let tokens = batch.sentences.tokens(ofSentence: sentence)
            try add(gold: Array(batch.tags[tokens]), predicted: Array(found[tokens]))
        }
    }
}
