import Foundation
import Glibc
import ProgramTesting
import Testing

/// `nerpipe study`: cells once, whatever happens, and the tables of what they left.
struct StudyTests {
    /// A method: says when it begins and ends, and leaves counts of 40 sentences.
    private static let method = """
        #!/usr/bin/env bash
        set -e
        echo "begin $*" >> begun
        sleep "${DELAY:-0}"
        if [ "$1 $2" = "${BROKEN:-}" ]; then echo "no luck" >&2; exit 3; fi
        awk -v method="$1" -v seed="$3" 'BEGIN {
          told = ENVIRON["SEEN"] == "" ? "" : "seen correct\\tseen predicted\\tseen gold\\t"
          print "sentence\\tcorrect\\tpredicted\\tgold\\t" told "digest"
          for (i = 1; i <= 40; i++) {
            gold = 1 + i % 3; right = method == "direct" ? (i + seed) % 2 : 1
            seen = method == ENVIRON["SEEN"] ? i % 4 == 1 : i % 2
            print i "\\t" right "\\t" gold "\\t" gold (told == "" ? "" : "\\t" right * seen "\\t" seen "\\t" seen)
          }
        }' > "$WORK/scores/$2-$1-$3.counts"
        if [ -n "${SURE:-}" ]; then
          { printf 'scores\\tentities\\tmean score\\tshare right\\n'
            [ "$1 $2" = "direct de" ] || printf 'own\\t30\\t0.9\\t0.%d\\nown\\t10\\t0.5\\t0.7\\nfitted\\t40\\t0.75\\t0.7\\n' $((3 + $3))
          } > "$WORK/scores/$2-$1-$3.reliability"
        fi
        if [ "$1 $2" = "${LATE:-}" ]; then exit 3; fi
        if [ -n "${CHANGE:-}" ]; then echo "# another" >> method.sh; fi
        echo "$2 $1 $3 50.0"
        echo "end $*" >> ended

        """
    private static let definition = """
        study: tiny
        work: w
        cell: ["./method.sh", "${method}", "${target}", "${seed}"]
        axes: {method: [direct, tsl], target: [es, nl, de], seed: [1, 2]}
        processes: 2

        """
    private static let cellCount = 12

