import Foundation
import ProgramTesting
import Testing

/// Texts under names, and in forms, that others give them.
struct TextFormTests {
    private static let json = "{\"id\": \"1\", \"text\": \"Anna lacht.\"}\n{\"id\": \"2\", \"text\": \"Bob.\"}\n"
    private static let words = "Anna\nlacht\n.\n\nBob\n.\n\n"
    private static let columns = "Anna\tB-PER\nlacht\tO\n.\tO\n\nBob\tB-PER\n.\tO\n\n"

    private static func read(
        _ name: String, _ file: String, _ text: String, says: String, options: String = ""
    ) -> ForeignCase {
        ForeignCase(
            name, files: [file: text], "nerpipe tokenize \(options) \(file) | nerpipe shard cat --to conll",
            output: words,
            says: ["nerpipe tokenize: reading \(file) as \(says)"])
    }

    @Test(arguments: [
        read("JSON lines in .json", "a.json", json, says: "JSON lines"),
        read("JSON lines in .txt", "a.txt", json, says: "JSON lines"),
        read(
            "a list of JSON", "a.json",
            "[\n  " + json.replacing("\n{", with: ",\n{").replacing(",", with: ",\n    ") + "]\n", says: "JSON lines"),
        read("JSON lines in .JSONL", "a.JSONL", json, says: "JSON lines"),
        ForeignCase(
            "JSON lines in a bare .zst and in a pipe", files: ["a": json],
            "zstd -q a -o a.zst; nerpipe tokenize -q a.zst | nerpipe shard cat --to conll; (head -c 30 a; sleep 0.3; tail -c +31 a) | nerpipe tokenize | nerpipe shard cat --to conll",
            output: words + words, says: ["nerpipe tokenize: reading <stdin> as JSON lines"]),
        read("columns in .txt", "a.txt", columns, says: "CoNLL columns: token 1 of 2"),
        read(
            "columns with spaces in .txt", "a.txt", columns.replacing("\t", with: " "),
            says: "CoNLL columns: token 1 of 2"),
        read(
            "GermEval", "a.tsv",
            "#\thttp://de.wikipedia.org [2009]\n1\tAnna\tB-PER\tO\n2\tlacht\tO\tO\n3\t.\tO\tO\n\n#\thttp://x [2010]\n1\tBob\tB-PER\tO\n2\t.\tO\tO\n\n",
            says: "CoNLL columns: token 2 of 4, without comments (# ...)"),
        read(
            "numbered, without empty lines", "a.txt", "1\tAnna\tB-PER\n2\tlacht\tO\n3\t.\tO\n1\tBob\tB-PER\n2\t.\tO\n",
            says: "CoNLL columns: token 2 of 3, a sentence begins where the numbers do"),
        read(
            "WikiANN", "a.txt",
            columns.replacing("Anna", with: "de:Anna").replacing("lacht", with: "de:lacht")
                .replacing("Bob", with: "de:Bob").replacing(".", with: "de:."),
            says: "CoNLL columns: token 1 of 2, without the prefix 'de:'"),
        read(
            "other comments", "a.conll", "%%% one\n" + columns + "%%% two\n",
            says: "CoNLL columns: token 1 of 2, without lines that begin with '%%%'", options: "--comment %%%"),
        read(
            "the token in the second column", "a.conll",
            columns.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "x\t\($0)" }
                .joined(separator: "\n"),
            says: "CoNLL columns: token 2 of 3", options: "--token-column 2"),
    ])
    func formsAreFound(_ row: ForeignCase) async throws { try await row.check() }

    @Test(arguments: [
        ForeignCase(
            "a README as predictions",
            files: ["README.md": "# Title\n\nSome words of it.\n\nAnd more words of it here.\n"],
            "nerpipe evaluate README.md", status: 65, output: "",
            says: ["nerpipe: README.md: *"]),
        ForeignCase(
            "a vector file as predictions", "nerpipe evaluate v.vec", status: 65, output: "",
            says: [
                "nerpipe: v.vec: column * of * holds no entity tags (O, B-TYPE, I-TYPE) on most lines; give a file of tokens and tags"
            ]),
        ForeignCase(
            "JSON as gold", files: ["gold.json": json], "nerpipe evaluate --model student gold.json", status: 65,
            output: "",
            says: [
                "nerpipe: gold.json: this looks like JSON lines, in which no labels are known; labels are read from columns *"
            ]),
        ForeignCase(
            "tags that are not last", files: ["gold.txt": "Anna B-PER NE\nlacht O V\n"],
            "nerpipe train gold.txt --vectors v.vectors -o new", status: 65,
            says: [
                "nerpipe: gold.txt: column 3 of 3 holds no entity tags (O, B-TYPE, I-TYPE) on most lines; 2 does: name it with --tag-column"
            ]),
        ForeignCase(
            "sentence pairs as text", files: ["a.tsv": "One sentence.\tEin Satz.\nTwo of them.\tZwei davon.\n"],
            "nerpipe tokenize a.tsv -o new.zst", status: 65,
            says: [
                "nerpipe: a.tsv: no CoNLL columns: column 1 has more than one word on most lines; say what it is with --format, *"
            ]),
        ForeignCase(
            "an object of JSON in several lines", files: ["a.json": "{\n  \"text\": \"a\"\n}\n"],
            "nerpipe tokenize a.json -o new.zst",
            status: 65, says: ["nerpipe: a.json: JSON, but neither one object a line nor a list of objects; *"]),
        ForeignCase(
            "a list of JSON that was cut off", files: ["a.json": "[\n {\n  \"text\": \"a\"\n },\n {"],
            "nerpipe tokenize a.json -o new.zst", status: 65,
            says: ["nerpipe: a.json:5: the list ends without ']'; the file was cut off, export it again"]),
        ForeignCase(
            "a bad first line", files: ["a.conll": "x\n\n" + columns],
            "nerpipe tokenize a.conll --on-error skip | nerpipe shard cat --to conll", output: words,
            says: [
                "nerpipe tokenize: left out: a.conll:1: 1 columns where most lines have 2; *",
                "nerpipe tokenize: 1 bad record left out",
            ]),
        ForeignCase(
            "more bad lines than good ones", files: ["a.jsonl": "{\"text\": \"a\"}\n{\"text\"}\n{\"txt\": \"b\"}\n"],
            "nerpipe tokenize a.jsonl --on-error skip -o new.zst", output: "",
            says: ["nerpipe tokenize: 2 bad records left out, more than the 1 that were understood"]),
        ForeignCase(
            "text that looks like columns, as asked", files: ["a.conll": columns],
            "nerpipe tokenize --format text a.conll -o new.zst", output: "",
            says: ["nerpipe tokenize: reading a.conll as text, as asked, though it looks like CoNLL columns"]),
    ])
    func whatContradictsIsRefusedOrSaid(_ row: ForeignCase) async throws { try await row.check() }

    @Test(arguments: [
        ForeignCase(
            "vectors train", files: ["a.txt": String(repeating: json, count: 3)],
            "nerpipe vectors train --text de=a.txt --dimension 4 --epochs 1 --buckets 10 --min-count 1 -o n.vectors",
            says: ["nerpipe vectors train: reading a.txt as JSON lines"]),
        ForeignCase(
            "coverage", files: ["a.txt": json],
            "nerpipe vectors coverage v.vectors --lang '*' a.txt | head -2 | tail -1",
            output: "all * 5\n", says: ["nerpipe vectors coverage: reading a.txt as JSON lines"]),
        ForeignCase(
            "tag", files: ["a.txt": columns], "nerpipe tag --model student a.txt | cut -f 1", output: words,
            says: ["nerpipe tag: reading a.txt as CoNLL columns: token 1 of 2"]),
        ForeignCase(
            "evaluate",
            "cp gold.conll gold.txt; nerpipe evaluate --model student gold.txt > 1; nerpipe evaluate --model student gold.conll | cmp - 1",
            output: "", says: ["nerpipe evaluate: reading gold.txt as CoNLL columns: token 1, tag 2"]),
        ForeignCase(
            "mix", "cp gold.conll gold.txt; nerpipe mix --gold xx=gold.txt --share 0.2 scored.zst -o new.zst",
            output: "",
            says: ["nerpipe mix: reading gold.txt as CoNLL columns: token 1, tag 2"]),
    ])
    func allCommandsLookAtTheContent(_ row: ForeignCase) async throws { try await row.check() }

    @Test(arguments: [
        ForeignCase(
            "text", files: ["a.txt": "Kuli, poa.\n"],
            "nerpipe tag -q --model student --to conllu a.txt | cut -f 1,2,10 | sed 's/NER=[^|]*/NER=x/'",
            output:
                "# newdoc id = a.txt\n# sent_id = 1.1\n# text = Kuli, poa.\n1\tKuli\tNER=x|SpaceAfter=No\n2\t,\tNER=x\n3\tpoa\tNER=x|SpaceAfter=No\n4\t.\tNER=x\n\n"
        ),
        ForeignCase(
            "there and back",
            "nerpipe tag -q --model student --to conllu gold.conll > p.conllu; nerpipe tokenize -q p.conllu | nerpipe shard cat --to conll | cmp - <(nerpipe tokenize -q gold.conll | nerpipe shard cat --to conll); nerpipe evaluate --model student p.conllu | head -2 | tail -1 | grep -o 'FB1: *100.00'",
            output: "FB1:*100.00\n", says: ["nerpipe evaluate: reading p.conllu as CoNLL-U: FORM, NER in MISC"]),
    ])
    func universalDependencies(_ row: ForeignCase) async throws { try await row.check() }

    /// Byte for byte: CR, a byte order mark, and no line end where there was none.
    @Test(arguments: [
        ("a.txt", "\u{FEFF}bad \u{FFFD}\r\ngood\r\nbad \u{FFFD}", "\u{FEFF}bad \u{FFFD}\r\nbad \u{FFFD}"),
        ("a.jsonl", "\u{FEFF}{\"text\"}\r\n{\"text\": \"a\"}\n{\"txt\": 1}", "\u{FEFF}{\"text\"}\r\n{\"txt\": 1}"),
        (
            "a.conll", "\u{FEFF}a\tO\r\nb\r\n \r\nc\tO\r\n\r\nd\tO\r\n\tO", "\u{FEFF}a\tO\r\nb\r\n \r\nd\tO\r\n\tO"
        ),
    ])
    func quarantineIsByteForByte(_ name: String, _ text: String, _ bad: String) async throws {
        let folder = try await Fixture.folder()
        // U+FFFD stands for a byte that is no UTF-8.
        func bytes(_ text: String) -> [UInt8] {
            text.unicodeScalars.flatMap { $0 == "\u{FFFD}" ? [0xFF] : Array(String($0).utf8) }
        }
        try folder.write(name, bytes(text))
        let outcome = try await folder.nerpipe("tokenize \(name) --on-error quarantine:bad -o new.zst")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try folder.read("bad") == bytes(bad))
    }

    /// The same of the lines of vector files, dictionaries and sentence pairs.
    @Test(arguments: [
        ForeignCase(
            "vectors", files: ["a.vec": "\u{FEFF}a 1 2\r\nb 1\r\nc x 2\nd 1 2\ne 1"],
            "nerpipe vectors import a.vec -q --on-error quarantine:bad -o new.vectors; od -An -c bad",
            output: "   b       1  \\r  \\n   c       x       2  \\n   e       1\n")
    ])
    func vectorLinesAreKeptByteForByte(_ row: ForeignCase) async throws { try await row.check() }

    /// Of several files the records stay apart.
    @Test(arguments: [
        ForeignCase(
            "lines", bytes: ["a.txt": [0xFF], "b.txt": [0xFE, 0x0A]],
            "nerpipe tokenize -q a.txt b.txt --on-error quarantine:bad -o new.zst; od -An -tx1 bad",
            output: " ff 0a fe 0a\n"),
        ForeignCase(
            "sentences", files: ["a.conll": "x\tO\nx\tO\n\na\tO\nb", "b.conll": "x\tO\nx\tO\n\n\tO\n"],
            "nerpipe tokenize -q a.conll b.conll --on-error quarantine:bad -o new.zst; cat bad",
            output: "a\tO\nb\n\n\tO\n"),
    ])
    func recordsOfSeveralFilesStayApart(_ row: ForeignCase) async throws { try await row.check() }

    /// Through the program: text of an entity, its code points and bytes, for any number of jobs.
    @Test func entitiesAreSlicesOfTheText() async throws {
        let folder = try await Fixture.folder()
        let separators = [" ", "  ", "\t", "\u{A0}", "\u{2028}", "😀", "-", "\r\n", " é ", "\n\n"]
        var text = "\u{FEFF}", count = 0
        for word in try folder.text("text.txt").split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            text += word + separators[(count * 7 + count / 5) % separators.count]
            count += 1
        }
        try folder.write("a.txt", text)
        let one = try await folder.expectSuccess("tag -q --model student --to jsonl --block-bytes 300 -j 1 a.txt").text
        let four = try await folder.expectSuccess("tag -q --model student --to jsonl --block-bytes 300 -j 4 a.txt").text
        #expect(one == four)
        let (scalars, bytes) = (Array(text.unicodeScalars), Array(text.utf8))
        var entityCount = 0, joinedCount = 0
        for line in one.split(separator: "\n") {
            let sentence = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for entity in try #require(sentence["entities"] as? [[String: Any]]) {
                func number(_ key: String) throws -> Int { try #require(entity[key] as? Int) }
                var slice = String.UnicodeScalarView()
                slice.append(contentsOf: scalars[try number("start")..<number("end")])
                let expected = try #require(entity["text"] as? String)
                #expect(String(slice) == expected)
                #expect(
                    String(decoding: bytes[try number("byte_start")..<number("byte_end")], as: UTF8.self) == expected)
                let tokens = try #require(entity["tokens"] as? [Int])
                entityCount += 1
                if tokens[1] - tokens[0] > 1 { joinedCount += 1 }
            }
        }
        #expect(entityCount > 20 && joinedCount > 0)
    }
}
