import Foundation
import ProgramTesting
import Testing

/// The forms of input that are accepted, and what `tag` and `evaluate` make of them.
struct TextInputTests {
    @Test func compressedTextPatternsAndStandardInputGiveTheSameTokens() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            zstd -q text.txt; zstd -q -19 other.txt
            nerpipe tokenize text.txt other.txt | nerpipe shard cat --to conll > expected
            test -s expected
            nerpipe tokenize text.txt.zst other.txt.zst | nerpipe shard cat --to conll | cmp - expected
            zstdcat text.txt.zst other.txt.zst | nerpipe tokenize | nerpipe shard cat --to conll | cmp - expected
            cat text.txt.zst other.txt.zst | nerpipe tokenize - | nerpipe shard cat --to conll | cmp - expected
            nerpipe tokenize text.txt - < other.txt | nerpipe shard cat --to conll | cmp - expected
            mkdir in; cp text.txt in/1.txt; cp other.txt in/2.txt
            nerpipe tokenize 'in/*.txt' | nerpipe shard cat --to conll | cmp - expected
            nerpipe tokenize 'in/[12].tx?' | nerpipe shard cat --to conll | cmp - expected
            nerpipe tokenize --jobs 1 text.txt other.txt -o one.zst; nerpipe tokenize --jobs 5 text.txt other.txt -o five.zst; cmp one.zst five.zst
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        try await folder.expectFailure(
            "tokenize nowhere*.txt -o new.zst", 66,
            "nowhere*.txt: cannot open: no such file or directory; check the path and its permissions")
    }

    @Test func jsonLinesKeepTheirDocuments() async throws {
        let folder = try await Fixture.folder()
        try folder.write(
            "a.jsonl",
            """
            {"id": "d1", "url": [1, {"x": null}], "text": "Uno dos.\\nTres \\u00e9."}
            {"id": 7, "text": ""}
            {"text": "quatro"}

            """)
        let outcome = try await folder.shell(
            """
            set -o pipefail
            nerpipe tokenize a.jsonl | nerpipe shard cat && nerpipe tokenize --format jsonl < a.jsonl | nerpipe shard cat | tail -1
            """)
        #expect(
            outcome.text == """
                {"doc":"d1","offsets":[0,4,7],"tokens":["Uno","dos","."]}
                {"doc":"d1","offsets":[9,14,16],"tokens":["Tres","é","."]}
                {"doc":"a.jsonl#3","offsets":[0],"tokens":["quatro"]}
                {"doc":"<stdin>#3","offsets":[0],"tokens":["quatro"]}

                """, "\(outcome.errors)")
    }

    @Test func columnsAreNeverTokenizedAgain() async throws {
        let folder = try await Fixture.folder()
        let tokens = ["New-York,", "a.b.c", "...", "can't", "x|y"]
        try folder.write(
            "a.conll",
            "\u{FEFF}" + tokens[..<2].map { "\($0)\tO\n" }.joined() + "\n" + tokens[2...].map { "\($0)\tO\n" }.joined())
        for command in ["tokenize a.conll", "tokenize --format conll"] {
            let outcome = try await folder.shell("nerpipe \(command) < a.conll | nerpipe shard cat --to conll")
            #expect(
                outcome.text == tokens[..<2].joined(separator: "\n") + "\n\n" + tokens[2...].joined(separator: "\n")
                    + "\n\n", "\(outcome.errors)")
        }
        let tagged = try await folder.expectSuccess("tag -q --model student a.conll").text
        #expect(tagged.split(separator: "\n").map { String($0.split(separator: "\t")[0]) } == tokens)
        let bytes = try folder.read("a.conll")
        let lines = try await folder.expectSuccess("tag -q --model student --to jsonl a.conll").text.split(
            separator: "\n")
        for line in lines {
            let sentence = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let (words, offsets) = try (
                #require(sentence["tokens"] as? [String]), #require(sentence["offsets"] as? [Int])
            )
            for (word, offset) in zip(words, offsets) {
                #expect(Array(bytes[offset...].prefix(word.utf8.count)) == Array(word.utf8))
            }
        }
        #expect(
            try await folder.shell("nerpipe tokenize a.conll | nerpipe shard info | grep tokenizer").text
                == "  tokenizer   given\n")
    }

    @Test func tagIsAlignedWithItsInput() async throws {
        let folder = try await Fixture.folder()
        let gold = try folder.text("gold.conll")
        let tagged = try await folder.expectSuccess("tag -q --model student gold.conll").text
        func tokens(_ text: String) -> [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.prefix { $0 != "\t" }) }
        }
        #expect(tokens(tagged) == tokens(gold))
        // Text: every token slices back to its bytes, and entities name their tokens.
        let text = try folder.read("text.txt")
        let lines = try await folder.expectSuccess("tag -q --model student --to jsonl text.txt").text.split(
            separator: "\n")
        var entityCount = 0
        for line in lines {
            let sentence = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let (words, offsets) = try (
                #require(sentence["tokens"] as? [String]), #require(sentence["offsets"] as? [Int])
            )
            let tags = try #require(sentence["tags"] as? [String])
            #expect(words.count == offsets.count && words.count == tags.count)
            for (word, offset) in zip(words, offsets) {
                #expect(Array(text[offset...].prefix(word.utf8.count)) == Array(word.utf8))
            }
            for entity in try #require(sentence["entities"] as? [[String: Any]]) {
                entityCount += 1
                let (range, type) = try (#require(entity["tokens"] as? [Int]), #require(entity["type"] as? String))
                #expect(tags[range[0]] == "B-\(type)" && entity["byte_start"] as? Int == offsets[range[0]])
            }
        }
        #expect(lines.count == 60 && entityCount > 20)
    }

    @Test func evaluatingAModelEqualsEvaluatingItsOutput() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe tag -q --model student gold.conll | cut -f 2 | paste gold.conll - | sed 's/^\\t*$//' > both.conll
            nerpipe evaluate both.conll > columns.txt
            nerpipe evaluate --model student gold.conll | cmp - columns.txt
            zstd -q both.conll; nerpipe evaluate both.conll.zst | cmp - columns.txt
            nerpipe evaluate --json both.conll.zst | cmp - <(nerpipe evaluate --json --model student gold.conll)
            nerpipe evaluate --model teacher train.conll
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        // The teacher knows its own training data: the scorer cannot be comparing a thing with itself by accident, or
        // with nothing.
        #expect(
            Pattern("processed * tokens with * phrases; found: * phrases; correct: *.\n*FB1: *").matches(
                outcome.text.split(separator: "\n").prefix(2).joined(separator: "\n")))
    }
}
