import ProgramTesting
import Testing

/// `evaluate --counts` and `compare`.
struct CompareCommandTests {
    private static let columns = """
        Ada B-PER B-PER
        went O O

        Bonn B-LOC O

        no O B-ORG


        """

    @Test func countsOfSentencesAreWritten() async throws {
        let folder = try ScratchFolder()
        try folder.write("p.conll", Self.columns)
        let printed = try await folder.expectSuccess("evaluate p.conll --bootstrap 0 --json --counts p.counts").text
        #expect(printed == (try await folder.expectSuccess("evaluate p.conll --bootstrap 0 --json").text))
        let lines = try folder.text("p.counts").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.dropFirst() == ["1\t1\t1\t1", "2\t0\t0\t1", "3\t0\t1\t0", ""])
        #expect(lines[0].hasPrefix("sentence\tcorrect\tpredicted\tgold\t"))
        #expect(folder.listing().sorted() == ["p.conll", "p.counts"])
        try await folder.expectFailure(
            "evaluate p.conll --counts none/p.counts", 73,
            "none/p.counts: cannot create: no such file or directory; check that the folder exists and is writable")
        let piped = try await folder.shell("mkfifo f; exec 3<> f; nerpipe evaluate f --counts q.counts")
        #expect(
            piped.status == 64
                && piped.errors == "nerpipe: f: --counts reads the gold data twice; write it to a file first\n",
            "\(piped.errors)")
    }

    /// A model's counts go with those of a file of predictions of the same gold data, compressed or not.
    @Test func theGoldDataIsTheSameHoweverItIsScored() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            set -e
            zstd -q gold.conll
            awk 'NF { print $0 "\\t" $NF; next } { print }' gold.conll > predicted.conll
            nerpipe evaluate --model teacher --lang yy gold.conll --counts a > a.txt
            nerpipe evaluate --model student --lang yy gold.conll.zst --counts b > b.txt
            nerpipe evaluate predicted.conll --counts c > c.txt
            nerpipe compare --base a --system c
            """)
        try #require(made.status == 0, "\(made.errors)")
        #expect(made.text.contains("system      100.00\n"), "\(made.text)")
        let same = try await folder.expectSuccess("compare --base a b --system a b --bootstrap 50").text
        #expect(same.contains("\ndifference  +0.00 ± 0.00, paired over 2 seeds\n"), "\(same)")
        #expect(same.contains("\n95 % CI     +0.00 to +0.00, p 1.0000 two-sided: 50 replicates of "), "\(same)")
        #expect(
            same.hasSuffix("\n            +0.00 to +0.00, p 1.0000 two-sided: with the seeds drawn too\n"), "\(same)")
    }

    /// With --seen a line has three more numbers, which add up to what the report says; both kinds are compared.
    @Test func countsTellWhatWasSeen() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            set -e
            head -n 60 gold.conll > part.conll
            nerpipe evaluate --model teacher --lang yy gold.conll --counts a > /dev/null
            nerpipe evaluate --model teacher --lang yy gold.conll --seen part.conll --counts b > b.txt
            cut -f1-4 b | tail -n +2 > b4; tail -n +2 a | cmp - b4
            tail -n +2 b | awk '{ c += $5; p += $6; g += $7; u += $4 - $7 } END { print g " gold, " p " found"; print u; exit c > g }' > sums
            grep -F "entities seen in --seen: " b.txt | grep -qF "; $(head -1 sums)"
            grep -F "entities unseen: " b.txt | grep -qF "; $(tail -1 sums) gold"
            nerpipe compare --base a b --system b a --bootstrap 50
            """)
        try #require(made.status == 0, "\(made.errors)\(made.text)")
        #expect(made.text.contains("\ndifference  +0.00 ± 0.00, paired over 2 seeds\n"), "\(made.text)")
        let head = "sentence\tcorrect\tpredicted\tgold\tseen correct\tseen predicted\tseen gold\t"
        #expect(try folder.text("b").hasPrefix(head) && folder.text("sums").hasPrefix("0 gold") == false)
        // More that was seen than there is; too few numbers.
        for line in ["1\t1\t1\t1\t1\t2\t1", "1\t1\t1\t1\t0\t1\t1", "1\t1\t1\t1\t1\t1", "1\t1\t1\t1\t-1\t0\t0"] {
            try folder.write("c", "\(head)x\n\(line)\n")
            try await folder.expectFailure(
                "compare --base c --system c", 65,
                "c:2: not 'sentence TAB correct TAB predicted TAB gold', and the same three of what was seen, of sentence 1; make the file anew"
            )
        }
    }

    @Test func methodsAreComparedSeedBySeed() async throws {
        let folder = try Self.folderOfCounts()
        let compare = "compare --base a1 a2 --system b1 b2 --bootstrap 100 --seed 4"
        let table = try await folder.expectSuccess(compare).text
        #expect(
            table == """
                base        28.57 ± 0.00
                system      66.07 ± 12.63
                difference  +37.50 ± 12.63, paired over 2 seeds
                95 % CI     +16.67 to +58.33, p 0.0297 two-sided: 100 replicates of 3 sentences, seed 4
                            -2.50 to +80.00, p 0.2178 two-sided: with the seeds drawn too

                """, "\(table)")
        let json = try await folder.expectSuccess("\(compare) --json").text
        let expected =
            #"{"base":{"f1":[28.5714,28.5714],"mean":28.5714,"standardDeviation":0.0000},"difference":{"acrossSeeds":"#
            + #"{"high":80.0000,"low":-2.5000,"pValue":0.2178},"high":58.3333,"low":16.6667,"mean":37.5000,"#
            + #""standardDeviation":12.6269},"level":0.9500,"pValue":0.0297,"replicates":100,"seed":4,"seedCount":2,"#
            + #""sentenceCount":3,"system":{"f1":[75.0000,57.1429],"mean":66.0714,"#
            + #""standardDeviation":12.6269}}"# + "\n"
        #expect(json == expected, "\(json)")
        #expect(try await folder.expectSuccess("\(compare) --json --seed 5").text != json)
    }

    @Test func whatDoesNotBelongTogetherIsRefused() async throws {
        let folder = try Self.folderOfCounts()
        try folder.write("short", Self.counts([(1, 1, 1)]))
        try folder.write("other", Self.counts([(1, 1, 1), (0, 1, 1), (1, 1, 2)], gold: "fe"))
        try folder.write("mapped", Self.counts([(1, 1, 1), (0, 1, 2), (1, 1, 2)]))
        try folder.write("empty", "")
        try folder.write("more", Self.counts([(2, 1, 1)]))
        try folder.write("gap", Self.counts([(1, 1, 1)]).replacing("\n1\t", with: "\n2\t"))
        let mismatch = "counts of other gold data than a1; evaluate both on the same file"
        try await folder.expectFailure("compare --base a1 --system short", 78, "short: \(mismatch)")
        try await folder.expectFailure("compare --base a1 --system other", 78, "other: \(mismatch)")
        try await folder.expectFailure("compare --base a1 --system mapped", 78, "a1, mapped: *sentence 1 *")
        try await folder.expectFailure(
            "compare --base a1 --system empty", 65, "empty:1: no counts; make the file with 'nerpipe evaluate --counts'"
        )
        for name in ["more", "gap"] {
            try await folder.expectFailure("compare --base a1 --system \(name)", 65, "\(name):2: not 'sentence TAB *")
        }
        try await folder.expectFailure("compare --base a1 --system none", 66, "none: *")
        for arguments in ["--base a1 a2 --system b1", "--base a1", "--base a1 --system b1 --bootstrap 0"] {
            #expect(try await folder.nerpipe("compare \(arguments)").status == 64)
        }
    }

    private static func counts(_ sentences: [(correct: Int, predicted: Int, gold: Int)], gold: String = "ab") -> String
    {
        "sentence\tcorrect\tpredicted\tgold\t\(gold)\n"
            + sentences.enumerated().map { "\($0 + 1)\t\($1.correct)\t\($1.predicted)\t\($1.gold)\n" }.joined()
    }

    private static func folderOfCounts() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("a1", counts([(1, 1, 1), (0, 1, 1), (0, 1, 2)]))
        try folder.write("a2", counts([(0, 1, 1), (0, 0, 1), (1, 2, 2)]))
        try folder.write("b1", counts([(1, 1, 1), (0, 1, 1), (2, 2, 2)]))
        try folder.write("b2", counts([(1, 1, 1), (0, 1, 1), (1, 1, 2)]))
        return folder
    }
}
