package import Corpora
import Diagnostics
package import Formats
import Locks
import Randomness
package import Shards
package import Streams
package import WordAlignment

/// Labels text of a language by carrying the labels of its translation over word links.
///
/// Yarowsky, Ngai and Wicentowski 2001, "Inducing multilingual text analysis tools via robust projection across aligned
/// corpora"; only sentences all of whose entities found a place are kept, because an entity that is left out would
/// teach that a name is none (Ni, Dinu and Florian 2017, "Weakly supervised cross-lingual named entity recognition via
/// effective annotation and representation projection").
///
/// The pairs are read twice: once to number the words, from which the alignment is learnt, and once to link, tag and
/// project. Memory: the table of word pairs, the words, and some hundred pairs for each thread.
package struct LabelProjection: Sendable {
    package struct Options: Sendable {
        /// Files of `SOURCE <TAB> TARGET` lines.
        package var paths: [String]
        /// File of columns to make.
        package var output: String
        package var rule = OutputRule()
        /// Language codes.
        package var source: String
        package var target: String
        package var symmetrization = Symmetrization.intersection
        /// Mean confidence from which the entities of a sentence are believed.
        package var minimumConfidence = 0.8
        package var alignmentIterations = 5
        /// Memory of the table of word pairs, in bytes.
        package var alignmentBytes = 1 << 30
        /// Words that are numbered at most.
        package var wordLimit = 4_000_000
        /// Pairs that are read at most.
        package var pairLimit = Int.max
        package var seed: UInt64 = 1
        package var threads = ComputeThreads.single
        package var bad = BadRecords()
        /// Pairs of which a side is one of these, or contains one, are left out.
        package var excluded = ExcludedSentences()

        package init(paths: [String], output: String, source: String, target: String) {
            self.paths = paths
            self.output = output
            self.source = source
            self.target = target
        }
    }

    /// Tags sentences of the source language: a tag number of each token, and the greatest probability that it has.
    /// Called from several threads at once.
    package typealias Tagger = @Sendable (SentenceBatch) -> (labels: [UInt8], confidences: [Float])

    /// Pairs that a thread tags at a time.
    private static let piecePairCount = 256

    private let options: Options
    private let tags: TagSet
    private let tagger: Tagger
    private let log: @Sendable (String) -> Void
    private let status: @Sendable (String, Double?) -> Void

    /// - Parameters:
    ///   - tags: What the tagger's numbers mean.
    ///   - log: Takes a line about what a user should know.
    ///   - status: Takes what is being done now, and how much of it is done.
    package init(
        _ options: Options, tags: TagSet, tagger: @escaping Tagger,
        log: @escaping @Sendable (String) -> Void = { _ in },
        status: @escaping @Sendable (String, Double?) -> Void = { _, _ in }
    ) {
        self.options = options
        self.tags = tags
        self.tagger = tagger
        self.log = log
        self.status = status
    }

    /// Writes the projected sentences, and says what became of all.
    package func run() throws -> ProjectionReport {
        let output = try TextFile(options.output, options.rule)
        let encoded = options.output + ".pairs.tmp"
        defer { try? Directory.remove(encoded) }
        let first = reader()
        let words = try number(first, into: encoded)
        try options.bad.finish()
        guard first.pairCount > 0 else {
            throw Failure.noPairs(options.paths[0])
        }
        first.notes.forEach(log)
        if words.forgottenCount > 0 { log("\(words.forgottenCount) tokens of words beyond --max-words") }
        let aligner = try align(encoded, wordCount: words.count)
        let second = reader()
        let report = try project(second, words, aligner, pairCount: first.pairCount, to: output)
        guard second.bytesRead == first.bytesRead, second.pairCount == first.pairCount else {
            throw Failure.pairsChanged(options.paths[0])
        }
        // Before the output is there: a run that is ended in between finds it complete, and would not tidy up.
        try Directory.remove(encoded)
        try output.commit()
        return report
    }

    private func reader() -> PairReader {
        PairReader(
            options.paths, source: options.source, target: options.target, excluding: options.excluded,
            bad: options.bad, limit: options.pairLimit)
    }

    private static func isTooLong(_ pair: SentencePair) -> Bool {
        max(pair.source.count, pair.target.count) > EncodedLines.maximumPairTokenCount
    }

    // MARK: Alignment

    private func number(_ reader: PairReader, into path: String) throws -> WordNumbers {
        var words = WordNumbers(limit: options.wordLimit, languages: (options.source, options.target))
        var writer = try EncodedCorpus.Writer(path: path)
        try reader.forEach { pair in
            if reader.pairCount % 4096 == 0 { status("numbering words, pair \(reader.pairCount)", nil) }
            guard !Self.isTooLong(pair) else { return }
            let source = words.insert(pair.source, .source), target = words.insert(pair.target, .target)
            try writer.append(
                languages: [0, 1], areEntries: false, source: source, sourceMarks: source.map { _ in [] },
                target: target, targetMarks: target.map { _ in [] })
        }
        try writer.finish()
        return words
    }

    private func align(_ path: String, wordCount: Int) throws -> WordAligner {
        var settings = WordAligner.Settings(tableBytes: options.alignmentBytes)
        settings.iterations = options.alignmentIterations
        let corpus = try EncodedCorpus.Reader(paths: [path], wordCount: wordCount, languageCount: 2)
        let aligner = try WordAligner(
            settings, corpus, wordCount: wordCount, beside: path, isForOtherLines: true,
            threads: options.threads
        ) { status("aligning", $0) }
        if aligner.refusedCount > 0 {
            log("the table of word pairs is full; raise --alignment-memory for better alignments")
        }
        return aligner
    }

    // MARK: Projection

    /// A pair and its links.
    private struct LinkedPair: Sendable {
        /// nil when it is too long to be looked at.
        var pair: SentencePair?
        var links: [WordLink]
    }

    /// What a pair gives, before it is decided whether a sentence without entities is taken.
    private struct Outcome: Sendable {
        var report = ProjectionReport()
        /// Columns; empty when the pair is not to be written.
        var text: [UInt8] = []
        var hasEntities = false
    }

    private func project(
        _ reader: PairReader, _ words: WordNumbers, _ aligner: WordAligner, pairCount: Int, to output: TextFile
    ) throws -> ProjectionReport {
        var report = ProjectionReport()
        var pieces: [[LinkedPair]] = [[]]
        var done = 0
        func flush() throws {
            for outcome in outcomes(of: pieces).joined() {
                let isTaken = take(outcome, after: report, number: done)
                report.add(outcome.report)
                done += 1
                guard isTaken else { continue }
                if !outcome.hasEntities { report.writtenEntityFreePairs += 1 }
                try output.write(outcome.text)
            }
            pieces = [[]]
            try Interruption.check("interrupted while projecting, nothing is written")
            status("projecting", Double(done) / Double(pairCount))
        }
        try reader.forEach { pair in
            if pieces[pieces.count - 1].count == Self.piecePairCount {
                if pieces.count == 2 * options.threads.count { try flush() } else { pieces.append([]) }
            }
            pieces[pieces.count - 1].append(
                LinkedPair(pair: Self.isTooLong(pair) ? nil : pair, links: links(of: pair, words, aligner)))
        }
        try flush()
        return report
    }

    private func links(of pair: SentencePair, _ words: WordNumbers, _ aligner: WordAligner) -> [WordLink] {
        guard !Self.isTooLong(pair) else { return [] }
        var lines = EncodedLines()
        lines.source = words.find(pair.source, .source)
        lines.target = words.find(pair.target, .target)
        lines.sourceEnds = [UInt32(lines.source.count)]
        lines.targetEnds = [UInt32(lines.target.count)]
        return options.symmetrization.links(aligner.directedLinks(lines)[0])
    }

    /// Whether a pair is written. Sentences without entities are taken as often as those with entities were so far: a
    /// corpus of the latter alone would have names everywhere.
    private func take(_ outcome: Outcome, after report: ProjectionReport, number: Int) -> Bool {
        guard !outcome.hasEntities, !outcome.text.isEmpty else { return !outcome.text.isEmpty }
        let seen = report.pairs - report.longPairs - report.entityFreePairs
        var random = RandomSource(seed: options.seed, stream: .projection, UInt64(number))
        return random.nextUniform() * Double(seen) < Double(report.writtenPairs)
    }

    /// What the pairs of each piece give, in their order, whoever computes them.
    private func outcomes(of pieces: [[LinkedPair]]) -> [[Outcome]] {
        let results = Locked([[Outcome]](repeating: [], count: pieces.count))
        options.threads.run(pieces.count) { piece, _ in
            let outcomes = outcomes(of: pieces[piece])
            results.withLock { $0[piece] = outcomes }
        }
        return results.withLock { $0 }
    }

    private func outcomes(of piece: [LinkedPair]) -> [Outcome] {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: [])
        for case let pair? in piece.map(\.pair) { Self.append(pair.source, to: &batch) }
        let (labels, confidences) = tagger(batch)
        var first = 0
        return piece.map { linked in
            var outcome = Outcome()
            outcome.report.pairs = 1
            guard let pair = linked.pair else {
                outcome.report.longPairs = 1
                return outcome
            }
            let tokens = first..<first + pair.source.count
            first = tokens.upperBound
            fill(&outcome, pair, linked.links, Self.entities(Array(labels[tokens]), Array(confidences[tokens])))
            return outcome
        }
    }

    private static func append(_ side: PairSide, to batch: inout SentenceBatch) {
        side.text.withUnsafeBufferPointer { text in
            var first = 0
            for end in side.sentenceEnds {
                for token in first..<end {
                    let range = side.range(token)
                    batch.appendToken(.init(rebasing: text[range]), offset: UInt64(range.lowerBound))
                }
                batch.endSentence(document: 0)
                first = end
            }
        }
    }

    /// The entities of a sentence, each with the mean of its tokens' confidences.
    static func entities(_ labels: [UInt8], _ confidences: [Float]) -> [SourceEntity] {
        EntitySpan.spans(ofLabels: labels.lazy.map(Int.init)).map { span in
            let sum = confidences[span.tokens].reduce(0.0) { $0 + Double($1) }
            return SourceEntity(span: span, confidence: sum / Double(span.tokens.count))
        }
    }

    private func fill(_ outcome: inout Outcome, _ pair: SentencePair, _ links: [WordLink], _ sources: [SourceEntity]) {
        let projection = EntityProjection(sources, of: pair, links: links)
        outcome.report.entities = sources.count
        outcome.report.projected = projection.entities.count
        for reason in projection.rejections { outcome.report.rejected[reason, default: 0] += 1 }
        outcome.hasEntities = !sources.isEmpty
        if sources.isEmpty {
            outcome.report.entityFreePairs = 1
        } else if !projection.rejections.isEmpty {
            outcome.report.incompletePairs = 1
            return
        } else if sources.reduce(0, { $0 + $1.confidence }) / Double(sources.count) < options.minimumConfidence {
            outcome.report.doubtfulPairs = 1
            return
        } else {
            outcome.report.writtenPairs = 1
        }
        outcome.text = columns(pair.target, projection.entities)
    }

    /// `TOKEN <TAB> TAG` lines, an empty line after each sentence.
    private func columns(_ side: PairSide, _ entities: [EntitySpan]) -> [UInt8] {
        var labels = [Int](repeating: 0, count: side.count)
        for entity in entities {
            for token in entity.tokens { labels[token] = 2 * entity.type + (token == entity.tokens.lowerBound ? 1 : 2) }
        }
        var bytes: [UInt8] = []
        var first = 0
        for end in side.sentenceEnds {
            for token in first..<end {
                bytes += side.text[side.range(token)]
                bytes += "\t\(tags.names[labels[token]])\n".utf8
            }
            bytes.append(0x0A)
            first = end
        }
        return bytes
    }
}
