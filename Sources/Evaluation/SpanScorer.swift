/// Collects gold and predicted tags sentence by sentence and scores whole entities.
///
/// An entity counts as correct only when sentence, first word, last word and type agree. Memory grows with the number
/// of sentences (some tens of bytes each), because the resampling tests need their counts; tags are not kept.
package struct SpanScorer: Sendable {
    /// Entity types seen so far.
    package private(set) var types = TypeInventory()

    /// Counts per sentence, in the order of `add`.
    package private(set) var sentences: [SentenceCounts] = []

    private var tokenCount = 0
    private var correctTokenCount = 0
    private var goldIllFormedTagCount = 0
    private var predictedIllFormedTagCount = 0
    private var goldTagsBeyondIOB2 = 0
    private var predictedTagsBeyondIOB2 = 0
    private var total = PhraseCounts()
    private var strict = PhraseCounts()
    /// Indexed by type; shorter than `types.names` when a type was parsed but never added.
    private var perType: [PhraseCounts] = []

    package init() {}

    /// Adds one sentence, with one tag per word on both sides. An empty sentence counts as a sentence.
    ///
    /// - Throws: ``EvaluationError`` with code `.unequalSentenceLengths`; the scorer is then unchanged.
    package mutating func add(
        gold: [some StringProtocol],
        predicted: [some StringProtocol]
    ) throws(EvaluationError) {
        try checkLengths(gold: gold.count, predicted: predicted.count)
        var goldTags: [ParsedTag] = []
        var predictedTags: [ParsedTag] = []
        goldTags.reserveCapacity(gold.count)
        predictedTags.reserveCapacity(gold.count)
        var correct = 0
        for index in gold.indices {
            let goldText = String(gold[index])
            let predictedText = String(predicted[index])
            goldTags.append(types.parse(text: goldText))
            predictedTags.append(types.parse(text: predictedText))
            // Compared as bytes: parsing maps all unrecognized prefixes to one.
            if goldText.utf8.elementsEqual(predictedText.utf8) { correct += 1 }
        }
        addChecked(gold: goldTags, predicted: predictedTags, correctTokens: correct)
    }

    /// Adds one sentence whose tags ``parse(_:)`` of this scorer has parsed; saves the parsing when labels are numbers.
    ///
    /// - Throws: ``EvaluationError`` with code `.unequalSentenceLengths`; the scorer is then unchanged.
    /// - Precondition: Every type is -1 or known to ``types``.
    package mutating func add(gold: [ParsedTag], predicted: [ParsedTag]) throws(EvaluationError) {
        try checkLengths(gold: gold.count, predicted: predicted.count)
        var correct = 0
        for (goldTag, predictedTag) in zip(gold, predicted) {
            let largest = max(goldTag.type, predictedTag.type)
            precondition(Int(largest) < types.names.count, "type \(largest) of \(types.names.count) types")
            if goldTag == predictedTag { correct += 1 }
        }
        addChecked(gold: gold, predicted: predicted, correctTokens: correct)
    }

    private mutating func addChecked(gold: [ParsedTag], predicted: [ParsedTag], correctTokens: Int) {
        tokenCount += gold.count
        correctTokenCount += correctTokens
        for tag in gold where !tag.isIOB2 { goldTagsBeyondIOB2 += 1 }
        for tag in predicted where !tag.isIOB2 { predictedTagsBeyondIOB2 += 1 }
        goldIllFormedTagCount += SpanExtraction.illFormedTagCount(gold)
        predictedIllFormedTagCount += SpanExtraction.illFormedTagCount(predicted)

        let counts = SentenceCounts(gold: gold, predicted: predicted)
        sentences.append(counts)
        total += counts.total
        strict += counts.strict
        while perType.count < types.names.count { perType.append(PhraseCounts()) }
        for entry in counts.perType { perType[Int(entry.type)] += entry.counts }
    }

    /// Parses a tag with this scorer's type inventory, for ``add(gold:predicted:)`` with parsed tags.
    package mutating func parse(_ tag: some StringProtocol) -> ParsedTag { types.parse(tag) }

    /// The score of everything added so far, without an interval.
    package var report: ScoreReport { report(bootstrap: nil) }

    /// Scores everything added so far.
    ///
    /// - Parameter bootstrap: Computes the interval of the overall F1 over sentences; `nil` leaves it out.
    /// - Returns: A report that later calls of `add` do not change.
    package func report(bootstrap: Bootstrap?) -> ScoreReport {
        var scores: [ScoreReport.TypeScore] = []
        for (name, counts) in zip(types.names, perType) where counts != PhraseCounts() {
            scores.append(ScoreReport.TypeScore(name: name, counts: counts))
        }
        scores.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return ScoreReport(
            overall: total,
            strict: strict,
            perType: scores,
            sentenceCount: sentences.count,
            tokenCount: tokenCount,
            correctTokenCount: correctTokenCount,
            goldIllFormedTagCount: goldIllFormedTagCount,
            predictedIllFormedTagCount: predictedIllFormedTagCount,
            goldTagsBeyondIOB2: goldTagsBeyondIOB2,
            predictedTagsBeyondIOB2: predictedTagsBeyondIOB2,
            interval: bootstrap.map { $0.interval(of: sentenceTotals) }
        )
    }

    /// Overall counts of each sentence: what ``Bootstrap``, ``PairedBootstrap`` and ``ApproximateRandomization`` draw.
    package var sentenceTotals: [PhraseCounts] { sentences.map(\.total) }

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

    private func checkLengths(gold: Int, predicted: Int) throws(EvaluationError) {
        guard gold == predicted else {
            throw .unequalSentenceLengths(sentence: sentences.count, gold: gold, predicted: predicted)
        }
    }
}
