import Corpora
import Diagnostics
import Formats
import NERPipeTesting
import Shards
import Testing

@Suite struct CoNLLReaderTests {
    struct Read: Equatable {
        var sentences: [[String]] = [], tags: [String] = [], documents: [String] = [], offsets: [UInt64] = []
    }

    static func read(_ text: String, needsTags: Bool = true, textByteCount: Int = 1 << 20) throws -> Read {
        var reader = CoNLLReader(
            LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "f"))),
            tags: needsTags ? .gold() : .ignored)
        var result = Read()
        while let batch = try reader.nextBatch(textByteCount: textByteCount) {
            for sentence in 0..<batch.sentenceCount {
                result.sentences.append(batch.tokens(ofSentence: sentence).map(batch.tokenText))
                result.documents.append(batch.documentIdentifier(Int(batch.sentenceDocuments[sentence])))
            }
            result.offsets += batch.tokenOffsets
            result.tags += reader.tags.first ?? []
            // Every token slices back to the file.
            for token in 0..<batch.tokenCount {
                let start = Int(batch.tokenOffsets[token])
                let bytes = Array(text.utf8)[start..<start + batch.textRange(ofToken: token).count]
                #expect(String(decoding: bytes, as: UTF8.self) == batch.tokenText(token))
            }
        }
        return result
    }

    /// The same two sentences in the forms in which files have them.
    @Test(arguments: [
        "Zoë\tB-PER\nging\tO\n\nПариж\tB-LOC\n", "Zoë B-PER\nging O\n\nПариж B-LOC\n",
        "Zoë\tB-PER\r\nging\tO\r\n\r\nПариж\tB-LOC\r\n",
        "Zoë\tB-PER\nging\tO\n\nПариж\tB-LOC", "\n\nZoë\tB-PER\nging\tO\n \n\t\n\nПариж\tB-LOC\n\n\n",
        "\u{FEFF}Zoë  B-PER \nging  O\n\nПариж B-LOC\n",
    ])
    func formsOfFilesGiveTheSameSentences(_ text: String) throws {
        let read = try Self.read(text)
        #expect(read.sentences == [["Zoë", "ging"], ["Париж"]])
        #expect(read.tags == ["B-PER", "O", "B-LOC"])
        #expect(read.documents == ["f", "f"])
    }

    @Test func byteOrderMarkIsNoPartOfATokenButCountsInOffsets() throws {
        let read = try Self.read("\u{FEFF}a\tO\nb\tO\n")
        #expect(read.sentences == [["a", "b"]])
        #expect(read.offsets == [3, 7])
    }

    @Test func middleColumnsAreIgnoredAndSingleColumnsAllowedWithoutTags() throws {
        #expect(try Self.read("EU NNP I-NP B-ORG\nsays VBZ I-VP O\n").tags == ["B-ORG", "O"])
        #expect(
            try Self.read("EU\nsays\n", needsTags: false)
                == Read(sentences: [["EU", "says"]], documents: ["f"], offsets: [0, 3]))
    }

    @Test func tabsDecideWhereALineHasThem() throws {
        #expect(try Self.read("New York\tB-LOC\n").sentences == [["New York"]])
    }

    @Test func documentStartsSeparateDocumentsAndSentences() throws {
        let read = try Self.read(
            "-DOCSTART- -X- O\n\na O\n-DOCSTART- -X- O\nb O\n\nc O\n".replacing(" -X- ", with: " "))
        #expect(read.sentences == [["a"], ["b"], ["c"]])
        #expect(read.documents == ["f", "f#2", "f#2"])
    }

    @Test(arguments: [1, 3, 10])
    func whereItCutsChangesNothing(_ size: Int) throws {
        let text = "aa\tO\nb\tB-PER\n\ncc\tO\n\n-DOCSTART-\tO\n\ndd\tO\nee\tO\n\nf\tO\n"
        let whole = try Self.read(text), cut = try Self.read(text, textByteCount: size)
        #expect(cut == whole)
    }

    @Test func documentThatGoesOnIsMarkedAndCountedOnce() throws {
        var reader = CoNLLReader(
            LineReader(try BufferedInput(MemoryInput(Array("a\tO\n\nb\tO\n\n-DOCSTART-\tO\n\nc\tO\n".utf8)))),
            tags: .gold())
        var documents = 0, flags: [Bool] = []
        while let batch = try reader.nextBatch(textByteCount: 1) {
            documents += batch.counts.documents
            flags.append(batch.continuesDocument)
        }
        #expect(documents == 2)
        #expect(flags[..<2] == [false, true])
    }

    @Test(arguments: [
        ("a\tO\nb\n", "f:2: 1 columns where most lines have 2"), ("a\tO\n\nb\tX\tO\n", "f:3: 3 columns"),
        ("\tO\n", "f:1: the token is empty"),
        ("a\n", "f:1: no tag column"), ("a\t\n", "f:1: no tag column"),
    ])
    func badLinesAreNamed(_ text: String, _ expected: String) {
        let failure = #expect(throws: Failure.self) { try Self.read(text) }
        #expect(failure?.message.hasPrefix(expected) == true, "\(failure?.message ?? "")")
    }

    /// Good and bad sentences, the batch cut at every size: what is good comes out, what is bad is kept as it was.
    @Test(arguments: [1, 4, 1 << 20])
    func badSentencesAreLeftOutAndKept(_ size: Int) throws {
        let good = ["a\tO\nb\tB-X\n\n", "c\tO\n\n", "d\tI-X\n\n"]
        let long = "e\tO\n" + String(repeating: "x", count: 200) + "\tO\nf\tO\n\n"
        let bad = ["g\tO\nh\ni\tO\n\n", "\tO\n\n", "j\tO\nk\tWRONG\n\n", long, "l\tO\nm\tn\tO"]
        let text = good[0] + bad[0] + good[1] + bad[1] + bad[2] + bad[3] + good[2] + bad[4]
        var reader = CoNLLReader(
            LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "f")), maximumLineByteCount: 100),
            tags: .gold { $0 == "WRONG" ? "wrong tag" : nil }, isTolerant: true)
        var tokens: [String] = [], tags: [String] = [], rejected: [RejectedRecord] = []
        while let batch = try reader.nextBatch(textByteCount: size) {
            tokens += (0..<batch.tokenCount).map(batch.tokenText)
            tags += reader.tags[0]
            #expect(Int(batch.sentenceEnds.last ?? 0) == batch.tokenCount)
            rejected += reader.takeRejected()
        }
        #expect(tokens == ["a", "b", "c", "d"])
        #expect(tags == ["O", "B-X", "O", "I-X"])
        #expect(String(decoding: rejected.flatMap(\.bytes), as: UTF8.self) == bad.joined())
        // What the last one lacks is there for whatever may follow it.
        #expect(rejected.last?.separator == [0x0A, 0x0A])
        #expect(
            rejected.compactMap(\.failure).map { $0.message.prefix { $0 != " " } }
                == ["f:5:", "f:10:", "f:13:", "f:16:", "f:22:"])
    }

    /// More bad lines than are kept at a time: none is lost, and the sentences around them neither.
    @Test(arguments: ["a\tO\n\n", ""])
    func longBadSentencesLoseNothing(_ before: String) throws {
        let bad = "x\tO\n" + String(repeating: "y\tO\tO\n", count: 400_000) + "\n"
        let text = before + bad + "b\tO\n\n" + "-DOCSTART-\tO\n\n" + bad + "c\tO\n"
        var reader = CoNLLReader(
            LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "f"))), isTolerant: true)
        var tokens: [String] = [], kept: [UInt8] = [], failures = 0, counts = BlockCounts()
        while let batch = try reader.nextBatch(textByteCount: 1 << 16) {
            tokens += (0..<batch.tokenCount).map(batch.tokenText)
            for record in reader.takeRejected() {
                kept += record.bytes
                failures += record.failure == nil ? 0 : 1
            }
            if batch.tokenCount > 0 { counts += batch.counts }
        }
        #expect(tokens == (before.isEmpty ? [] : ["a"]) + ["b", "c"])
        #expect(kept == Array((bad + bad).utf8) && failures == 2)
        #expect(counts.documents == 2 && counts.sentences == tokens.count)
    }

    /// Cut where no entity is cut in two, and a sentence of just the limit not at all.
    @Test func longSentencesAreCutBesideEntities() throws {
        let limit = CoNLLReader.maximumSentenceTokenCount
        let outside = String(repeating: "a\tO\n", count: limit - 1)
        for (rest, lengths) in [
            ("b\tB-X\n\n", [limit]), ("b\tO\nc\tO\n", [limit, 1]),
            ("b\tB-X\nc\tI-X\nd\tI-X\ne\tB-X\n", [limit + 2, 1]),
        ] {
            for size in [1, 1 << 20] {
                let lines = LineReader(try BufferedInput(MemoryInput(Array((outside + rest).utf8), name: "f")))
                var reader = CoNLLReader(lines, tags: .gold()), found: [Int] = [], tags: [String] = []
                while let batch = try reader.nextBatch(textByteCount: size) {
                    found += (0..<batch.sentenceCount).map { batch.tokens(ofSentence: $0).count }
                    tags += reader.tags[0]
                }
                #expect(found == lengths && reader.cutSentenceCount == lengths.count - 1)
                #expect(tags.count == lengths.reduce(0, +))
            }
        }
    }

    @Test func whatIsScoredIsWholeOrRefused() throws {
        func read(_ count: Int) throws -> [Int] {
            let text = String(repeating: "a\tO\n", count: count)
            var reader = CoNLLReader(
                LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "f"))), tags: .gold(),
                longSentences: .refuse)
            var found: [Int] = []
            while let batch = try reader.nextBatch(textByteCount: 1) {
                found += (0..<batch.sentenceCount).map { batch.tokens(ofSentence: $0).count }
            }
            return found
        }
        #expect(try read(10_000) == [10_000])
        #expect(try read(1 << 18) == [1 << 18])
        #expect { try read(1 << 18 + 1) } throws: {
            "\($0)".hasPrefix("f:262145: a sentence of more than 262144 tokens")
        }
    }

    @Test func emptyFilesHaveNoBatch() throws {
        for text in ["", "\n", "\n\n \n", "\u{FEFF}", "-DOCSTART- O\n\n"] { #expect(try Self.read(text) == Read()) }
    }
}
