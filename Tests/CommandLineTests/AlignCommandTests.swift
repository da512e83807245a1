import Foundation
import ProgramTesting
import Testing

/// Two languages of fifty words; the vectors of the second are those of the first with the axes exchanged, one turned.
struct AlignCommandTests {
    /// `s.vectors` (ss), `t.vectors` (tt), `both.vectors`, and `dictionary.tsv`, in which word 49 has no translation.
    func folder() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        var state: UInt32 = 7
        func next() -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 16) % 201 - 100
        }
        var source = "50 4\n", target = "50 4\n", dictionary = ""
        for word in 0..<50 {
            let (a, b, c, d) = (next(), next(), next(), next())
            source += "s\(word) \(a) \(b) \(c) \(d)\n"
            target += "t\(word) \(d) \(-a) \(b) \(c)\n"
            dictionary += "S\(word)\t\(word == 49 ? "missing" : "t\(word)")\n"
        }
        try folder.write("s.vec", source)
        try folder.write("t.vec", target)
        try folder.write("dictionary.tsv", dictionary)
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe vectors import -q ss=s.vec -o s.vectors
            nerpipe vectors import -q tt=t.vec -o t.vectors
            nerpipe vectors import -q ss=s.vec tt=t.vec -o both.vectors
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }

    static let perfect = """
                               P@1      P@5
        nearest neighbour   100.00   100.00
        CSLS                100.00   100.00

        """

    @Test func alignedSpacesTranslateEveryWord() async throws {
        let folder = try await folder()
        let before = try await folder.expectSuccess(
            "vectors evaluate both.vectors --from ss --to tt --dictionary dictionary.tsv")
        #expect(!before.text.hasPrefix(Self.perfect))
        let outcome = try await folder.expectSuccess(
            "vectors align s.vectors t.vectors --dictionary dictionary.tsv --holdout 0.4 -o out.vectors")
        #expect(outcome.text.hasPrefix(Self.perfect), "\(outcome.text)")
        #expect(
            Pattern(
                """
                nerpipe vectors align: * pairs to learn from, of * source words
                nerpipe vectors align: map 0: * pairs, mean cosine *.*
                nerpipe vectors align: map 1: * pairs, mean cosine *.*
                nerpipe vectors align: map 2: * pairs, mean cosine *.*
                nerpipe vectors align: map 3: * pairs, mean cosine *.*
                nerpipe vectors align: map 4: * pairs, mean cosine *.*
                nerpipe vectors align: map 5: * pairs, mean cosine *.*
                nerpipe vectors align: map * is kept
                nerpipe vectors align: out.vectors: 100 rows of 4

                """
            ).matches(outcome.errors), "\(outcome.errors)")
        let after = try await folder.expectSuccess(
            "vectors evaluate out.vectors --from ss --to tt --dictionary dictionary.tsv")
        #expect(after.text == Self.perfect + "coverage             98.00  (49 of 50 words)\n")
        let json = try await folder.expectSuccess(
            "vectors evaluate out.vectors --from ss --to tt --dictionary dictionary.tsv --json --max-words 20")
        #expect(
            json.text
                == #"{"candidateCount":20,"csls":{"at1":100,"at5":100},"dictionaryWordCount":50,"knownWordCount":20,"#
                + #""nearestNeighbour":{"at1":100,"at5":100},"sourceCount":20,"wordCount":20}"# + "\n")
    }

    @Test func oneTableGivesTheSameRowsAsTwo() async throws {
        let folder = try await folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe vectors align -q s.vectors t.vectors --dictionary dictionary.tsv -o two.vectors > two.txt
            nerpipe vectors align -q both.vectors --from ss --to tt --dictionary dictionary.tsv -j 3 -o one.vectors > one.txt
            nerpipe vectors align -q s.vectors t.vectors --dictionary dictionary.tsv --normalize center,unit -o centred.vectors
            cmp two.txt one.txt
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try await folder.digest(of: "one.vectors") == folder.digest(of: "two.vectors"))
        #expect(try await folder.digest(of: "one.vectors") != folder.digest(of: "centred.vectors"))
    }

    @Test func testWordsDoNotTeach() async throws {
        let folder = try await folder()
        try folder.write("test.tsv", (0..<30).map { "s\($0)\tt\($0)\n" }.joined() + "S1\tt1\nice cream\thelado\n")
        let outcome = try await folder.expectSuccess(
            "vectors align s.vectors t.vectors --dictionary dictionary.tsv --test-dictionary test.tsv --iterations 0 -o out.vectors"
        )
        #expect(
            outcome.errors.hasPrefix(
                "nerpipe vectors align: test.tsv: left out 1 repeated pairs and 1 of several words\n"))
        #expect(outcome.errors.contains("align: 19 pairs to learn from, of 20 source words\n"))
        #expect(outcome.text == Self.perfect + "coverage            100.00  (30 of 30 words)\n")
        let all = try await folder.expectSuccess(
            "vectors align s.vectors t.vectors --dictionary dictionary.tsv --holdout 0 --iterations 0 --force -o out.vectors"
        )
        #expect(all.text.isEmpty && all.errors.contains("align: 49 pairs to learn from, of 50 source words\n"))
    }

    @Test func wordsThatAreWrittenAlikeTeach() async throws {
        let folder = try await folder()
        let text = try folder.text("t.vec")
        for (digits, seeds, pairs) in [(false, "identical", 50), (true, "numerals", 50), (false, "numerals", 0)] {
            let rename = { (text: String, letter: String) in
                text.replacingOccurrences(of: "\n\(letter)", with: digits ? "\n1" : "\nw")
            }
            try folder.write("a.vec", rename(try folder.text("s.vec"), "s"))
            try folder.write("b.vec", rename(text, "t"))
            let arguments = "vectors align a.vectors b.vectors --from aa --to bb --seeds \(seeds) -o c.vectors"
            let made = try await folder.shell(
                "nerpipe vectors import -q a.vec --force -o a.vectors && nerpipe vectors import -q b.vec --force -o b.vectors"
            )
            #expect(made.status == 0, "\(made.errors)")
            if pairs == 0 {
                try await folder.expectFailure(
                    arguments, 65,
                    "--seeds numerals: of no pair both words have a row; are the languages and their direction right?",
                    leaving: [])
            } else {
                let outcome = try await folder.expectSuccess(arguments)
                #expect(outcome.errors.contains("align: \(pairs) pairs to learn from"))
                let score = try await folder.shell(
                    "cut -d' ' -f1 a.vec | tail -n +2 | sed 's/.*/&\\t&/' > d.tsv && nerpipe vectors evaluate c.vectors --from aa --to bb --dictionary d.tsv"
                )
                #expect(score.text.hasPrefix(Self.perfect), "\(score.text)\(score.errors)")
                try folder.remove("c.vectors")
                try folder.remove("d.tsv")
            }
        }
    }

    @Test func whatCannotBeAlignedIsRefused() async throws {
        let folder = try await folder()
        try folder.write("reversed.tsv", "t1\ts1\n")
        try folder.write("broken.tsv", "s1\tt1\ns2\n")
        try folder.write("narrow.vec", "1 2\nx 1 2\n")
        _ = try await folder.expectSuccess("vectors import -q nn=narrow.vec -o narrow.vectors")
        for (arguments, status, message) in [
            (
                "s.vectors t.vectors --dictionary reversed.tsv --holdout 0", 65,
                "reversed.tsv: of no pair both words have a row; are the languages and their direction right?"
            ),
            (
                "s.vectors t.vectors --dictionary broken.tsv", 65,
                "broken.tsv:2: 1 columns; a line must be SOURCE<TAB>TARGET, or have a probability or two and a count after that"
            ),
            (
                "s.vectors narrow.vectors --dictionary dictionary.tsv", 65,
                "s.vectors: 4 dimensions, narrow.vectors has 2; only spaces of the same dimension can be aligned"
            ),
            (
                "both.vectors --dictionary dictionary.tsv", 64,
                "both.vectors: rows of ss, tt; say which language is meant with --from LANGUAGE"
            ),
            (
                "both.vectors --from ss --to xx --dictionary dictionary.tsv", 64,
                "both.vectors: no rows of language 'xx'; it has rows of ss, tt; name one of them with --to"
            ),
            (
                "both.vectors --from ss --to ss --dictionary dictionary.tsv", 64,
                "source and target are both 'ss'; name two languages with --from and --to"
            ),
            (
                "s.vectors both.vectors --to tt --dictionary dictionary.tsv", 64,
                "both.vectors: it has rows of 'ss' already; align them with --from and --to alone"
            ),
        ] {
            try await folder.expectFailure("vectors align \(arguments) -o new.vectors", Int32(status), message)
        }
        for arguments in [
            "s.vectors t.vectors", "s.vectors t.vectors both.vectors --seeds identical",
            "s.vectors t.vectors --dictionary dictionary.tsv --seeds identical",
            "s.vectors t.vectors --dictionary dictionary.tsv --holdout 1",
            "both.vectors --from ss --to tt --dictionary dictionary.tsv --subwords none",
        ] {
            let outcome = try await folder.nerpipe("vectors align \(arguments) -o new.vectors")
            #expect(outcome.status == 64 && !folder.exists("new.vectors"), "\(arguments): \(outcome.errors)")
        }
    }
}
