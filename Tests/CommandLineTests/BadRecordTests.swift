import ProgramTesting
import Testing

/// `--on-error` and `--max-errors`: what cannot be read is left out, counted, and kept.
struct BadRecordTests {
    private static let goodLines = (0..<400).map { "Line \($0) of good text." }

    /// Good lines with bad ones between, and the bad ones.
    private static func mixed(_ good: [String], _ bad: [[UInt8]]) -> (text: [UInt8], bad: [UInt8]) {
        var text: [UInt8] = [], all: [UInt8] = []
        for (index, line) in good.enumerated() {
            text += Array(line.utf8) + [0x0A]
            guard index % 50 == 7 else { continue }
            let record = bad[index / 50 % bad.count] + [0x0A]
            text += record
            all += record
        }
        return (text, all)
    }

    struct Form: Sendable, CustomTestStringConvertible {
        var name: String
        var good: @Sendable (String) -> String
        var bad: [[UInt8]]
        var testDescription: String { name }
    }

    static let forms = [
        Form(name: "a.txt", good: { $0 }, bad: [[0x61, 0xFF], Array(repeating: 0x78, count: 3000), [0xC3, 0x20]]),
        Form(
            name: "a.jsonl", good: { "{\"id\": \"1\", \"text\": \"\($0)\"}" },
            bad: [
                Array("{\"text\": ".utf8), Array("{\"text\": \"\\ud800\"}".utf8), Array("{\"text\": \"a\"} x".utf8),
                Array(repeating: 0x7B, count: 2500), Array("{\"text\": \"a\\nb \\udfff c\"}".utf8),
            ]),
        Form(
            name: "a.conll", good: { $0.split(separator: " ").joined(separator: "\tO\n") + "\tO\n" },
            bad: [
                Array("x\ty\tO\n".utf8), Array("a\tO\n\tO\n".utf8), [0x61, 0x09, 0x4F, 0x0A, 0xFF, 0x09, 0x4F, 0x0A],
            ]),
    ]

