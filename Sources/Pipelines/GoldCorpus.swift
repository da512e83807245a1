package import Corpora
import Diagnostics
import Evaluation
package import Formats
import LanguageCodes
import Locks
import Shards

/// Labelled files of any form that has labels, read in batches with their tags.
///
/// What is learnt from comes out as IOB2, filtered; what is only compared stays as the file has it.
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

    package private(set) var files: [File]
    package var paths: [String] { files.map(\.path) }
    /// Which of its types count.
    package private(set) var labels: LabelFilter
    /// What becomes of sentences that cannot be read.
    package let bad: BadRecords
    /// What becomes of sentences that never seem to end.
    let longSentences: CoNLLReader.LongSentences
    private let requiresIOB: Bool
    /// How files are to be understood.
    private let form: Form
    /// Is told how each file is read, and what of it cannot be kept.
    private let reading: ReadingNotes
    /// Language of the text of files that name none, for the rules of where sentences end.
    package var language = "und"
    /// Whether batches get their `SentenceBatch/documentText`.
    package var keepsText = false
    static let blockByteCount = 1 << 16

    /// What a user says of files that cannot be seen in them.
    package struct Form: Sendable {
        /// nil to find it.
        package var format: (any TextFormat)?
        package var columns = ColumnOptions()
        package var labels = LabelOptions()

        package init(
            format: (any TextFormat)? = nil, columns: ColumnOptions = ColumnOptions(),
            labels: LabelOptions = LabelOptions()
        ) {
            (self.format, self.columns, self.labels) = (format, columns, labels)
        }
    }

    /// - Parameters:
    ///   - longSentences: Learnt from, they are cut; compared, they must be whole.
    ///   - requiresIOB: Whether a tag of another scheme is bad; what is only compared may have any.
    package init(
        files: [File], labels: LabelFilter, longSentences: CoNLLReader.LongSentences = .cut, requiresIOB: Bool = true,
        form: Form = Form(), bad: BadRecords = BadRecords(), reading: ReadingNotes = ReadingNotes()
    ) {
        self.files = files
        self.labels = labels
        self.longSentences = longSentences
        self.requiresIOB = requiresIOB
        self.form = form
        self.reading = reading
        self.bad = bad
    }

    /// The same files, of which only these types count.
    package func keeping(_ types: [String]) -> GoldCorpus {
        var corpus = self
        corpus.labels = LabelFilter(mapping: labels.mapping, types: types)
        return corpus
    }

    /// Its files in one language; those that name none are in `language`.
    func files(inLanguage language: String) -> GoldCorpus {
        var corpus = self
        corpus.files = files.filter { $0.language.map { LanguageCode.areSame($0, language) } ?? true }
        return corpus
    }

    /// For messages.
    package var place: String { paths[0] + (paths.count > 1 ? " and \(paths.count - 1) more" : "") }

    /// A batch and the tag of each of its tokens, as the file has it.
    package struct Batch {
        package var sentences: SentenceBatch
        package var tags: [String]
        package var language: String?
    }

    /// Reads the files one after the other; batches are numbered from 1 over all of them.
    final class Reader {
        let corpus: GoldCorpus
        var remaining: ArraySlice<File>
        var file: (any LabelledReader)?
        var language: String?
        var index = 0
        private var cutBefore = 0
        /// Of the files that were read.
        private var losses = ReadingLosses()
        /// Sentences so far that were too long.
        var cutSentenceCount: Int { cutBefore + (file?.cutSentenceCount ?? 0) }

        init(corpus: GoldCorpus) {
            self.corpus = corpus
            remaining = corpus.files[...]
        }

        func next() throws -> Batch? {
            while true {
                if var sentences = try file?.nextBatch(textByteCount: GoldCorpus.blockByteCount) {
                    for record in file?.takeRejected() ?? [] { try corpus.bad.reject(record) }
                    corpus.bad.accept(sentences.sentenceCount)
                    guard sentences.tokenCount > 0 else { continue }
                    index += 1
                    sentences.index = index
                    return Batch(sentences: sentences, tags: file?.tags[0] ?? [], language: language)
                }
                if let file { losses.add(file.losses) }
                cutBefore = cutSentenceCount
                file = nil
                guard let next = remaining.popFirst() else {
                    for note in losses.notes { corpus.reading.say("\(corpus.place): \(note)") }
                    losses = ReadingLosses()
                    return nil
                }
                language = next.language
                file = try corpus.open(next)
            }
        }
    }

    /// What one reading of the files found.
    package struct Survey: Sendable {
        /// Entities of each type, by its name in the files, counted as they are scored.
        package fileprivate(set) var entityCounts: [String: Int] = [:]
        /// Sentences that are cut where they are learnt from.
        package fileprivate(set) var cutSentenceCount = 0
        package fileprivate(set) var sentenceCount = 0
        /// Sentences that stand in another text, too.
        package fileprivate(set) var sharedSentenceCount = 0
    }

    /// Distinct types that are held at most, whether they count or not.
    static let maximumNameCount = 1 << 16

    /// Reads the files once, and so meets all bad sentences.
    ///
    /// - Parameter others: Counts the sentences that are among these.
    package func survey(sharedWith others: ExcludedSentences? = nil) throws -> Survey {
        var survey = Survey()
        var types = TypeInventory()
        var counts: [Int] = []
        let reader = Reader(corpus: self)
        while let batch = try reader.next() {
            let tags = batch.tags.map { types.parse($0) }
            let names = Set(types.names.compactMap(labels.name(of:)))
            guard names.count <= TagSet.maximumTypeCount, types.names.count <= Self.maximumNameCount else {
                throw Failure.tooManyTypes(paths, maximum: TagSet.maximumTypeCount)
            }
            counts += Array(repeating: 0, count: types.names.count - counts.count)
            survey.sentenceCount += batch.sentences.sentenceCount
            if let others { survey.sharedSentenceCount += others.count(in: batch.sentences) }
            for sentence in 0..<batch.sentences.sentenceCount {
                for span in SpanExtraction.spans(Array(tags[batch.sentences.tokens(ofSentence: sentence)])) {
                    counts[Int(span.type)] += 1
                }
            }
        }
        for (name, count) in zip(types.names, counts) where count > 0 {
            survey.entityCounts[name, default: 0] += count
        }
        survey.cutSentenceCount = reader.cutSentenceCount
        return survey
    }

    /// The sentences of the files, to find them elsewhere.
    package func sentences() throws -> ExcludedSentences {
        var sentences = ExcludedSentences()
        let reader = Reader(corpus: self)
        while let batch = try reader.next() { sentences.insert(batch.sentences) }
        return sentences
    }

    /// Reads the files once, and holds their labels against those of what is to learn from them.
    ///
    /// - Parameter knower: For messages: what has the tags.
    /// - Returns: What a user should know of labels and sentences.
    /// - Throws: When the labels do not meet.
    package func notes(_ tags: TagSet, knower: String, mapOption: String = "--map") throws -> [String] {
        let survey = try survey()
        try labels.require(survey.entityCounts.keys, place: place)
        var notes = labels.notes(survey.entityCounts.keys, place: place)
        var meeting = LabelMeeting(
            text: labels.renamed(survey.entityCounts), place: place, known: tags.types, knower: knower,
            fate: "they are taken for O")
        meeting.mapOption = mapOption
        notes += try meeting.check()
        if survey.cutSentenceCount > 0 { notes.append(CoNLLReader.cutNote(survey.cutSentenceCount, place)) }
        return notes
    }

    private func open(_ file: File) throws -> any LabelledReader {
        let request = ReadingRequest(columns: form.columns, tags: .gold, labels: form.labels)
        let inputs = try TextInputs([file.path], as: form.format, request)
        let reading = inputs.inputs[0].reading
        // Of brat's many small files the first is enough.
        if case .documents(.files, _) = reading.lines {
            self.reading.say(paths[0], reading)
        } else {
            for line in inputs.descriptions { self.reading.say(line) }
        }
        if case .columns(let layout) = reading.lines {
            return CoNLLReader(
                LineReader(try inputs.open(0)), layout: layout, tags: tagColumns, isTolerant: bad.isTolerant,
                longSentences: longSentences, keepsText: keepsText)
        }
        return LabelledDocuments(
            inputs, language: file.language ?? language, problem: tagProblem, isTolerant: bad.isTolerant,
            longSentences: longSentences, keepsText: keepsText)
    }

    private var tagColumns: CoNLLReader.TagColumns { .gold(problem: tagProblem) }

    /// What is wrong with a tag that is in no scheme we know, reported where it stands.
    private var tagProblem: @Sendable (String) -> String? {
        guard requiresIOB else { return { _ in nil } }
        let (mapping, known) = (labels.mapping, Locked<Set<String>>([]))
        return { tag in
            if known.withLock({ $0.contains(tag) }) { return nil }
            let isDropped = tag.firstIndex(of: "-").map {
                mapping.name(of: String(tag[tag.index(after: $0)...])) == nil
            }
            guard tag == "O" || isDropped == true || TagScheme.isTag(tag) else {
                return
                    "tag '\(tag)' is not O, B-TYPE or I-TYPE (nor of IOBES or BILOU); is the tag in the last column? "
                    + "--tag-column names another"
            }
            known.withLock { _ = $0.insert(tag) }
            return nil
        }
    }

    /// The tags of a batch as IOB2, filtered.
    package func iob2(_ batch: Batch) -> [String] {
        (0..<batch.sentences.sentenceCount).flatMap { labels.iob2(batch.tags[batch.sentences.tokens(ofSentence: $0)]) }
    }

    /// The languages of the files, in order.
    package func languages(default language: String) -> [String] {
        files.map { $0.language ?? language }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
