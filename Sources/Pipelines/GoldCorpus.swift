package import Corpora
import Diagnostics
package import Formats
import Locks
import Shards

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
    private let columns: ColumnOptions
    /// Is told how each file is read.
    private let reading: ReadingNotes
    static let blockByteCount = 1 << 16

    /// - Parameter requiresIOB: Whether a tag of another scheme is bad; what is only compared may have any.
    package init(
        files: [File], mapping: TagMapping, types: [String]?, requiresIOB: Bool = true,
        columns: ColumnOptions = ColumnOptions(), bad: BadRecords = BadRecords(), reading: ReadingNotes = ReadingNotes()
    ) {
        self.files = files
        self.mapping = mapping
        self.types = types
        self.requiresIOB = requiresIOB
        self.columns = columns
        self.reading = reading
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
    final class Reader {
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
                    corpus.bad.accept(sentences.sentenceCount)
                    guard sentences.tokenCount > 0 else { continue }
                    index += 1
                    sentences.index = index
                    return Batch(
                        sentences: sentences, tags: corpus.normalized(file?.tags[0] ?? [], of: sentences),
                        language: language)
                }
                guard let next = remaining.popFirst() else { return nil }
                language = next.language
                file = try CoNLLReader(
                    path: next.path, ReadingRequest(columns: corpus.columns, tags: .gold), tags: corpus.tagColumns,
                    isTolerant: corpus.bad.isTolerant, corpus.reading)
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

    /// The languages of the files, in order.
    package func languages(default language: String) -> [String] {
        files.map { $0.language ?? language }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
