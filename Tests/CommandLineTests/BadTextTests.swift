import ProgramTesting
import Testing

/// Text, columns and JSON that are not what they should be.
struct BadTextTests {
    @Test func invalidUTF8StopsTheRunOrIsReplaced() async throws {
        let folder = try await Fixture.folder()
        try folder.write("bad.txt", Array("ab c\nd ".utf8) + [0xFF, 0xFE] + Array(" e f\nx\n".utf8))
        let message =
            "bad.txt:2: not UTF-8 at byte 7 of the document; convert the file (for instance with iconv), or accept it with --invalid replace"
        try await folder.expectFailure("tokenize bad.txt -o new.zst", 65, message)
        try await folder.expectFailure("tag --model student bad.txt -o new.conll -q", 65, message)
        let outcome = try await folder.expectSuccess("tokenize --invalid replace bad.txt -o new.zst")
        #expect(outcome.errors == "nerpipe tokenize: tokenize: 2 ill-formed sequences replaced\n")
        // Offsets still count the bytes of the input.
        #expect(
            try await folder.nerpipe("shard cat new.zst").text == """
                {"doc":"bad.txt","offsets":[0,3],"tokens":["ab","c"]}
                {"doc":"bad.txt","offsets":[5,7,8,10,12],"tokens":["d","\u{FFFD}","\u{FFFD}","e","f"]}
                {"doc":"bad.txt","offsets":[14],"tokens":["x"]}

                """)
    }

    @Test(arguments: [
        "tokenize -o new.zst", "tag -q --model student -o new.conll", "train --vectors v.vectors -o new",
        "evaluate --model student",
    ])
    func columnsThatAreNotUTF8AreRefused(command: String) async throws {
        let folder = try await Fixture.folder()
        try folder.write("bad.conll", Array("a\tO\nb".utf8) + [0xFF] + Array("\tO\n\n".utf8))
        let outcome = try await folder.nerpipe("\(command) bad.conll")
        #expect(outcome.status == 65)
        #expect(
            outcome.errors
                == "nerpipe: bad.conll:2: the token is not UTF-8; convert the file (for instance with iconv)\n")
        #expect(!folder.exists("new.zst") && !folder.exists("new.conll") && !folder.exists("new/config.json"))
    }

    @Test func lineOfFiftyMegabytesIsRefusedUnlessAllowed() async throws {
        let folder = try await Fixture.folder()
        let byteCount = 50_000_000
        try folder.write("long.txt", [UInt8](repeating: UInt8(ascii: "a"), count: byteCount))
        let message =
            "long.txt:1: line longer than 16777216 bytes (it begins at byte 0); split the text into lines, or raise the limit with --max-line-bytes"
        try await folder.expectFailure("tokenize long.txt -o new.zst", 65, message)
        try await folder.expectFailure("tokenize --format conll long.txt -o new.zst", 65, message)
        try await folder.expectFailure("tokenize --format jsonl long.txt -o new.zst", 65, message)
        _ = try await folder.expectSuccess("tokenize --max-line-bytes 60000000 long.txt -o new.zst")
        #expect(try await folder.nerpipe("shard info new.zst").text.contains("  tokens      1\n"))
    }

    @Test(arguments: [
        "tokenize -o new.zst", "tag -q --model student -o new.conll", "train --vectors v.vectors -o new",
        "evaluate --model student",
    ])
    func raggedColumnsAreRefused(command: String) async throws {
        let folder = try await Fixture.folder()
        try folder.write("ragged.conll", "a\tO\nb\tX\tO\n\n")
        try await folder.expectFailure(
            "\(command) ragged.conll", 65,
            "ragged.conll:2: 3 columns where most lines have 2; every line must be TOKEN<TAB>...<TAB>TAG, and a token may not contain the separator"
        )
        try folder.write("empty.conll", "a\tO\n\tO\n\n")
        try await folder.expectFailure(
            "\(command) empty.conll", 65,
            "empty.conll:2: the token is empty; remove the line, or leave it quite empty to end the sentence")
    }

    @Test func raggedPredictionsAreRefused() async throws {
        let folder = try await Fixture.folder()
        try folder.write("two.conll", "a O\n")
        try await folder.expectFailure(
            "evaluate two.conll", 65,
            "two.conll:1: 2 columns; every line must be TOKEN ... GOLD PREDICTED")
        try folder.write("ragged.conll", "a O O\nb O B-X O O\n")
        try await folder.expectFailure(
            "evaluate ragged.conll", 65,
            "ragged.conll:2: 5 columns where most lines have 3; every line must be TOKEN ... GOLD PREDICTED, and a token may not contain the separator"
        )
    }

    @Test func tagsOfOtherSchemesAreRefusedInTraining() async throws {
        let folder = try await Fixture.folder()
        for tag in ["JUNK", "X-PER", "B-"] {
            try folder.write("odd.conll", "a\tO\nb\t\(tag)\n\n")
            let message =
                "odd.conll:2: tag '\(tag)' is not O, B-TYPE or I-TYPE (nor of IOBES or BILOU); is the tag in the last column? --tag-column names another"
            try await folder.expectFailure("train odd.conll --vectors v.vectors -o new", 65, message)
        }
        try folder.write("plain.conll", "a\tO\nb\tO\n\n")
        try await folder.expectFailure(
            "train plain.conll --vectors v.vectors -o new", 65,
            "plain.conll: no entity in the training data; is the tag in the last column?")
    }

    @Test(arguments: [
        ("[1]", "a line must be a JSON object such as {\"id\": \"1\", \"text\": \"...\"} (byte 0)"),
        ("{\"id\": 1}", "key \"text\" is missing"),
        ("{\"text\": \"a", "a string does not end"),
        ("{\"text\": \"a\"} x", "there is more after the object (byte 14)"),
    ])
    func badJSONLinesAreRefused(line: String, message: String) async throws {
        let folder = try await Fixture.folder()
        try folder.write("bad.jsonl", "{\"text\": \"fine\"}\n\(line)\n")
        try await folder.expectFailure("tokenize bad.jsonl -o new.zst", 65, "bad.jsonl:2: \(message)")
    }

    @Test func emptyTextIsAnEmptyStreamAndTrainsNothing() async throws {
        let folder = try await Fixture.folder()
        try folder.write("empty.txt", "")
        let pipe =
            "set -o pipefail; nerpipe tokenize empty.txt | nerpipe embed --vectors v.vectors | nerpipe score --teacher teacher -o"
        let made = try await folder.shell("\(pipe) empty.zst")
        #expect(made.status == 0 && made.errors == "")
        #expect(try await folder.nerpipe("shard verify empty.zst").text == "empty.zst: ok, 0 blocks, 0 tokens\n")
        for epochs in [1, 2] {
            for input in ["empty.zst", "-"] {
                let outcome = try await folder.nerpipe("update --epochs \(epochs) -o new \(input)", input: "empty.zst")
                #expect(outcome.status == 65)
                #expect(
                    outcome.errorLines.last
                        == "nerpipe: new: the stream held no token; nothing was learnt and no model written",
                    "\(outcome.errors)")
                #expect(!folder.exists("new/config.json"))
            }
        }
        let tagged = try await folder.expectSuccess("tag --model student empty.txt")
        #expect(tagged.output.isEmpty && tagged.errors.isEmpty)
        try await folder.expectFailure("evaluate --model student empty.txt", 65, "empty.txt: no tokens to score")
        try await folder.expectFailure("evaluate empty.txt", 65, "empty.txt: no tokens to score")
        try await folder.expectFailure(
            "train empty.txt --vectors v.vectors -o new2", 65,
            "empty.txt: no entity in the training data; is the tag in the last column?")
    }
}
