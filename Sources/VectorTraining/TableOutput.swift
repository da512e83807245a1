import Diagnostics
import Kernels
import Shards
import Vectors
import WordAlignment

/// The last step: refines the space, counts what the statistics need of the links, and writes the table.
struct TableOutput {
    let options: VectorTrainingOptions
    let files: WorkFiles
    let report: TrainingReport
    let vocabulary: Vocabulary
    let corpus: CorpusDescription
    let lexicon: Lexicon
    /// Vectors of words, then rows of n-grams.
    let rows: HalfRows
    /// By bucket of n-grams.
    let rowsOfBuckets: [UInt32]
    /// Words.
    let rowCount: Int

    func write() throws -> VectorTableDescription {
        let languages = options.languages, dimension = options.skipGram.dimension, pivot = pivot
        var refinement = SpaceRefinement(
            options.refinement, vocabulary: vocabulary, lexicon: lexicon, vectors: rows, rowCount: rowCount,
            threads: options.threads)
        for language in refinement.run(pivot: pivot) {
            report.log(
                "\(languages[language]): no pairs of words connect it with \(languages[pivot]); "
                    + "its vectors are near theirs by shared character n-grams alone")
        }
        try countLinks(pivot: pivot)

        let writer = try VectorTableWriter(
            path: options.output, dimension: dimension, normalization: .unit, statistics: WordStatistics.names,
            unseenStatistics: WordStatistics.unseen, rule: options.rule.forParts)
        let numbers = languages.map(writer.addLanguage)
        writer.pivot = languages[pivot]
        for language in languages.indices {
            let transform = refinement.transforms[language]
            writer.setTransform(language: numbers[language], center: transform.center, rotation: transform.rotation)
        }
        try writeWords(languages: numbers, pivot: pivot, to: writer)
        try writer.appendSubwords(options.skipGram.subwords) { bucket, row in
            rows.copy(Int(rowsOfBuckets[bucket]), into: row)
        }
        return try writer.finish()
    }

    private func writeWords(
        languages numbers: [UInt16], pivot: Int, to writer: VectorTableWriter
    ) throws {
        let spreads = spreads(), vector = FloatBuffer(count: rows.dimension)
        for word in 0..<rowCount {
            if word % 8192 == 0 {
                try Interruption.check("interrupted while writing the table")
                report.status("writing the table", Double(word) / Double(rowCount))
            }
            let language = Int(vocabulary.wordLanguages[word])
            var counts = vocabulary.counts[word]
            if language == pivot {
                (counts.links, counts.linkIsCased) = (counts.tellsCase, counts.capitalized + counts.upper)
            }
            let followed = Float(corpus.followedByCased[language]) / Float(max(1, corpus.followed[language]))
            let statistics = WordStatistics.values(counts, followedByCased: followed, spread: spreads[word])
            rows.copy(word, into: vector.pointer)
            try vocabulary.withBytes(word) { bytes in
                try statistics.withUnsafeBufferPointer {
                    try writer.append(
                        word: bytes, language: numbers[language], vector: vector.pointer,
                        statistics: $0.baseAddress)
                }
            }
        }
    }

    private var pivot: Int {
        if let code = options.pivot, let number = options.languages.firstIndex(of: code) { return number }
        return corpus.tokenCounts.indices.max { corpus.tokenCounts[$0] < corpus.tokenCounts[$1] } ?? 0
    }

    /// Share of the languages in which the form of each row occurs twice or more.
    private func spreads() -> [Float] {
        var languages: [UInt64: Int] = [:]
        func hash(_ word: Int) -> UInt64 { vocabulary.withBytes(word) { Digest.xxh3(UnsafeRawBufferPointer($0)) } }
        for word in 0..<rowCount where vocabulary.counts[word].inText >= 2 {
            languages[hash(word), default: 0] += 1
        }
        return (0..<rowCount).map {
            Float(languages[hash($0)] ?? 0) / Float(vocabulary.languages.count)
        }
    }

    /// Counts, for every word, its links to words of the pivot language, or of another that is the source of its pairs,
    /// whose capitalization says something.
    private func countLinks(pivot: Int) throws {
        guard !files.pairNames.isEmpty else { return }
        let reader = try EncodedCorpus.Reader(
            paths: files.pairNames.map(files.linked),
            wordCount: vocabulary.wordCount, languageCount: vocabulary.languages.count)
        for index in 0..<reader.blockCount {
            let lines = try reader.lines(index)
            if lines.areEntries { continue }
            for line in 0..<lines.lineCount {
                let start = lines.sourceRange(line).lowerBound
                for token in lines.targetRange(line) where lines.links[token] != EncodedLines.noLink {
                    let source = start + Int(lines.links[token])
                    count(lines.target[token], TokenMarks(rawValue: lines.sourceMarks[source]))
                    if Int(lines.languages[1]) == pivot {
                        count(lines.source[source], TokenMarks(rawValue: lines.targetMarks[token]))
                    }
                }
            }
        }
    }

    private func count(_ word: UInt32, _ translation: TokenMarks) {
        guard translation.contains(.tellsCase) else { return }
        vocabulary.withCounts(Int(word)) { counts in
            counts.links += 1
            if translation.isCased { counts.linkIsCased += 1 }
        }
    }
}
