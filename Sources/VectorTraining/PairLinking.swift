import Shards
import Streams
import WordAlignment

/// The second step: finds in every pair of languages which words translate each other.
struct PairLinking: Sendable {
    let options: VectorTrainingOptions
    let files: WorkFiles
    let report: TrainingReport

    /// Links what is not linked yet. Each pair is aligned by itself, so their order does not matter.
    func run(_ vocabulary: Vocabulary) throws {
        let missing = files.pairNames.filter {
            !Directory.fileExists(files.dictionary($0)) || !Directory.fileExists(files.linked($0))
        }
        let shared = SharedVocabulary(vocabulary)
        // An alignment has work for two threads, and by itself it needs less memory than beside another.
        if options.threads.count > 2 {
            try options.threads.run(missing.count) { pair, _ in try link(missing[pair], shared.vocabulary) }
        } else {
            for name in missing { try link(name, vocabulary) }
        }
    }

    private func link(_ name: String, _ vocabulary: Vocabulary) throws {
        var settings = WordAligner.Settings(tableBytes: options.alignmentBytes)
        settings.iterations = options.alignmentIterations
        let corpus = try EncodedCorpus.Reader(
            paths: [files.encoded(name)], wordCount: vocabulary.wordCount,
            languageCount: vocabulary.languages.count)
        let aligner = try WordAligner(
            settings, corpus, wordCount: vocabulary.wordCount, beside: files.linked(name), threads: options.threads
        ) { report.status("aligning \(name)", $0) }
        if aligner.refusedCount > 0 {
            report.log("\(name): the table of word pairs is full; raise --alignment-memory for better alignments")
        }
        let heldOut = HeldOutWords(share: options.heldOutShare)
        var writer = try EncodedCorpus.Writer(path: files.linked(name))
        var links = 0, tokens = 0
        try aligner.forEachLinkedBlock { lines in
            var lines = lines
            heldOut.dropLinks(of: &lines, vocabulary)
            links += lines.links.reduce(0) { $0 + ($1 == EncodedLines.noLink ? 0 : 1) }
            tokens += lines.links.count
            try writer.append(lines)
        }
        try writer.finish()
        var dictionary = AlignedDictionary(aligner, floor: options.dictionaryFloor)
        dictionary.rows.removeAll { heldOut.contains($0.source, vocabulary) }
        report.log(
            "\(name): \(corpus.tokenCount) tokens, \(links) links for \(tokens) target tokens, \(dictionary.rows.count) word pairs"
        )
        try dictionary.write(to: files.dictionary(name))
    }
}

/// A vocabulary that several threads read at the same time.
///
/// `@unchecked Sendable` holds because nothing writes it while they do.
private struct SharedVocabulary: @unchecked Sendable {
    let vocabulary: Vocabulary
    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }
}
