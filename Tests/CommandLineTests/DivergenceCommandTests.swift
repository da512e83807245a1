import ProgramTesting
import Testing

/// `divergence`: one reading of every text, the same result however it is cut.
struct DivergenceCommandTests {
    @Test func theSameForAnyNumberOfJobsAndFiles() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            head -n 25 text.txt > a.txt; tail -n +26 text.txt > b.txt
            for mode in "" --exact; do
              nerpipe divergence -q text.txt --lang yy --source xx=train.conll --source zz=other.txt $mode -j1 --csv > 1
              nerpipe divergence -q a.txt b.txt --lang yy --source xx=train.conll --source zz=other.txt $mode -j3 --block-bytes 200 --csv | cmp - 1 && echo same
              cat a.txt b.txt | nerpipe divergence -q --lang yy --source xx=train.conll --source zz=other.txt $mode --csv | cmp - 1 && echo same
            done
            head -n 3 1
            """)
        #expect(
            outcome.text.hasPrefix(
                "same\nsame\nsame\nsame\ntarget,source,measure,value,error,bound\nyy,xx,source words,"),
            "\(outcome.text)\(outcome.errors)")
    }

    @Test func dictionariesLabelsAndVectorsAddTheirMeasures() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            cut -f1 gold.conll | sort -u | grep -v '^$' | awk '{ print $1 "\\t" $1 }' > same.tsv
            nerpipe divergence -q gold.conll --lang yy --source xx=train.conll --labels xx=train.conll --labels yy=gold.conll \\
              --dictionary xx-yy=same.tsv --json > report.json
            python3 -c '
            import json
            rows = {row["measure"]: row["value"]["value"] for row in json.load(open("report.json"))[0]["rows"]}
            print(rows["LDN"], rows["cognate rate"], 0 <= rows["mention overlap"] <= 1, rows["target mentions"] > 0)'
            nerpipe divergence gold.conll --lang yy --source xx=train.conll --max-tokens 60 2> log | head -n 3; grep -c max-tokens log
            """)
        #expect(outcome.text.hasPrefix("0 1 True True\n"), "\(outcome.text)\(outcome.errors)")
    }

    @Test func whatCannotBeComparedIsRefused() async throws {
        let folder = try await Fixture.folder()
        try folder.write("empty.txt", "... --- !\n")
        try await folder.expectFailure(
            "divergence -q empty.txt --lang yy --source xx=train.conll", 65, "empty.txt: no word to compare")
        for command in [
            "text.txt --lang yy", "text.txt --lang yy --source train.conll",
            "text.txt --lang yy --source xx=train.conll --vectors v.vectors",
            "text.txt --lang yy --source xx=train.conll --strength s.tsv",
        ] {
            #expect(try await folder.nerpipe("divergence -q \(command)").status == 64)
        }
    }

    /// What is named and belongs to no text would be passed over.
    @Test func namesOfNoTextAreRefused() async throws {
        let folder = try await Fixture.folder()
        let command = "divergence -q text.txt --lang yy --source xx=train.conll --source zz=other.txt"
        try await folder.expectFailure(
            "\(command) --labels xy=train.conll", 64, "--labels 'xy': no text has that name; there are xx, zz, yy")
        try await folder.expectFailure(
            "\(command) --dictionary yy-xx=d.tsv", 64,
            "--dictionary 'yy-xx': no text has that name; there are xx-yy, zz-yy")
        try await folder.expectFailure(
            "\(command) --dictionary xx-yy=d.tsv --dictionary xx-yy=e.tsv", 64,
            "--dictionary 'xx-yy' is given twice; one file can be read for it")
        try await folder.expectFailure(
            "\(command) --labels xx=train.conll", 64,
            "--labels: names are compared with those of the target; give them for 'yy' and for a source")
        let nameless = try await folder.nerpipe("divergence -q text.txt --source xx=train.conll --labels yy=gold.conll")
        #expect(nameless.errors.contains("there are xx, und; --lang names the target"), "\(nameless.errors)")
    }

    @Test func typologySaysWhatIsNotKnown() async throws {
        let folder = try await Fixture.folder()
        try folder.write("t.tsv", "language\tsyn:a\tsyn:b\tgeo:x\nxx\t1\t--\t1\nyy\t1\t0\t\n")
        let outcome = try await folder.nerpipe(
            "divergence text.txt --lang yy --source xx=train.conll --source zz=other.txt --typology t.tsv --csv")
        for line in [
            "yy,xx,typology syn,0.000000", "yy,xx,\"typology syn, known\",0.500000", "yy,xx,typology geo,undefined",
            "yy,xx,\"typology geo, known\",0.000000",
        ] {
            #expect(outcome.text.contains("\n\(line),"), "\(line): \(outcome.text)")
        }
        #expect(!outcome.text.contains("zz,typology"))
        #expect(outcome.errors.contains("the table of typology does not have zz"), "\(outcome.errors)")
        let json = try await folder.shell(
            """
            nerpipe divergence -q text.txt --lang yy --source xx=train.conll --typology t.tsv --json \\
              | python3 -c 'import json,sys; print([r["value"]["value"] for r in json.load(sys.stdin)[0]["rows"] if r["measure"] == "typology geo"])'
            """)
        #expect(json.text == "[None]\n", "\(json.text)\(json.errors)")
        for (table, message) in [
            ("language\n", "t.tsv:1: no table of typology*"),
            ("language\ta:b\nxx\tone\n", "t.tsv:2: column 2 is not a number*"),
            ("language\ta:b\nxx\t1\t2\n", "t.tsv:2: 3 fields, and there must be 2, with tabs between them"),
            ("language\ta:b\nxx\t1\nxx\t2\n", "t.tsv:3: a language that stood in an earlier line*"),
        ] {
            try folder.write("t.tsv", table)
            let bad = try await folder.nerpipe(
                "divergence -q text.txt --lang yy --source xx=train.conll --typology t.tsv")
            let start = message.replacing("*", with: "")
            #expect(bad.status == 65 && bad.errors.contains(start), "\(bad.errors)")
        }
    }

    @Test func runningTextIsTheSameForAnyNumberOfJobs() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            for jobs in 1 3; do
              nerpipe divergence -q text.txt --lang yy --source xx=train.conll --running --seed 3 -j$jobs --block-bytes 200 --csv > $jobs
            done
            cmp 1 3 && grep -c running 1
            nerpipe divergence -q text.txt --lang yy --source xx=train.conll --running --seed 4 --csv | cmp -s - 1 || echo other
            """)
        #expect(outcome.text == "2\nother\n", "\(outcome.text)\(outcome.errors)")
    }

    @Test func piecesOfATokenizer() async throws {
        let folder = try await Fixture.folder()
        try folder.makeFolder("p")
        try folder.write(
            "p/tokenizer.json",
            """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
               "vocab": {"[UNK]": 0, "a": 1, "b": 2, "##a": 3, "##b": 4}}}
            """)
        try folder.write("s.txt", "ab ba abb\n")
        try folder.write("t.txt", "a ab cc\n")
        let outcome = try await folder.nerpipe("divergence -q t.txt --lang yy --source xx=s.txt --pieces p --csv")
        for line in [
            "source piece types,4", "target piece types,2", "piece Jaccard,0.500000", "piece type coverage,1.000000",
            "piece token coverage,0.750000", "source fertility,2.333333", "target unknown pieces,0.250000",
        ] {
            #expect(outcome.text.contains("yy,xx,\(line),"), "\(line): \(outcome.text)\(outcome.errors)")
        }
        let missing = try await folder.nerpipe("divergence -q t.txt --lang yy --source xx=s.txt --pieces none.json")
        #expect(missing.status == 66)
    }

    @Test func ranksSourcesWithTheirParts() async throws {
        let folder = try await Fixture.folder()
        try folder.write("strength.tsv", "xx\t50\nzz\t70\nen\t60\n")
        let command = "divergence text.txt --lang yy --source xx=train.conll --source zz=other.txt --rank-sources"
        let plain = try await folder.nerpipe("\(command) --csv")
        #expect(plain.text.hasPrefix("target,rank,source,points,words,variety\nyy,1,"), "\(plain.text)\(plain.errors)")
        let strong = try await folder.nerpipe("\(command) --strength strength.tsv")
        #expect(strong.text.hasPrefix("source  rank  points  words  variety  strength\n"), "\(strong.text)")
        #expect(strong.errors.contains("Spearman 0."), "\(strong.errors)")
        try folder.write("strength.tsv", "xx 50\n")
        try await folder.expectFailure(
            "\(command) -q --strength strength.tsv", 65,
            "strength.tsv:1: 1 field, and there must be 2, with tabs between them")
    }
}
