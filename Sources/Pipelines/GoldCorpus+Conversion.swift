package import Corpora
import Diagnostics
import Shards

extension GoldCorpus {
    /// Reads the files once and hands every batch on with its labels, in whatever types it has.
    package struct Conversion {
        package private(set) var counts = (documents: 0, sentences: 0, tokens: 0, entities: 0)
        private let reader: Reader
        private let corpus: GoldCorpus
        /// Types by their names in the files.
        private var found: Set<String> = []

        package init(_ corpus: GoldCorpus) {
            self.corpus = corpus
            reader = Reader(corpus: corpus)
        }

        /// - Returns: Also the names of its labels: `O`, then `B-X`, `I-X` of each type in it; nil at the end.
        package mutating func next() throws -> (SentenceBatch, labels: [String])? {
            guard let batch = try reader.next() else { return nil }
            for tag in batch.tags where tag != "O" { found.insert(String(tag.dropFirst(2))) }
            let names = corpus.iob2(batch)
            let types = Set(names.lazy.filter { $0 != "O" }.map { String($0.dropFirst(2)) }).sorted()
            guard types.count <= TagSet.maximumTypeCount, found.count <= GoldCorpus.maximumNameCount else {
                throw Failure.tooManyTypes(corpus.paths, maximum: TagSet.maximumTypeCount)
            }
            let tags = TagSet(types: types)
            var sentences = batch.sentences
            sentences.gold = try corpus.numbers(of: names, in: tags)
            let block = sentences.counts
            counts.documents += block.documents
            counts.sentences += block.sentences
            counts.tokens += block.tokens
            counts.entities += names.count { $0.hasPrefix("B-") }
            return (sentences, tags.names)
        }

        /// What a user should know of the labels, at the end.
        ///
        /// - Throws: When there is no type to keep.
        package func notes() throws -> [String] {
            try corpus.labels.require(found, place: corpus.place)
            var notes = corpus.labels.notes(found, place: corpus.place)
            if reader.cutSentenceCount > 0 {
                notes.append("\(corpus.place): \(reader.cutSentenceCount) sentences were too long and cut")
            }
            return notes
        }
    }
}
