import ProgramTesting
import Testing

struct VectorFileTests {
    @Test(arguments: [
        (
            "2 3\na 1 2 3\nb 1 nan 3\n", 3,
            "number 2 is NaN; drop the word, or train the vectors again with a smaller learning rate"
        ),
        (
            "2 3\na 1 2 3\nb inf 2 3\n", 3,
            "number 1 is infinite; drop the word, or train the vectors again with a smaller learning rate"
        ),
        (
            "2 3\na 1 2 1e39\nb 1 2 3\n", 2,
            "number 3 is infinite; drop the word, or train the vectors again with a smaller learning rate"
        ),
        (
            "2 3\na 1 2 3\nb 1 x 3\n", 3,
            "number 2 is not readable; the file is damaged, or the word has more fields than it should"
        ),
        ("2 3\na 1 2 3\nb 1", 3, "1 numbers, the first line promises 3; the line was cut or the header is wrong"),
        (
            "3 3\na 1 2 3\nb 1 2 3\n", 3,
            "the first line promises 3 words, 2 are there; the file was cut or its header is wrong: fetch it again, or accept it with --allow-wrong-count"
        ),
        (
            "1 3\na 1 2 3\nb 1 2 3\n", 3,
            "the first line promises 1 words, 2 are there; the file was cut or its header is wrong: fetch it again, or accept it with --allow-wrong-count"
        ),
        (
            "a b\nb 1 2 3\n", 1,
            "not 'COUNT DIMENSION' with a dimension up to 65536; if the file has no such line, import it with --format glove"
        ),
        ("a b c\n", 1, "neither 'COUNT DIMENSION' nor 'WORD NUMBER ...'; is this a file of word vectors?"),
    ])
    func badVectorFilesAreRefused(content: String, line: Int, message: String) async throws {
        let folder = try ScratchFolder()
        try folder.write("bad.vec", content)
        try await folder.expectFailure("vectors import bad.vec -o new.vectors", 65, "bad.vec:\(line): \(message)")
    }

    @Test func emptyFilesAndOtherWidthsAreRefused() async throws {
        let folder = try ScratchFolder()
        try folder.write("empty.vec", "")
        try await folder.expectFailure(
            "vectors import empty.vec -o new.vectors", 65,
            "empty.vec: empty file; a vector file has lines 'WORD NUMBER ...'")
        try folder.write("none.vec", "0 3\n")
        try await folder.expectFailure(
            "vectors import none.vec -o new.vectors", 65, "none.vec: no words in it; nothing to import")
        try folder.write("three.vec", "1 3\na 1 2 3\n")
        try folder.write("two.vec", "1 2\na 1 2\n")
        try await folder.expectFailure(
            "vectors import three.vec two.vec -o new.vectors", 65,
            "two.vec: 2 dimensions, three.vec has 3; all files of one table must agree")
        try await folder.expectFailure(
            "vectors import - -o new.vectors", 64, "vectors cannot be imported from standard input; name a file")
    }

    @Test func wrongCountIsAcceptedWhenAsked() async throws {
        let folder = try ScratchFolder()
        try folder.write("short.vec", "3 3\na 1 2 3\nb 1 2 3\n")
        let outcome = try await folder.expectSuccess("vectors import --allow-wrong-count short.vec -o new.vectors")
        #expect(outcome.errors == "nerpipe vectors import: new.vectors: 2 rows of 3\n")
    }

