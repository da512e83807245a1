import ProgramTesting
import Testing

/// `vectors nearest`, `coverage` and `plot`.
struct VectorInspectionTests {
    private func folder() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("en.vec", "house 1 0 0\nmouse 0 1 0\ntree 0.1 0 1\n")
        try folder.write("sw.vec", "nyumba 0.9 0.1 0\npanya 0 1 0.1\nmti 0 0 1\n")
        _ = try await folder.expectSuccess("vectors import en=en.vec sw=sw.vec -o t.vectors")
        return folder
    }

    @Test func nearestPrintsCosines() async throws {
        let folder = try await folder()
        let text = try await folder.expectSuccess("vectors nearest t.vectors House --from en --to sw --count 2").text
        #expect(text == "0.9939\tnyumba\n0.0000\tmti\n" || text == "0.9939\tnyumba\n0.0000\tpanya\n", "\(text)")
        let json = try await folder.expectSuccess("vectors nearest t.vectors panya --from sw --count 1 --json").text
        #expect(
            json.contains(#""language" : "sw""#) && json.contains(#""vector" : "row""#)
                && json.contains(#""word" : "nyumba""#))
        try await folder.expectFailure(
            "vectors nearest t.vectors hause --from en", 66,
            "t.vectors: no vector for 'hause' in en: no row, and the table has no sub-words to compose it from; near spellings: house, mouse"
        )
        try await folder.expectFailure(
            "vectors nearest t.vectors house --from en --to fr", 64,
            "t.vectors: no rows of language 'fr'; it has rows of en, sw; name one of them with --to")
        #expect(try await folder.nerpipe("vectors nearest t.vectors house --count 0").status == 64)
    }

    @Test func coverageReadsTextAsTokenizeDoes() async throws {
        let folder = try await folder()
        try folder.write("a.txt", "The house, the tree.\n")
        try folder.write("b.jsonl", "{\"text\": \"House house mouse.\"}\n")
        try folder.write("c.conll", "House O\nthe O\n\n")
        let text = try await folder.expectSuccess(
            "vectors coverage t.vectors --lang en --worst 1 a.txt b.jsonl c.conll"
        ).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[0].split(separator: " ").joined(separator: " ")
                == "row composed absent of types row composed absent of tokens")
        #expect(
            lines[1].split(separator: " ").joined(separator: " ") == "all 50.0% 0.0% 50.0% 6 50.0% 0.0% 50.0% 12")
        #expect(lines.contains("3\tabsent\tthe"))
        let json = try await folder.expectSuccess("vectors coverage t.vectors --lang en --json a.txt").text
        #expect(json.contains("\"Latin\" : {"))
        try await folder.expectFailure(
            "vectors coverage t.vectors --lang en missing.txt", 66, "missing.txt: cannot open: *")
    }

    @Test func plotJoinsTranslations() async throws {
        let folder = try await folder()
        try folder.write("pairs.tsv", "house\tnyumba\nmouse\tpanya\ntree\n")
        _ = try await folder.expectSuccess("vectors plot t.vectors --words pairs.tsv --from en --to sw -o p.svg")
        let svg = try folder.text("p.svg")
        #expect(svg.hasPrefix("<svg xmlns=") && svg.split(separator: "\n").count { $0.hasPrefix("<line ") } == 2)
        let same = try await folder.expectSuccess(
            "vectors plot t.vectors --words house=nyumba,mouse=panya,tree --from en --to sw -o -")
        #expect(same.text == svg)
        try await folder.expectFailure(
            "vectors plot t.vectors --words house=nyumba,maus --from en --to sw -o no.svg", 66,
            "--words, entry 2: t.vectors: no vector for 'maus' in en: no row, and the table has no sub-words to compose it from; near spellings: mouse"
        )
        try await folder.expectFailure(
            "vectors plot t.vectors --words house --from en -o no.svg", 65,
            "--words: 1 words; a picture takes from 2 to 2000")
        try folder.write("bad.tsv", "a\tb\nc\t\n")
        try await folder.expectFailure(
            "vectors plot t.vectors --words bad.tsv --from en -o no.svg", 65,
            "bad.tsv:2: not WORD or WORD and one translation")
    }
}
