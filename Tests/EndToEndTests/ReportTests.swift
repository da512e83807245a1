import Foundation
import ProgramTesting
import Testing

/// `report`: runs as a page that needs nothing else.
struct ReportTests {
    @Test func aPageOfRecordsAlone() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe distill -q text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll -o one
            nerpipe distill -q text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll --seed 2 -o two
            nerpipe report one -o one.html
            nerpipe report one -o again.html && cmp one.html again.html
            nerpipe report one two -o both.html
            nerpipe report student -o student.html
            ! grep -E 'https?://|src=|@import|<link' one.html both.html student.html
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        let page = try folder.text("one.html"), both = try folder.text("both.html")
        for part in [
            "<svg", "loss by epoch", "<h2>Phases</h2>", "<h2>Recipe</h2>", "teacher-1", "gold.conll", "<h3>Ledger</h3>",
            "not seen there", "as if the teacher were right", "blocked by the next", "all understood",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(both.contains("less the first") && both.contains("two-sided (paired bootstrap over sentences)"))
        // Well-formed: every element that is opened is closed.
        for tag in ["table", "section", "svg", "tr", "td", "code", "main", "body", "html"] {
            #expect(
                page.components(of: "<\(tag)>") + page.components(of: "<\(tag) ") == page.components(of: "</\(tag)>"),
                "\(tag)")
        }
    }

    /// Taggers by their cost: who nobody beats in both is joined, and bad files are refused with their line.
    @Test func frontierOfTaggers() async throws {
        let folder = try await Fixture.folder()
        let head = "name\tf1\tmicroseconds\tmegabytes\n"
        try folder.write(
            "f.tsv", "# one core\n\(head)small <a>\t40\t0.5\t2.5\nworse\t39\t10\t-\nlarge\t60\t700\t500\n")
        let made = try await folder.shell(
            "nerpipe report --frontier f.tsv -o a.html && nerpipe report --frontier f.tsv -o b.html && cmp a.html b.html"
        )
        #expect(made.status == 0, "\(made.errors)")
        let page = try folder.text("a.html")
        #expect(page.contains("<td>small &lt;a&gt;</td><td>40.0</td><td>0.50</td><td>2.5</td><td>yes</td>"))
        #expect(page.contains("<td>worse</td><td>39.0</td><td>10.00</td><td></td><td></td>"))
        #expect(page.contains("one core") && page.components(of: "<circle class=\"solid\"") == 2)
        for (bad, line) in [("", 1), ("x\n", 1), (head, 1), (head + "a\t1\t0\t1\n", 2), (head + "a\t101\t1\t1\n", 2)] {
            try folder.write("bad.tsv", bad)
            let outcome = try await folder.nerpipe("report --frontier bad.tsv -o c.html")
            #expect(outcome.status == 65 && outcome.errors.contains("bad.tsv:\(line): "), "\(bad): \(outcome.errors)")
        }
        #expect(try await folder.nerpipe("report -o c.html").status == 64)
    }

    private static let pipeline = """
        inputs: [bad.txt]
        stages:
          - tokenize: {lang: yy, block-bytes: 300, on-error: skip}
          - exclude: {sentences: other.txt}
          - embed: {vectors: v.vectors}
          - score: {teacher: teacher}
          - select: {smooth: 0.5, keep: 0.5, by: entropy}
          - update: {output: out, epochs: 3, batch-tokens: 40, checkpoint-seconds: 0.001, \(options)}
        """
    private static let options = stride(from: 0, to: Fixture.network.count, by: 2).map {
        "\(Fixture.network[$0].dropFirst(2)): \(Fixture.network[$0 + 1])"
    }.joined(separator: ", ")

    private struct Record: Decodable {
        struct Counts: Decodable { var sentences, tokens: Int }
        struct Stage: Decodable {
            var name: String, pass: Int, counts: Counts, changes: [String: Int], records, rejectedRecords: Int?
            var rejected: [String]?, seconds, busySeconds: Double, waitingSeconds, blockedSeconds: Double?
        }
        struct Flow: Decodable { var stages: [Stage], isWhole: Bool }
        var flow: Flow, resumes: [Int]?, memoryBoundBytes, peakResidentBytes: Int
    }

    /// Every sentence that comes in goes out, or is left out for a reason.
    @Test func theLedgerAddsUp() async throws {
        let folder = try await Fixture.folder()
        try folder.write("p.yaml", Self.pipeline)
        let outcome = try await folder.shell(
            """
            set -e
            sed 2q text.txt > bad.txt; printf 'a \\377 b\\n' >> bad.txt; sed 1,2d text.txt >> bad.txt; cat other.txt >> bad.txt
            nerpipe run -q p.yaml; nerpipe report out -o page.html; nerpipe report --check out || [ $? = 1 ]
            """)
        #expect(outcome.status == 0 && !outcome.text.contains("without a reason"), "\(outcome.errors)\(outcome.text)")
        let record = try JSONDecoder().decode(Record.self, from: Data(folder.read("out/run.json")))
        let stages = record.flow.stages
        #expect(record.flow.isWhole && record.resumes == nil)
        #expect(
            stages.map(\.name) == [
                "tokenize", "exclude", "embed", "score", "survey", "tokenize", "exclude", "embed", "score", "select",
                "spool",
                "update",
            ])
        let text = try #require(stages.last { $0.name == "tokenize" })
        #expect(text.rejectedRecords == 1 && text.rejected?.first?.contains("bad.txt:3") == true, "\(text)")
        #expect(text.records.map { $0 > 60 } == true)
        for (before, stage) in zip(stages, stages.dropFirst()) where before.pass == stage.pass {
            #expect(before.counts.sentences + stage.changes.values.reduce(0, +) == stage.counts.sentences, "\(stage)")
        }
        let excluded = try #require(stages.last { $0.name == "exclude" }), selected = stages[9]
        #expect(excluded.changes.values.allSatisfy { $0 < 0 } && selected.changes.values.reduce(0, +) < 0)
        #expect(stages[11].counts.tokens == 3 * stages[10].counts.tokens)
        for stage in stages.dropFirst().dropLast() {
            #expect(stage.waitingSeconds.map { $0 >= 0 && $0 <= stage.seconds + 10 } == true, "\(stage)")
        }
        #expect(record.memoryBoundBytes > 1 << 20 && record.peakResidentBytes > 1 << 20)
        let page = try folder.text("page.html")
        #expect(page.contains("<pre>nerpipe run -q p.yaml</pre>"))
        #expect(page.contains("bad.txt:3") && page.contains("sentences left out that stand in --sentences"))
    }

    @Test func labelledSentencesThatCannotBeReadAreNamed() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            { printf 'a O\\nb what\\n\\n'; cat train.conll; } > bad.conll
            nerpipe train -q bad.conll --on-error skip --vectors v.vectors --lang xx --epochs 2 -o out \(Fixture.network.joined(separator: " "))
            nerpipe report out -o page.html
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let page = try folder.text("page.html")
        #expect(
            page.contains("1 records left out") && page.contains("<pre>bad.conll:2: tag 'what' is not O"), "\(page)")
    }

    /// What a process had counted that was killed is not known: the ledger says so, and nothing is called lost.
    @Test(arguments: [(epochs: 1, folder: "out/checkpoints"), (epochs: 3, folder: "out/spool")])
    func aLedgerThatIsNotWholeSaysSo(_ run: (epochs: Int, folder: String)) async throws {
        let folder = try await Workshop.folder(), command = "nerpipe run -q p.yaml --set update.epochs=\(run.epochs)"
        let killed = try await Slots.shared.use {
            let program = try Program.startShell("exec \(command)", in: folder)
            try await program.wait { folder.names(in: run.folder).contains { !$0.hasSuffix(".tmp") } }
            program.send(SIGKILL)
            return try await program.wait()
        }
        #expect(killed.status == 128 + SIGKILL)
        let outcome = try await folder.shell(
            "\(command) && nerpipe report out -o page.html && { nerpipe report --check out || [ $? = 1 ]; }")
        #expect(outcome.status == 0 && !outcome.text.contains("without a reason"), "\(outcome.errors)\(outcome.text)")
        let record = try JSONDecoder().decode(Record.self, from: Data(folder.read("out/run.json")))
        #expect(!record.flow.isWhole)
        #expect(try folder.text("page.html").contains("the counts are those of the last one, not of all of the stream"))
    }

    /// A browser shows it: no error of the page, nothing asked for from elsewhere, and a picture that is not empty.
    @Test(.enabled(if: Program.exists("chromium"))) func aBrowserShowsThePage() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe report student -o page.html
            chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile --enable-logging=stderr --v=0 --window-size=1000,900 \
              --screenshot=page.png "file://$PWD/page.html" 2> log
            ! grep -E 'CONSOLE|net::ERR|Refused' log
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        let picture = try folder.read("page.png")
        #expect(
            picture.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && picture.count > 20_000)
    }

    @Test func aResumeIsMarkedAndReliabilityIsDrawn() async throws {
        let folder = try await Workshop.folder()
        let train = "nerpipe \(Workshop.trainCommand) -q -o out"
        let killed = try await Slots.shared.use {
            let program = try Program.startShell("exec \(train)", in: folder)
            try await program.wait { folder.names(in: "out/checkpoints").contains { !$0.hasSuffix(".tmp") } }
            program.send(SIGKILL)
            return try await program.wait()
        }
        #expect(killed.status == 128 + SIGKILL)
        let outcome = try await folder.shell(
            """
            set -e
            \(train)
            nerpipe report out -o before.html
            nerpipe evaluate -q --model out dev.conll --calibrate --seen train.conll --reference teacher -o scores
            nerpipe report out -o after.html
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let (before, after) = (try folder.text("before.html"), try folder.text("after.html"))
        // One in the picture of the loss, one in that of F1.
        #expect(before.components(of: "<line class=\"mark\"") == 2 && !before.contains("reliability diagram"))
        #expect(before.contains("<td>update, the last of 2 processes</td>"))
        #expect(after.contains("reliability diagram") && after.contains("circle class=\"solid\""))
        let scores = try folder.text("scores")
        #expect(
            scores.contains("entities seen in --seen: precision") && scores.contains("agreement with --reference: F1"))
    }

    @Test func whatShouldMakeSomebodyLook() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            nerpipe report --check student > calm; echo status $?
            sed -i 's/"predictedEntityTokens" : [0-9]*/"predictedEntityTokens" : 0/' student/run.json
            nerpipe report --check student; echo status $?
            sed -i 's/"peakResidentBytes" : /"memoryBoundBytes" : 1000, &/' student/run.json
            nerpipe report --check student | grep -c 'peak memory [0-9]* MiB, above its bound of 0 MiB'
            mkdir empty; nerpipe report --check empty; echo status $?
            nerpipe report student; echo status $?
            """)
        #expect(
            outcome.text.contains(
                "no token is labelled as an entity in the last epoch\nstatus 1\n1\nstatus 66\nstatus 64\n"),
            "\(outcome.text)\(outcome.errors)")
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
