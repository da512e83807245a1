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
        for command in ["text.txt --lang yy", "text.txt --lang yy --source train.conll"] {
            #expect(try await folder.nerpipe("divergence -q \(command)").status == 64)
        }
    }
}
