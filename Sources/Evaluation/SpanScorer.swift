package import Corpora

/// Collects gold and predicted tags sentence by sentence and scores whole entities.
///
/// An entity counts as correct only when sentence, first word, last word and type agree. Which types count, and under
/// what name, is decided entity by entity and for both sides alike. Memory grows with the number of sentences (some tens
/// of bytes each), because the resampling tests need their counts; tags are not kept.
package struct SpanScorer: Sendable {
    /// Entity types seen so far, by the names that count; ``SentenceCounts/TypeCounts/type`` is an index into it.
    package private(set) var types = TypeInventory()

    /// Counts per sentence, in the order of `add`.
    package private(set) var sentences: [SentenceCounts] = []

    private let scheme: TagScheme
    private let renaming: (@Sendable (String) -> String?)?
    /// Types as the tags name them, and the type in ``types`` of each; -1 does not count.
    private var tagTypes = TypeInventory()
    private var targets: [Int32] = []
    /// Entities of each of ``tagTypes``.
    private var entityCounts: [ScoreReport.Sides] = []

    private var tokenCount = 0
    private var correctTokenCount = 0
    private var illFormedTags = ScoreReport.Sides()
    private var tagsBeyondScheme = ScoreReport.Sides()
    private var hasTagsBeyondIOB2 = false
    private var total = PhraseCounts()
    private var strict = PhraseCounts()
    private var conlleval = PhraseCounts()
    /// Indexed by type; shorter than `types.names` when a type was parsed but never added.
    private var perType: [PhraseCounts] = []

    /// - Parameters:
    ///   - scheme: What strict counting follows.
    ///   - renaming: The name under which a type counts; nil when it does not. Left out, all count as they are.
    package init(scheme: TagScheme = .iob2, renaming: (@Sendable (String) -> String?)? = nil) {
        (self.scheme, self.renaming) = (scheme, renaming)
    }

    /// Adds one sentence, with one tag per word on both sides. An empty sentence counts as a sentence.
    ///
    /// - Throws: ``EvaluationError`` with code `.unequalSentenceLengths`; the scorer is then unchanged.
    package mutating func add(
        gold: [some StringProtocol],
        predicted: [some StringProtocol]
    ) throws(EvaluationError) {
        guard gold.count == predicted.count else {
            throw .unequalSentenceLengths(sentence: sentences.count, gold: gold.count, predicted: predicted.count)
        }
        var goldTags: [ParsedTag] = []
        var predictedTags: [ParsedTag] = []
        goldTags.reserveCapacity(gold.count)
        predictedTags.reserveCapacity(gold.count)
        for index in gold.indices {
            let goldText = String(gold[index])
            let predictedText = String(predicted[index])
            let goldTag = parse(goldText), predictedTag = parse(predictedText)
            goldTags.append(goldTag)
            predictedTags.append(predictedTag)
            // Compared as bytes: parsing maps all unrecognized prefixes to one.
            if goldText.utf8.elementsEqual(predictedText.utf8) || countSame(goldTag, predictedTag) {
                correctTokenCount += 1
            }
        }
        addChecked(gold: goldTags, predicted: predictedTags)
    }

    private mutating func parse(_ text: String) -> ParsedTag {
        let tag = tagTypes.parse(text: text)
        while targets.count < tagTypes.names.count {
            let name = tagTypes.names[targets.count]
            targets.append((renaming.map { $0(name) } ?? name).map { types.intern(Array($0.utf8)) } ?? -1)
            entityCounts.append(ScoreReport.Sides())
        }
        return tag
    }

    /// Whether two different tags are the same after renaming.
    private func countSame(_ gold: ParsedTag, _ predicted: ParsedTag) -> Bool {
        guard renaming != nil else { return false }
        let (goldType, predictedType) = (target(gold), target(predicted))
        guard goldType >= 0 else { return predictedType < 0 && isDroppedOrO(gold) && isDroppedOrO(predicted) }
        return goldType == predictedType && gold.prefix == predicted.prefix
            && gold.prefix != ParsedTag.unrecognizedPrefix
    }

    private func isDroppedOrO(_ tag: ParsedTag) -> Bool { tag.type >= 0 || tag == .outside }

    /// The type under which a tag counts; -1 when it does not.
    private func target(_ tag: ParsedTag) -> Int32 { tag.type < 0 ? -1 : targets[Int(tag.type)] }

    private mutating func addChecked(gold: [ParsedTag], predicted: [ParsedTag]) {
        tokenCount += gold.count
        let (goldSpans, predictedSpans) = (SpanExtraction.spans(gold), SpanExtraction.spans(predicted))
        for span in goldSpans { entityCounts[Int(span.type)].gold += 1 }
        for span in predictedSpans { entityCounts[Int(span.type)].predicted += 1 }
        let counts = SentenceCounts(gold: counted(goldSpans), predicted: counted(predictedSpans))
        sentences.append(counts)
        total += counts.total
        strict += PhraseCounts(
            gold: counted(scheme.strictSpans(gold)), predicted: counted(scheme.strictSpans(predicted)))
        let isBeyond = beyond(.iob2, gold) + beyond(.iob2, predicted) > 0
        hasTagsBeyondIOB2 = hasTagsBeyondIOB2 || isBeyond
        conlleval +=
            isBeyond
            ? PhraseCounts(
                gold: counted(SpanExtraction.conllevalSpans(gold)),
                predicted: counted(SpanExtraction.conllevalSpans(predicted))) : counts.total
        tagsBeyondScheme.gold += beyond(scheme, gold)
        tagsBeyondScheme.predicted += beyond(scheme, predicted)
        illFormedTags.gold += SpanExtraction.illFormedTagCount(gold) { targets[Int($0)] >= 0 }
        illFormedTags.predicted += SpanExtraction.illFormedTagCount(predicted) { targets[Int($0)] >= 0 }
        while perType.count < types.names.count { perType.append(PhraseCounts()) }
        for entry in counts.perType { perType[Int(entry.type)] += entry.counts }
    }

    /// The entities that count, under their types.
    private func counted(_ spans: [Span]) -> [Span] {
        if renaming == nil { return spans }
        return spans.compactMap { span in
            let type = targets[Int(span.type)]
            return type < 0 ? nil : Span(start: span.start, end: span.end, type: type)
        }
    }

    /// Tags that are not of a scheme, and whose type counts if they have one.
    private func beyond(_ scheme: TagScheme, _ tags: [ParsedTag]) -> Int {
        tags.count { !scheme.has($0.prefix) && ($0.type < 0 || target($0) >= 0) }
    }

    /// Entities of each type, by the names in the tags, whether they count or not.
    package var entityCountsByTag: (gold: [String: Int], predicted: [String: Int]) {
        var result: (gold: [String: Int], predicted: [String: Int]) = ([:], [:])
        for (name, counts) in zip(tagTypes.names, entityCounts) {
            if counts.gold > 0 { result.gold[name] = counts.gold }
            if counts.predicted > 0 { result.predicted[name] = counts.predicted }
        }
        return result
    }

    /// The score of everything added so far, without an interval.
    package var report: ScoreReport { report(bootstrap: nil) }

    /// Scores everything added so far.
    ///
    /// - Parameter bootstrap: Computes the interval of the overall F1 over sentences; `nil` leaves it out.
    /// - Returns: A report that later calls of `add` do not change.
    package func report(bootstrap: Bootstrap?) -> ScoreReport {
        var scores: [ScoreReport.TypeScore] = []
        for (type, (name, counts)) in zip(types.names, perType).enumerated() where counts != PhraseCounts() {
            var score = ScoreReport.TypeScore(name: name, counts: counts)
            score.interval = bootstrap.map { $0.interval(of: totals(ofType: Int32(type))) }
            scores.append(score)
        }
        scores.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return ScoreReport(
            overall: total,
            conlleval: hasTagsBeyondIOB2 ? conlleval : nil,
            strict: strict,
            scheme: scheme,
            perType: scores,
            sentenceCount: sentences.count,
            tokenCount: tokenCount,
            correctTokenCount: correctTokenCount,
            illFormedTags: illFormedTags,
            tagsBeyondScheme: tagsBeyondScheme,
            interval: bootstrap.map { $0.interval(of: sentenceTotals) }
        )
    }

    /// Overall counts of each sentence: what ``Bootstrap``, ``PairedBootstrap`` and ``ApproximateRandomization`` draw.
    package var sentenceTotals: [PhraseCounts] { sentences.map(\.total) }

    private func totals(ofType type: Int32) -> [PhraseCounts] {
        sentences.map { sentence in sentence.perType.first { $0.type == type }?.counts ?? PhraseCounts() }
    }

    /// Adds up the sentences of each document, to be drawn instead of sentences where documents are known.
    ///
    /// Sentences of one article repeat its entities; drawing them one by one makes intervals too narrow.
    ///
    /// - Parameter sentenceCounts: Number of sentences of each document, in the order of `add`.
    /// - Returns: Overall counts, one entry for each document.
    /// - Throws: ``EvaluationError`` with code `.unequalUnitCounts` when they do not add up to the sentences scored.
    package func documentTotals(sentenceCounts: [Int]) throws(EvaluationError) -> [PhraseCounts] {
        var totals: [PhraseCounts] = []
        var next = 0
        for count in sentenceCounts {
            guard count >= 0, count <= sentences.count - next else {
                throw .unequalDocumentLengths(sentences: sentences.count, sum: next.addingReportingOverflow(count).0)
            }
            var sum = PhraseCounts()
            for sentence in sentences[next..<(next + count)] { sum += sentence.total }
            totals.append(sum)
            next += count
        }
        guard next == sentences.count else {
            throw .unequalDocumentLengths(sentences: sentences.count, sum: next)
        }
        return totals
    }
}