    private static func folder(_ definition: String = definition) async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("method.sh", method)
        try folder.write("s.yaml", definition)
        try #require(try await folder.shell("chmod +x method.sh").status == 0)
        return folder
    }

    private static func lines(_ folder: ScratchFolder, _ name: String) -> [String] {
        ((try? folder.text(name)) ?? "").split(separator: "\n").map(String.init)
    }

    @Test func cellsAreDoneOnceAndTheTablesAreTheSameForAnyNumberOfJobs() async throws {
        let folder = try await Self.folder()
        let plan = try await folder.expectSuccess("study s.yaml --plan").text
        #expect(plan.hasPrefix("study tiny: 12 cells in w, 12 to be done\ntakes hours and disk unknown\n"), "\(plan)")
        #expect(plan.hasSuffix("./method.sh tsl de 2\n") && !folder.exists("w"))
        let first = try await folder.expectSuccess("study s.yaml -j1")
        #expect(first.errors.contains("cell 12 of 12: "), "\(first.errors)")
        #expect(
            first.text.contains("| tsl | 50.0 ± 0.0 ▲ | 50.0 ± 0.0 ▲ | 50.0 ± 0.0 ▲ | 50.0 ± 0.0 |\n"), "\(first.text)")
        #expect(first.text.contains("- 0 of 12 scored systems find no entity at all.\n"))
        #expect(Self.lines(folder, "ended").count == Self.cellCount)
        for name in ["results.md", "results.csv", "results.json", "report.html"] {
            try folder.copy("w/\(name)", to: name)
        }
        #expect(try folder.text("results.md") == first.text)
        let again = try await folder.expectSuccess("study s.yaml -j3")
        #expect(again.errors.isEmpty && again.text == first.text)
        for name in ["results.md", "results.csv", "results.json", "report.html"] {
            #expect(try folder.read("w/\(name)") == folder.read(name), "\(name)")
        }
        #expect(Self.lines(folder, "begun").count == Self.cellCount)
        let done = try await folder.expectSuccess("study s.yaml --plan --set seed=1 --set seed=2 --set seed=3").text
        #expect(done.contains("18 cells in w, 6 to be done\ntakes 0.0 hours with 2 at once, 0.0 GB\n"), "\(done)")
        #expect(try folder.text("w/cells/tsl-nl-2.json").contains("\"wallSeconds\""))
        #expect(folder.names(in: "w/logs").isEmpty)
    }

    /// Killed again and again, each cell that counts as done was done to its end, once; and what a kill leaves behind
    /// does not go on.
    @Test func killedItGoesOnWithTheCellsThatAreNotDone() async throws {
        let folder = try await Self.folder()
        for count in [1, 4, 7] {
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell("export DELAY=0.5; exec nerpipe study s.yaml", in: folder)
                try await program.wait { Self.lines(folder, "begun").count >= count }
                program.send(SIGKILL)
                return try await program.wait()
            }
            #expect(outcome.status == 128 + SIGKILL, "\(outcome.errors)")
            let ended = Set(Self.lines(folder, "ended"))
            for name in folder.names(in: "w/lines") where !name.hasSuffix(".tmp") {
                #expect(ended.contains("end \(name.replacing("-", with: " "))"), "\(name)")
            }
        }
        #expect(folder.names(in: "w/lines").count < Self.cellCount)
        let last = try await folder.expectSuccess("study s.yaml")
        #expect(Set(Self.lines(folder, "ended")).count == Self.cellCount)
        let begun = Self.lines(folder, "begun").count
        #expect(begun > Self.cellCount && begun <= Self.cellCount + 6, "\(begun)")
        let undisturbed = try await Self.folder()
        #expect(try await undisturbed.expectSuccess("study s.yaml").text == last.text)
    }

    /// A cell of a study that was killed still runs for two seconds at most, and holds its lock: the next study waits
    /// for it.
    @Test func aCellThatStillRunsIsNotBegunTwice() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell(
            """
            export DELAY=1.2
            nerpipe study s.yaml -q --set target=es --set seed=1 & sleep 0.6; kill -9 $!
            nerpipe study s.yaml -q --set target=es --set seed=1 > tables
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Self.lines(folder, "ended").count == 2 || Self.lines(folder, "begun").count == 4)
        let begun = Self.lines(folder, "begun"), ended = Self.lines(folder, "ended")
        #expect(Set(begun).count == 2 && Set(ended).count == 2, "\(begun) \(ended)")
    }

    @Test func twoStudiesShareTheirCells() async throws {
        let folder = try await Self.folder()
        try folder.write(
            "other.yaml", Self.definition.replacing("tiny", with: "other").replacing("[1, 2]", with: "[2, 3]"))
        let outcome = try await folder.shell(
            """
            export DELAY=0.1
            nerpipe study s.yaml -q > one & nerpipe study other.yaml -q -o other > two; wait $!
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        // Seed 2 is of both.
        #expect(Self.lines(folder, "begun").count == 18 && Set(Self.lines(folder, "ended")).count == 18)
        #expect(try folder.text("other/results.json").contains("\"study\" : \"other\""))
    }

    @Test func aCellThatFailsIsNamedAndStopsNoOther() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell("BROKEN='tsl nl' nerpipe study s.yaml")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.hasSuffix(
                "nerpipe: 2 cells failed: tsl nl 1 (w/logs/tsl-nl-1), tsl nl 2 (w/logs/tsl-nl-2)\n"),
            "\(outcome.errors)")
        #expect(try folder.text("w/logs/tsl-nl-1") == "no luck\n")
        #expect(outcome.text.contains("- Fewer than 2 seeds: tsl nl 0.\n"), "\(outcome.text)")
        #expect(try folder.text("w/report.html").contains("failed: tsl nl 1, ended with status 3, see w/logs/tsl-nl-1"))
        _ = try await folder.expectSuccess("study s.yaml")
        #expect(folder.names(in: "w/logs").isEmpty && Self.lines(folder, "ended").count == Self.cellCount)
    }

    /// What a cell scored before it failed is not counted.
    @Test func aCellThatFailsLateHasNoScore() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell("LATE='tsl nl' nerpipe study s.yaml -q")
        #expect(outcome.status == 1 && folder.exists("w/scores/nl-tsl-1.counts"))
        #expect(outcome.text.contains("- Fewer than 2 seeds: tsl nl 0.\n"), "\(outcome.text)")
        #expect(outcome.text.contains("| tsl | 50.0 ± 0.0 ▲ | - | 50.0 ± 0.0 ▲ | 50.0 (2) |\n"), "\(outcome.text)")
    }

    /// A shell reads its script while it runs it.
    @Test func aCellWhoseProgramChangesIsRefused() async throws {
        let folder = try await Self.folder()
        let one = "study s.yaml --set target=es --set seed=1 --set method=tsl"
        let outcome = try await folder.shell("CHANGE=1 nerpipe \(one)")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "tsl es 1: its program, ./method.sh, changed while it ran; what it made may be wrong, remove it from w, see w/logs/tsl-es-1\n"
            ), "\(outcome.errors)")
        #expect(folder.names(in: "w/lines").isEmpty && folder.names(in: "w/cells").isEmpty)
        try await folder.expectFailure("\(one) --tables", 66, "w: no scores yet; run the study without --tables")
        _ = try await folder.expectSuccess("\(one) -q")
        #expect(folder.names(in: "w/lines") == ["tsl-es-1"])
    }

    /// Recall on what was seen and on the rest, where the counts tell; where not, it is said.
    @Test func seenEntitiesHaveATableOfTheirOwn() async throws {
        let folder = try await Self.folder()
        let seen = try await folder.shell("SEEN=all nerpipe study s.yaml -q")
        #expect(seen.text.contains("| method | seen | less `direct` | unseen | less `direct` |\n"), "\(seen.text)")
        #expect(seen.text.contains("\n| direct | 50.0 ± 70.7 | - | 16.7 ± 23.6 | - |\n"), "\(seen.text)")
        #expect(seen.text.contains("\n| tsl | 100.0 ± 0.0 | +50.0 ± 70.7 | 33.3 ± 0.0 | +16.7 ± 23.6 |\n"))
        #expect(seen.text.contains(" Seen: es 20 of 80, nl 20 of 80, de 20 of 80 entities.\n"), "\(seen.text)")
        let csv = try folder.text("w/results.csv")
        #expect(csv.contains(",f1,seen_correct,seen_predicted,seen_gold,seen_recall,unseen_recall\n"), "\(csv)")
        #expect(csv.contains("\ndirect,es,1,20,80,80,25.0000,25.0000,25.0000,0,20,20,0.0000,33.3333\n"), "\(csv)")
        let mixed = try await folder.expectSuccess("study s.yaml -q --set seed=1,2,3").text
        #expect(mixed.contains("\n| tsl | 100.0 | +50.0 | 33.3 | +16.7 |\n"), "\(mixed)")
        #expect(mixed.contains("- Of 6 of 18 scored systems the counts do not tell seen entities from others.\n"))
        // Other entities were seen by one of both: its recall is no gain over the other.
        let other = try await folder.shell("SEEN=tsl nerpipe study s.yaml -q --set work=v")
        #expect(other.text.contains("\n| tsl | 100.0 ± 0.0 | - | 42.9 ± 0.0 | - |\n"), "\(other.text)")
        let none = try await folder.expectSuccess("study s.yaml -q --set work=u").text
        #expect(!none.contains("seen"))
        let page = try folder.text("u/report.html")
        #expect(page.contains("Entities seen and not seen in what was learnt from are not told apart by the counts."))
    }

    /// How sure methods are, where a diagram is there.
    @Test func calibrationHasATable() async throws {
        let folder = try await Self.folder()
        let sure = try await folder.shell("SURE=1 nerpipe study s.yaml -q").text
        // Of seed 1: 30 at 0.9 are right 4 times of 10, 10 at 0.5 7 times: (30 * 0.5 + 10 * 0.2) / 40, and with signs.
        #expect(
            sure.contains("| method | error | less `direct` | fitted | less `direct` | too sure | less `direct` |\n"),
            "\(sure)")
        #expect(sure.contains("\n| direct | 38.8 (2) | - | 5.0 (2) | - | +28.8 (2) | - |\n"), "\(sure)")
        #expect(
            sure.contains("\n| tsl | 38.8 ± 5.3 | +0.0 (2) | 5.0 ± 0.0 | +0.0 (2) | +28.8 ± 5.3 | +0.0 (2) |\n"),
            "\(sure)")
        #expect(
            sure.contains(
                "- Calibration: of 12 of 12 scored systems there is a diagram, 2 of these without an entity.\n"))
        let csv = try folder.text("w/results.csv")
        #expect(csv.contains(",f1,calibration_error,fitted_calibration_error,overconfidence\n"), "\(csv)")
        #expect(csv.contains("\ndirect,es,1,20,80,80,25.0000,25.0000,25.0000,42.5000,5.0000,32.5000\n"), "\(csv)")
        #expect(csv.contains("\ndirect,de,1,20,80,80,25.0000,25.0000,25.0000,,,\n"), "\(csv)")
        try folder.write("w/scores/es-tsl-1.reliability", "")
        try await folder.expectFailure(
            "study s.yaml -q", 65,
            "w/scores/es-tsl-1.reliability:1: no diagram of 'nerpipe evaluate --reliability'; is it the right file?")
    }

    /// What 'divergence' prints of a language that a table of typology does not know, or not all of.
    @Test func measuresOfDivergenceMayBeUndefined() async throws {
        let folder = try await Fixture.folder()
        try folder.write("method.sh", Self.method)
        try folder.write("t.tsv", "language\tsyn:a\tsyn:b\tgeo:x\nxx\t1\t0\t1\nes\t1\t1\t2\nnl\t0\t1\t\n")
        let study = Self.definition + "measures: d.csv\ngain: {of: tsl, over: direct, source: xx, measure: MEASURE}\n"
        try folder.write("s.yaml", study.replacing("MEASURE", with: "type Jaccard"))
        try folder.write("geo.yaml", study.replacing("MEASURE", with: "typology geo"))
        let outcome = try await folder.shell(
            """
            set -e
            chmod +x method.sh
            for target in es nl de; do
              nerpipe divergence -q text.txt --lang $target --source xx=train.conll --typology t.tsv --csv >> d.csv
            done
            grep -q '^nl,xx,typology geo,undefined,' d.csv
            SEEN=all nerpipe study s.yaml -q
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.text.contains(": typology syn / typology syn, known / typology geo, known for 1 (xx-de); ")
                && outcome.text.contains("typology geo for 2 (xx-de, xx-nl)"),
            "\(outcome.text)")
        #expect(
            outcome.text.contains(
                "- Recall changes by +50.0 (mean of 3 gains) on entities whose words stand as one in what was learnt from, by +16.7 (mean of 3 gains) on all others.\n"
            ), "\(outcome.text)")
        #expect(outcome.text.contains("| precision | recall | recall, seen | recall, unseen |\n"))
        let geo = try await folder.expectSuccess("study geo.yaml -q --tables").text
        #expect(geo.contains("- Of 1 gains on 1 languages"), "\(geo)")
        #expect(geo.contains("- Not scored or not measured, and left out: nl, de.\n"), "\(geo)")
    }

    /// Paths are from where we run, and a file that is not there is found out before a cell is run.
    @Test func filesOfAStudyAreLookedForBeforeItRuns() async throws {
        let folder = try await Self.folder()
        try folder.makeFolder("sub")
        let study =
            Self.definition + "measures: d.csv\nlanguages: l.tsv\ngain: {of: tsl, over: direct, measure: x}\n"
        try folder.write("sub/s.yaml", study)
        for name in ["d.csv", "sub/d.csv"] { try folder.write(name, "es,en,x,1\n") }
        func refused(_ message: String) async throws {
            let outcome = try await folder.nerpipe("study sub/s.yaml")
            #expect(outcome.status == 66 && outcome.errors.contains(message), "\(outcome.errors)")
            #expect(!folder.exists("begun"))
        }
        try await refused(
            "/l.tsv, which 'languages' names; paths are those of the folder in which nerpipe runs, and none beside the definition\n"
        )
        try folder.write("sub/l.tsv", "target\nes\n")
        try await refused(
            "/l.tsv, which 'languages' names; paths are those of the folder in which nerpipe runs, it is sub/l.tsv: name it so\n"
        )
        try folder.write(
            "sub/s.yaml", study.replacing("l.tsv", with: "sub/l.tsv").replacing("d.csv", with: "sub/d.csv"))
        _ = try await folder.expectSuccess("study sub/s.yaml -q")
    }

    @Test func stoppedByASignalItSaysSo() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell("DELAY=5 nerpipe study s.yaml -q & sleep 0.7; kill -TERM $!; wait $!")
        #expect(outcome.status == 75, "\(outcome.errors)")
        #expect(folder.names(in: "w/lines").isEmpty && Self.lines(folder, "begun").count == 2)
    }

    @Test func whatCannotBeDoneIsRefused() async throws {
        let folder = try await Self.folder()
        try await folder.expectFailure("study s.yaml --tables", 66, "w: no scores yet; run the study without --tables")
        try await folder.expectFailure("study none.yaml", 66, "none.yaml: *")
        _ = try await folder.expectSuccess("study s.yaml -q --set seed=1 --set target=es")
        try folder.write("o.yaml", Self.definition + "environment: {SIZE: 3}\n")
        try await folder.expectFailure(
            "study o.yaml --plan", 78, "w/cells/direct-es-1.json: this cell was done with other variables (SIZE); *")
        try folder.write("mine/results.md", in: "mine", "my own\n")
        try await folder.expectFailure(
            "study s.yaml --tables --set seed=1 --set target=es -o mine", 73,
            "mine/results.md: was not made by this study; *")
        #expect(try folder.text("mine/results.md") == "my own\n")
        _ = try await folder.expectSuccess("study s.yaml --tables --set seed=1 --set target=es -o mine --force")
        try folder.write(
            "m.yaml", Self.definition.replacing("./method.sh", with: "./none.sh").replacing("work: w", with: "work: v"))
        let outcome = try await folder.nerpipe("study m.yaml --set seed=1 --set target=es")
        #expect(
            outcome.status == 1 && outcome.errors.contains("cannot start ./none.sh: no such file or directory"),
            "\(outcome.errors)")
    }

    /// Further axes have folders and tables of their own, and a gain is held against what was measured.
    @Test func aGainIsHeldAgainstMeasures() async throws {
        let folder = try await Self.folder(
            Self.definition.replacing("seed: [1, 2]", with: "seed: [1, 2], size: [5, 50]") + """
                measures: d.csv
                languages: l.tsv
                gain: {of: tsl, over: direct, measure: type Jaccard, covariates: [log size]}

                """)
        try folder.write(
            "d.csv",
            "target,source,measure,value,error,bound\nes,en,type Jaccard,0.2,0,\nnl,en,type Jaccard,0.3,0,\nde,en,type Jaccard,0.25,0,\n"
                + "target,source,measure,value,error,bound\nes,en,\"n-gram, JSD\",0.5,0,\n")
        try folder.write("l.tsv", "target\tfamily\tscript\nes\tromance\tLatn\nnl\tgermanic\tLatn\nde\tgermanic\tLatn\n")
        let text = try await folder.expectSuccess("study s.yaml -q").text
        #expect(text.contains("## size=5\n\n") && text.contains("## size=50\n\n"), "\(text)")
        #expect(text.contains("## What `tsl` gains over `direct`\n"))
        #expect(text.contains("- Mentions seen and not seen in the source are not told apart: "))
        #expect(text.contains("Decided beforehand: the gain of `tsl` over `direct` against type Jaccard"))
        // The method does not know of sizes: each score is what it was, paired by seed.
        #expect(
            text.contains("## Along size\n\n| target | score | 5 | 50 | 50 less 5 |\n")
                && text.contains("| es | tsl less direct | +25.0 ± 0.0 | +25.0 ± 0.0 | +0.0 ± 0.0 |\n"), "\(text)")
        #expect(try folder.text("w/report.html").contains("aria-label=\"F1 of es\""))
        #expect(folder.exists("w/size=5/scores/es-tsl-1.counts") && folder.exists("w/size=50/lines/tsl-de-2"))
        #expect(
            try folder.text("w/results.csv").hasPrefix(
                "size,name,target,seed,correct,predicted,gold,precision,recall,f1\n5,direct,es,1,"))
        try folder.write("s.yaml", folder.text("s.yaml").replacing("type Jaccard", with: "type Jacard"))
        try await folder.expectFailure(
            "study s.yaml --tables", 65, "d.csv: no measure 'type Jacard'; did you mean 'type Jaccard'?")
    }
}

extension StudyTests {
    /// Each set of sources has a row and a colour; the labels of a target are in no set that teaches it.
    @Test func gainsAreToldBySource() async throws {
        let folder = try await Self.folder(
            Self.definition.replacing("seed: [1, 2]", with: "seed: [1, 2], sources: [en, en+nl, sw]")
                .replacing("[es, nl, de]", with: "[es, nl, de, it, da]") + """
                    measures: d.csv
                    gain: {of: tsl, over: direct, measure: type Jaccard}

                    """)
        // Gains that differ.
        try folder.write(
            "method.sh",
            Self.method.replacing("-v seed=", with: "-v target=\"$2\" -v seed=").replacing(
                "% 2 : 1", with: "% 2 : (i % 4 < 2 + (target ~ /e/) + (target ~ /d/))"))
        _ = try await folder.shell("chmod +x method.sh")
        let rows = ["en", "en+nl", "sw"].enumerated().flatMap { number, source in
            ["es", "nl", "de", "it", "da"].enumerated().map { place, target in
                "\(target),\(source),type Jaccard,0.\(1 + (place * 3 + number * number) % 7),0,\n"
            }
        }
        try folder.write("d.csv", "target,source,measure,value,error,bound\n" + rows.joined())
        let text = try await folder.expectSuccess("study s.yaml -q").text
        #expect(folder.names(in: "w/sources=en+nl/lines").count == 16, "nl has no cell")
        #expect(
            text.contains("| source | languages | base F1 | gain | above 0 | below 0 | rho | p | 95 %, Fisher |\n")
                && text.contains("| en | 5 | ") && text.contains("| en+nl | 4 | ") && text.contains("| sw | 5 | "),
            "\(text)")
        #expect(text.contains("es (sources=en), de (sources=en)"), "\(text)")
        let page = try folder.text("w/report.html")
        for (series, source) in ["en", "en+nl", "sw"].enumerated() {
            #expect(page.contains("<circle class=\"f\(series)\" cx=\"5\" cy=\"5\" r=\"4\"/></svg> \(source)"))
        }
        #expect(page.contains("<polyline class=\"fit\""))
    }
}

extension ScratchFolder {
    fileprivate func write(_ name: String, in folder: String, _ text: String) throws {
        try makeFolder(folder)
        try write(name, text)
    }
}