    @Test func formatsOptionsAndReports() async throws {
        let folder = try ScratchFolder()
        let content = "a 1 2 3\nA 1 1 1\n 1 2 3\nzero 0 0 0\n"
        try folder.write("glove.txt", content)
        let outcome = try await folder.shell("gzip -k glove.txt && nerpipe vectors import glove.txt.gz -o new.vectors")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors == """
                nerpipe vectors import: glove.txt.gz: 1 repeated words left out; 1 empty words left out; 1 words have a vector of zeros
                nerpipe vectors import: new.vectors: 2 rows of 3

                """)
        try folder.write("bad.vec", Array("1 1\na".utf8) + [0xE9] + Array(" 1\n".utf8))
        try await folder.expectFailure(
            "vectors import bad.vec -o bad.vectors", 65,
            "bad.vec:2: the word is not UTF-8; convert the file, or accept it with --invalid skip or replace")
        _ = try await folder.expectSuccess(
            "vectors import --invalid replace --rows int8 bad.vec --force -o new.vectors")
        let info = try await folder.nerpipe("vectors info new.vectors").text
        #expect(info.contains("format         version 2, rows of int8, ") && info.contains("rows           1 (* 1)\n"))
        let json = try await folder.nerpipe("vectors info --json new.vectors").text
        #expect(json.contains(#""rowFormat" : "int8""#))
        try folder.write("cut.gz", Array(try folder.read("glove.txt.gz").dropLast(9)))
        try await folder.expectFailure(
            "vectors import cut.gz -o bad.vectors", 65,
            "cut.gz: gzip gave up after byte * of the content; the file was cut or is damaged: check it with 'gzip -t', and fetch it again"
        )
        let piped = try await folder.shell("nerpipe vectors import -q --rows f16 <(cat glove.txt.gz) -o piped.vectors")
        #expect(piped.status == 0, "\(piped.errors)")
        #expect(try await folder.nerpipe("vectors import --max-words 0 glove.txt -o bad.vectors").status == 64)
    }

    /// What is given out row by row must be the same whatever the way it came in.
    @Test func centeredTablesAreTheSameFromEverySource() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            tail -n +2 v.vec | gzip > v.gz && nerpipe vectors import -q --normalize center,unit v.vec -o a.vectors \
              && nerpipe vectors import -q --normalize center,unit v.gz -o b.vectors && nerpipe vectors info --verify b.vectors
            """)
        #expect(outcome.status == 0 && outcome.text.contains("normalization  center,unit\n"), "\(outcome.errors)")
        #expect(try await folder.digest(of: "a.vectors") == folder.digest(of: "b.vectors"))
        #expect(try await folder.digest(of: "a.vectors") != folder.digest(of: "v.vectors"))
        #expect(folder.listing().filter { $0.contains("nerpipe-") || $0.hasSuffix(".tmp") }.isEmpty)
    }

    @Test func compressedFilesAndPipesGiveTheSameTable() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            zstd -q v.vec -o v.vec.zst && nerpipe vectors import -q v.vec.zst -o a.vectors && nerpipe vectors import -q <(cat v.vec) -o b.vectors
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try await folder.digest(of: "v.vectors")
        #expect(try await folder.digest(of: "a.vectors") == expected)
        #expect(try await folder.digest(of: "b.vectors") == expected)
        #expect(
            try await folder.nerpipe("vectors info --verify v.vectors").text.contains(
                "digest         \(expected) (verified)\n"))
    }

    @Test func damagedTablesAreRefused() async throws {
        let folder = try await Fixture.folder()
        var bytes = try folder.read("v.vectors")
        try folder.write("cut.vectors", Array(bytes[..<(bytes.count - 1)]))
        try await folder.expectFailure(
            "embed --vectors cut.vectors tokens.zst -o new.zst", 65,
            "cut.vectors: unusable vector table: its head or description is damaged, or the file was cut; import it again"
        )
        bytes[bytes.count / 4] ^= 1
        try folder.write("flipped.vectors", bytes)
        try await folder.expectFailure(
            "vectors info --verify flipped.vectors", 65,
            "flipped.vectors: unusable vector table: its content does not have the digest it was written with; import it again"
        )
        try await folder.expectFailure(
            "embed --vectors v.vec tokens.zst -o new.zst", 65,
            "v.vec: not a vector table; make one with 'nerpipe vectors import v.vec -o NAME.vectors'")
    }
}
