import Corpora
import Diagnostics
import Formats
import Shards
import Testing

/// The form of a text, found from its name and its beginning.
struct RecognitionTests {
    static func recognize(_ text: String, name: String = "a.txt", as format: (any TextFormat)? = nil) throws -> String {
        try TextReading.recognize(TextSample(Array(text.utf8)), name: name, as: format).description
    }

    static func labelled(_ text: String, _ request: ReadingRequest = .init(tags: .gold)) throws -> String {
        try TextReading.recognizeLabelled(TextSample(Array(text.utf8)), name: "gold", request).description
    }

    @Test(arguments: [
        ("a.jsonl.zst", "jsonl"), ("a.ndjson", "jsonl"), ("b.conll", "conll"), ("b.bio.zstd", "conll"),
        ("b.tsv", "conll"), ("B.TSV", "conll"), ("A.JSONL", "jsonl"), ("c.txt.zst", "none"), ("-", "none"),
        ("c.json", "none"),
    ])
    func namesPromiseForms(_ name: String, _ format: String) {
        #expect(TextFormats.promised(by: name)?.name ?? "none" == format)
    }

    static let json = "{\"id\": 1, \"text\": \"a\"}\n{\"text\": \"b\"}\n"
    static let columns = "Anna\tB-PER\nlacht\tO\n\nBob\tB-PER\n"

    @Test(arguments: [
        (json, "JSON lines"), ("\u{FEFF}" + json, "JSON lines"), ("[\n {\n  \"text\": \"a\"\n }\n]\n", "JSON lines"),
        ("\n  {\"tokens\": [\"a\"]}\n", "JSON of tokens and tags: tokens"),
        ("{\"text\": \"" + String(repeating: "long ", count: 20000) + "\"}\n", "JSON lines"),
        (columns, "CoNLL columns: token 1 of 2"),
        (columns.replacing("\n", with: "\r\n"), "CoNLL columns: token 1 of 2"),
        (columns.replacing("\t", with: " "), "CoNLL columns: token 1 of 2"),
        ("EU NNP I-NP B-ORG\nsays VBZ B-VP O\n", "CoNLL columns: token 1 of 4"),
        ("# id 1\na\tO\nb\tB-X\n\n# id 2\nc\tO\n", "CoNLL columns: token 1 of 2, without comments (# ...)"),
        (
            "#\tn-tv.de [2005]\n1\tAnna\tB-PER\tO\n2\tlacht\tO\tO\n\n",
            "CoNLL columns: token 2 of 4, without comments (# ...)"
        ),
        (
            "1\tAnna\tB-PER\n2\tlacht\tO\n1\tBob\tB-PER\n",
            "CoNLL columns: token 2 of 3, a sentence begins where the numbers do"
        ),
        ("en:A\tO\nen:B\tB-X\nen:c\tO\n", "CoNLL columns: token 1 of 2, without the prefix 'en:'"),
        ("the\tDET\ncat\tNOUN\n\nit\tPRON\n", "CoNLL columns: token 1 of 2"),
    ])
    func contentIsSeenWhateverTheName(_ text: String, _ description: String) throws {
        for name in ["a.txt", "<stdin>", "a.zst", "a.json"] {
            #expect(try Self.recognize(text, name: name) == description)
        }
    }

    private static func universal(_ id: String, _ form: String, _ misc: String = "_") -> String {
        "\(id)\t\(form)\(String(repeating: "\t_", count: 7))\t\(misc)\n"
    }

    @Test func universalDependenciesHaveTheirTokens() throws {
        let text =
            "# text = del x\n" + Self.universal("1-2", "del") + Self.universal("1", "de", "NER=O")
            + Self.universal("2", "el") + Self.universal("2.1", "_") + Self.universal("3", "x", "SpaceAfter=No|NER=B-X")
            + "\n"
        #expect(try Self.recognize(text) == "CoNLL-U: FORM")
        #expect(try Self.labelled(text) == "CoNLL-U: FORM, NER in MISC")
        let reading = try TextReading.recognizeLabelled(
            TextSample(Array(text.utf8)), name: "gold", .init(tags: .gold))
        let lines = LineReader(try BufferedInput(MemoryInput(Array(text.utf8))))
        var reader = CoNLLReader(lines, layout: reading.layout, tags: .gold())
        let next = try reader.nextBatch(textByteCount: 100)
        let batch = try #require(next)
        #expect((0..<batch.tokenCount).map(batch.tokenText) == ["de", "el", "x"])
        #expect(reader.tags[0] == ["O", "O", "B-X"])
    }

