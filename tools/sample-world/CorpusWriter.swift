/// How much of everything to make.
package struct CorpusSizes: Sendable {
    /// Labelled sentences of the source language.
    package var sourceSentences = 5000
    /// Raw sentences of each target language.
    package var unlabelledSentences = 8000
    /// Sentences of the source language with their translations into each target language.
    package var parallelSentences = 2000
    /// Labelled sentences for choosing.
    package var devSentences = 600
    /// Labelled sentences for the final score.
    package var testSentences = 600

    /// The default sizes.
    package init() {}
}

/// One file of the sample before it is written.
package struct SampleFile {
    /// The path below the output folder.
    package let path: String
    /// The content.
    package let bytes: [UInt8]
    /// What was counted while it was made, in a fixed order.
    package let counts: [(name: String, count: Int)]
}

/// Makes the files of one language and counts how often each word occurs in them.
package struct CorpusWriter {
    private let lexicon: Lexicon
    private let text: SentenceText
    private var occurrences: [Int]
    private var secondScriptOccurrences: [Int]

    /// Prepares the files of `lexicon`'s language.
    package init(lexicon: Lexicon) {
        self.lexicon = lexicon
        text = SentenceText(lexicon: lexicon)
        occurrences = [Int](repeating: 0, count: lexicon.world.concepts.count * WordForm.allCases.count)
        secondScriptOccurrences = occurrences
    }

    /// Returns all files of the language: labelled text, raw text for a target language, vectors, and
    /// translations from the source language.
    package mutating func files(sizes: CorpusSizes) -> [SampleFile] {
        let code = lexicon.profile.code
        var files: [SampleFile] = []
        if code == LanguageProfile.all[0].code {
            files.append(columns("train", sentenceCount: sizes.sourceSentences))
        } else {
            for part in 0..<3 {
                let count = sizes.unlabelledSentences * (part + 1) / 3 - sizes.unlabelledSentences * part / 3
                files.append(running(part, sentenceCount: count))
            }
        }
        files.append(columns("dev", sentenceCount: sizes.devSentences))
        files.append(columns("test", sentenceCount: sizes.testSentences))
        files.append(vectors())
        if code != LanguageProfile.all[0].code { files.append(parallel(sentenceCount: sizes.parallelSentences)) }
        return files
    }

    private mutating func columns(_ split: String, sentenceCount: Int) -> SampleFile {
        var builder = SentenceBuilder(lexicon: lexicon, label: split)
        var bytes: [UInt8] = []
        var tokenCount = 0
        var entityCounts = [Int](repeating: 0, count: EntityType.allCases.count)
        for _ in 0..<sentenceCount {
            let sentence = builder.next()
            count(sentence)
            tokenCount += sentence.items.count
            for item in sentence.items {
                if case .begin(let type) = item.tag { entityCounts[type.rawValue] += 1 }
            }
            bytes += text.columns(sentence).utf8
        }
        return SampleFile(
            path: "\(lexicon.profile.code)/\(split).conll", bytes: bytes,
            counts: [("sentences", sentenceCount), ("tokens", tokenCount)]
                + EntityType.allCases.map { ($0.label, entityCounts[$0.rawValue]) })
    }

    private mutating func running(_ part: Int, sentenceCount: Int) -> SampleFile {
        var builder = SentenceBuilder(lexicon: lexicon, label: "unlabelled \(part)")
        var lengths = Random(seed: lexicon.world.seed, label: "documents \(lexicon.profile.code) \(part)")
        var bytes: [UInt8] = []
        var remaining = sentenceCount
        var documentCount = 0
        while remaining > 0 {
            let length = min(remaining, 1 + lengths.below(5))
            for position in 0..<length {
                let sentence = builder.next()
                count(sentence)
                if position > 0 { bytes.append(UInt8(ascii: " ")) }
                bytes += text.running(sentence).utf8
            }
            bytes.append(UInt8(ascii: "\n"))
            remaining -= length
            documentCount += 1
        }
        return SampleFile(
            path: "\(lexicon.profile.code)/unlabelled/0\(part).txt", bytes: bytes,
            counts: [("documents", documentCount), ("sentences", sentenceCount)])
    }

    /// Sentences of the source language and their translations, which no other file knows: they are not counted.
    private func parallel(sentenceCount: Int) -> SampleFile {
        let code = lexicon.profile.code
        let source = Lexicon(world: lexicon.world, profile: LanguageProfile.all[0])
        let sourceText = SentenceText(lexicon: source)
        var original = SentenceBuilder(translationsInto: source, choices: source, label: code)
        var translation = SentenceBuilder(translationsInto: lexicon, choices: source, label: code)
        var bytes: [UInt8] = []
        for _ in 0..<sentenceCount {
            bytes += "\(sourceText.running(original.next()))\t\(text.running(translation.next()))\n".utf8
        }
        return SampleFile(path: "\(code)/parallel.tsv", bytes: bytes, counts: [("pairs", sentenceCount)])
    }

    private mutating func count(_ sentence: Sentence) {
        for item in sentence.items {
            if case .word(let concept, let form) = item.content {
                let index = concept * WordForm.allCases.count + form.rawValue
                if sentence.isInSecondScript {
                    secondScriptOccurrences[index] += 1
                } else {
                    occurrences[index] += 1
                }
            }
        }
    }

    /// The vector file: the most frequent words first, words that the texts lack last.
    private func vectors() -> SampleFile {
        let table = VectorTable(lexicon: lexicon)
        var rows: [(count: Int, word: String, vector: FixedVector)] = table.punctuation(of: lexicon)
        var rowOfWord: [String: Int] = [:]
        for (row, entry) in rows.enumerated() { rowOfWord[entry.word] = row }
        func add(_ word: String, count: Int, vector: FixedVector, replaces: Bool) {
            if let row = rowOfWord[word] {
                rows[row].count += count
                if replaces { rows[row].vector = vector }
            } else {
                rowOfWord[word] = rows.count
                rows.append((count, word, vector))
            }
        }
        for concept in lexicon.world.concepts.indices {
            for form in WordForm.allCases {
                guard let vector = table.vector(of: concept, form: form) else { continue }
                let index = concept * WordForm.allCases.count + form.rawValue
                if form == .base || occurrences[index] > 0 {
                    let word = lexicon.spelling(of: concept, form: form)
                    add(word, count: occurrences[index], vector: vector, replaces: form == .base)
                }
                if secondScriptOccurrences[index] > 0 {
                    let word = lexicon.secondSpelling(of: concept, form: form)
                    add(word, count: secondScriptOccurrences[index], vector: vector, replaces: false)
                }
            }
        }
        let order = rows.indices.sorted { (-rows[$0].count, $0) < (-rows[$1].count, $1) }
        var bytes = Array("\(rows.count) \(FixedVector.dimension)\n".utf8)
        for row in order {
            bytes += rows[row].word.utf8
            for value in rows[row].vector.thousandths() { Self.append(value, to: &bytes) }
            bytes.append(UInt8(ascii: "\n"))
        }
        return SampleFile(
            path: "vectors/\(lexicon.profile.code).vec", bytes: bytes,
            counts: [("words", rows.count), ("dimension", FixedVector.dimension)])
    }

    /// Appends a space and a number of thousandths with three decimals.
    static func append(_ thousandths: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: " "))
        if thousandths < 0 { bytes.append(UInt8(ascii: "-")) }
        let value = thousandths.magnitude
        bytes += String(value / 1000).utf8
        bytes.append(UInt8(ascii: "."))
        for divisor: UInt in [100, 10, 1] { bytes.append(UInt8(truncatingIfNeeded: 48 + value / divisor % 10)) }
    }
}

extension VectorTable {
    /// The vectors of punctuation marks: nearly the same in all languages, whatever the mark looks like.
    fileprivate func punctuation(of lexicon: Lexicon) -> [(count: Int, word: String, vector: FixedVector)] {
        let orthography = lexicon.profile.orthography
        var marks = [
            (orthography.fullStop, "."), (orthography.comma, ","), ("-", "-"), ("!", "!"),
            (orthography.quotes.open, "\""),
        ]
        if orthography.quotes.close != orthography.quotes.open { marks.append((orthography.quotes.close, "\"")) }
        return marks.map { mark, meaning in
            var shared = Random(seed: lexicon.world.seed, label: "mark " + meaning)
            var own = Random(seed: lexicon.world.seed, label: "mark " + mark + lexicon.profile.code)
            var vector = FixedVector(random: &shared)
            vector.add(FixedVector(random: &own), weight: lexicon.profile.vectorNoise / 2)
            // Marks are the most frequent of all, so they lead the file.
            return (1 << 40, mark, vector)
        }
    }
}