    @Test(arguments: forms)
    func badRecordsAreLeftOutAndKept(_ form: Form) async throws {
        let folder = try ScratchFolder()
        let (text, bad) = Self.mixed(Self.goodLines.map(form.good), form.bad)
        let name = form.name
        try folder.write(name, text)
        try folder.write("only-good", Self.goodLines.map { form.good($0) + "\n" }.joined())
        let options = "--lang xx --block-bytes 700 --max-line-bytes 2000"
        let format = name.dropFirst(2) == "txt" ? "text" : String(name.dropFirst(2))
        _ = try await folder.expectSuccess("tokenize \(options) --format \(format) only-good -o good.zst")
        // By default the first one stops it, and nothing is left.
        let stopped = try await folder.nerpipe("tokenize \(options) \(name) -o new.zst")
        #expect(stopped.status == 65 && stopped.errors.hasPrefix("nerpipe: \(name):"), "\(stopped.errors)")
        #expect(!folder.exists("new.zst"))
        var printed: [String] = []
        for jobs in [1, 2] {
            for policy in ["skip", "quarantine:bad-\(name)"] {
                let outcome = try await folder.nerpipe(
                    "tokenize \(options) \(name) --on-error \(policy) -j \(jobs) --force -o new.zst")
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.errors.contains("8 bad records left out"), "\(outcome.errors)")
                let tokens = try await folder.shell("nerpipe shard cat new.zst --to conll")
                printed.append(tokens.text)
            }
            #expect(try folder.read("bad-\(name)") == bad)
            let reasons = try folder.text("bad-\(name).reasons").split(separator: "\n")
            #expect(reasons.count == 8 && reasons.allSatisfy { $0.hasPrefix("\(name):") })
        }
        let expected = try await folder.shell("nerpipe shard cat good.zst --to conll")
        #expect(printed == Array(repeating: expected.text, count: 4))
        // What was kept is read as the same form, and refused again. (Columns are as many as in the first line.)
        let again = try await folder.nerpipe("tokenize \(options) bad-\(name) --on-error skip --force -o new.zst")
        let count = name == "a.conll" ? "bad records left out" : "8 bad records left out"
        #expect(again.status == 0 && again.errors.contains(count), "\(again.errors)")
    }

    @Test func tooManyBadRecordsStopTheRun() async throws {
        let folder = try ScratchFolder()
        try folder.write("a.txt", Self.mixed(Self.goodLines, [[0xFF]]).text)
        #expect(try await folder.nerpipe("tokenize a.txt --on-error skip --max-errors 8 -o new.zst").status == 0)
        try folder.remove("new.zst")
        let outcome = try await folder.nerpipe(
            "tokenize a.txt --on-error quarantine:bad.txt --max-errors 7 -o new.zst")
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains(
                "(more than 7 bad records; raise the limit with --max-errors, or mend the input)"), "\(outcome.errors)")
        #expect(folder.listing() == ["a.txt"])
    }

    @Test func formsAreNotMixedInAQuarantine() async throws {
        let folder = try ScratchFolder()
        try folder.write("a.txt", "a\n")
        try folder.write("b.jsonl", "{\"text\": \"a\"}\n")
        let outcome = try await folder.nerpipe("tokenize a.txt b.jsonl --on-error quarantine:bad -o new.zst")
        #expect(outcome.status == 64 && outcome.errors.contains("inputs of several forms (jsonl, text)"))
    }

    /// Readers of other things: labelled sentences, dictionaries, vectors, sentence pairs.
    @Test(arguments: [
        (
            "train bad.conll --vectors v.vectors -o new --epochs 1 --width 16", "train.conll", "bad.conll",
            "a\tX-PER\n\n", 0
        ),
        ("evaluate --model student bad.conll", "gold.conll", "bad.conll", "a\n\n", 0),
        (
            "train train.conll --vectors v.vectors -o new --epochs 1 --width 16 --code-switch xx=bad.tsv", "d.tsv",
            "bad.tsv", "a\n", 0
        ),
        ("vectors evaluate v.vectors --dictionary bad.tsv --from * --to *", "d.tsv", "bad.tsv", "a\tb\t7\n", 0),
        ("vectors import bad.vec -o new.vectors --allow-wrong-count", "v.vec", "bad.vec", "word 0.1 abc\n", 0),
        (
            "vectors train --parallel xx-yy=bad.tsv --dimension 4 --epochs 1 --buckets 10 --min-count 1 -o new.vectors",
            "d.tsv",
            "bad.tsv", "no tab\n", 0
        ),
    ])
    func allReadersLeaveOutWhatTheyCannotRead(
        _ command: String, _ good: String, _ name: String, _ bad: String, _ status: Int32
    ) async throws {
        let folder = try await Fixture.folder()
        let words = try folder.text("v.vec").split(separator: "\n").dropFirst().prefix(40).compactMap {
            $0.split(separator: " ").first
        }
        try folder.write("d.tsv", words.map { "\($0)\t\($0)\n" }.joined())
        try folder.write(name, try folder.text(good) + bad)
        let refused = try await folder.nerpipe(command)
        #expect(refused.status == 65 && refused.errors.contains("\(name):"), "\(refused.errors)")
        let outcome = try await folder.nerpipe("\(command) --on-error quarantine:kept")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains("1 bad record left out, kept in kept"), "\(outcome.errors)")
        let kept = folder.listing().filter { $0.hasPrefix("kept") && !$0.hasSuffix(".reasons") }
        #expect(kept.count == 1)
        if let name = kept.first { #expect(try folder.text(name) == bad) }
    }

    /// A vector that a table cannot hold is one bad line, and the table is whole without it.
    @Test func vectorsThatATableCannotHoldAreLeftOut() async throws {
        let folder = try ScratchFolder()
        try folder.write("v.vec", "3 2\na 1 2\nb 70000 1\nc 3 4\n")
        let imported = try await folder.nerpipe("vectors import v.vec -o v.vectors --normalize none --on-error skip")
        #expect(imported.status == 0 && imported.errors.contains("v.vectors: 2 rows of 2"), "\(imported.errors)")
        let found = try await folder.nerpipe("vectors nearest v.vectors c")
        #expect(found.status == 0, "\(found.errors)")
    }

    @Test func aQuarantineWithoutAFolderIsSaidAtOnce() async throws {
        let folder = try ScratchFolder()
        try folder.write("a.txt", "a\n")
        let outcome = try await folder.nerpipe("tokenize a.txt -o new.zst --on-error quarantine:none/bad")
        #expect(outcome.status == 64 && outcome.errors.contains("there is no folder none"), "\(outcome.errors)")
    }

    /// A run reads its text once, several times when it is interrupted; the quarantine is whole in the end.
    @Test func aRunKeepsThemToo() async throws {
        let folder = try await Fixture.folder()
        try folder.write("a.txt", Self.mixed(Self.goodLines, [[0xFF]]).text)
        try folder.write(
            "p.yaml",
            """
            inputs: [a.txt]
            stages:
              - tokenize: {on-error: "quarantine:bad.txt"}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher}
              - update: {output: new, epochs: 2, width: 16, convolutions: 1, feature-buckets: 64}

            """)
        _ = try await folder.expectSuccess("run p.yaml -q")
        #expect(try folder.read("bad.txt").count == 16)
    }
}
