import ProgramTesting
import Testing

struct VectorFileTests {
    @Test(arguments: [
        (
            "2 3\na 1 2 3\nb 1 nan 3\n", 3,
            "number 2 is NaN; drop the line, or train the vectors again with a smaller learning rate"
        ),
        (
            "2 3\na 1 2 3\nb inf 2 3\n", 3,
            "number 1 is infinite; drop the line, or train the vectors again with a smaller learning rate"
        ),
        (
            "2 3\na 1 2 1e39\nb 1 2 3\n", 2,
            "number 3 is infinite; drop the line, or train the vectors again with a smaller learning rate"
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
        ("a 1 2 3\nb 1 2 3\n", 1, "not 'COUNT DIMENSION'; is this a word2vec or fastText text file?"),
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
            "empty.vec: empty file; a vector file begins with a line 'COUNT DIMENSION'")
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