    /// Running text is never taken for anything else.
    @Test(arguments: [
        "", "Hello.\n", "Vitamin B\nVitamin O\n", "a b\nc d\ne f\n", "one\n\ntwo\n", "I love O\n", "{curly} braces\n",
        "[Music]\n[\"quoted\", he said]\n", "a\tb c d\nA sentence.\tEin Satz mit Worten.\n\nMore.\tMehr davon.\n",
        "word\ttranslation\ncat\tKatze\n", "# Title\n\nSome words here.\n", "1 one\n2 two\n3 three\n",
        "300 3\nthe 0.1 0.2 0.3\n",
    ])
    func textStaysText(_ text: String) throws {
        for name in ["a.txt", "<stdin>"] { #expect(try Self.recognize(text, name: name) == "text") }
    }

    @Test(arguments: [
        (
            "a.jsonl", columns,
            "a.jsonl: named as JSON lines, but it looks like CoNLL columns; say what it is with --format conll"
        ),
        (
            "a.tsv", json,
            "a.tsv: named as CoNLL columns, but it looks like JSON lines; say what it is with --format jsonl"
        ),
        (
            "a.tsv", "A sentence.\tEin Satz.\nAnd one more.\tUnd noch einer.\n",
            "a.tsv: no CoNLL columns: column 1 has more than one word on most lines; say what it is with --format, or where the tokens are with --token-column"
        ),
        (
            "a.conll", "One line.\nAnd one more line.\nA third that is longer than that.\n",
            "a.conll: no CoNLL columns: of 3 lines no more than 1 have the same number of columns; say what it is with --format, or which lines are none with --comment"
        ),
        (
            "a.json", "{\n  \"text\": \"a\"\n}\n",
            "a.json: JSON, but neither one object a line nor a list of objects; make such lines of it, for instance with 'jq -c', or say what it is with --format"
        ),
    ])
    func contradictionsAreRefused(_ name: String, _ text: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try Self.recognize(text, name: name) }
        #expect(failure?.message == message)
    }

    @Test func whatIsAskedForIsDone() throws {
        #expect(
            try Self.recognize(Self.columns, as: PlainText()) == "text, as asked, though it looks like CoNLL columns")
        #expect(throws: Failure.self) { try Self.recognize(Self.json, as: CoNLLColumns()) }
    }

    @Test(arguments: [
        (columns, "CoNLL columns: token 1, tag 2"),
        (
            "1\tAnna\tNE\tB-PER\n2\tlacht\tV\tO\n",
            "CoNLL columns: token 2, tag 4, a sentence begins where the numbers do"
        ),
        ("EU NNP B-NP B-ORG\nsays VBZ B-VP O\n", "CoNLL columns: token 1, tag 4"),
        // The first line is bad, and does not decide.
        ("x\na\tO\nb\tB-X\n\nc\tO\n", "CoNLL columns: token 1, tag 2"),
    ])
    func labelsAreFound(_ text: String, _ description: String) throws {
        #expect(try Self.labelled(text) == description)
    }

    @Test(arguments: [
        ("# Title\n\nA readme with words.\nAnd more words here.\n", "gold: "),
        ("2 3\nthe 0.1 0.2 0.3\na 0.2 0.3 0.4\n", "gold: column 4 of 4 holds no entity tags"),
        (json, "gold: this looks like JSON lines, in which no labels are known; labels are read from columns"),
        (
            "a B-X NN\nb O VB\n",
            "gold: column 3 of 3 holds no entity tags (O, B-TYPE, I-TYPE) on most lines; 2 does: name it with --tag-column"
        ),
        (
            "1\tAnna\tB-PER\tO\n2\tlacht\tO\tO\n",
            "gold: columns 3 and 4 hold tags; say which is meant with --tag-column"
        ),
    ])
    func whatHasNoLabelsIsRefused(_ text: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try Self.labelled(text) }
        #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
    }

    @Test func optionsSayWhatCannotBeSeen() throws {
        let text = "1\tAnna\tB-PER\tO\n2\tlacht\tO\tO\n"
        #expect(
            try Self.labelled(text, .init(columns: .init(tag: .number(3)), tags: .gold))
                == "CoNLL columns: token 2, tag 3, a sentence begins where the numbers do")
        #expect(
            try Self.labelled(
                "%% x\nA B-X c\n", .init(columns: .init(token: .number(3), tag: .number(2), comment: "%%"), tags: .gold)
            )
                == "CoNLL columns: token 3, tag 2, without lines that begin with '%%'")
        let failure = #expect(throws: Failure.self) {
            try Self.labelled(text, .init(columns: .init(tag: .number(5)), tags: .gold))
        }
        #expect(failure?.message == "gold: --tag-column 5: most lines have 4 columns")
    }
}
