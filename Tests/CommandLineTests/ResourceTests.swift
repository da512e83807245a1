import Glibc
import ProgramTesting
import Testing

/// What the system may refuse, and what others may do to our files.
struct ResourceTests {
    /// What `run --dry-run` says is a bound, and not one of another size: here of some 75 MiB, of which a debug build uses 55.
    @Test func memoryPlanBoundsWhatIsUsed() async throws {
        let folder = try await Fixture.folder()
        let text = try folder.text("text.txt")
        try folder.write("big.txt", String(repeating: text, count: 400))
        try folder.write(
            "run.yaml",
            """
            inputs: [big.txt]
            stages:
              - tokenize: {lang: yy}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher}
            output: new.zst
            """)
        let plan = try await folder.expectSuccess("run run.yaml --dry-run -j 2").text
        let planned = try #require(plan.firstMatch(of: /memory: about ([0-9]+) MiB/).flatMap { Int($0.1) })
        _ = try await folder.expectSuccess("run run.yaml -q -j 2 --metrics m.jsonl")
        let used = try #require(
            folder.text("m.jsonl").split(separator: "\n").last?.firstMatch(of: /"peakResidentBytes":([0-9]+)/)
                .flatMap { Int($0.1) })
        #expect(used >> 20 <= planned && used >> 20 >= planned / 4, "used \(used >> 20) MiB, planned \(planned)")
    }

    @Test func theSecondWriterOfAFileIsRefused() async throws {
        let folder = try ScratchFolder()
        let first = try Program.startShell(
            "mkfifo feed; exec 3<> feed; exec nerpipe tokenize feed -o new.zst", in: folder)
        try await first.wait { folder.exists("new.zst.tmp") }
        try folder.write("a.txt", "a\n")
        let second = try await folder.nerpipe("tokenize a.txt -o new.zst")
        #expect(second.status == 73)
        #expect(
            second.errors
                == "nerpipe: new.zst: another process of nerpipe writes it now; wait until that has ended (--wait SECONDS), or name another output\n"
        )
        #expect(folder.exists("new.zst.tmp"))
        first.send(SIGKILL)
        _ = try await first.wait()
        // What it left is no obstacle.
        #expect(try await folder.nerpipe("tokenize a.txt -o new.zst").status == 0)
        #expect(try await folder.nerpipe("shard verify new.zst").text == "new.zst: ok, 1 blocks, 1 tokens\n")
    }

    @Test func aTemporaryNameThatIsNoFileIsRefused() async throws {
        let folder = try ScratchFolder()
        try folder.write("a.txt", "a\n")
        let outcome = try await folder.shell("mkfifo new.zst.tmp; exec nerpipe tokenize a.txt -o new.zst")
        #expect(outcome.status == 73 && outcome.errors.contains("new.zst.tmp"), "\(outcome.errors)")
    }

    @Test func theSecondRunInAFolderIsRefused() async throws {
        let folder = try await Fixture.folder()
        let first = try Program.startShell(
            "mkfifo feed; exec 3<> feed; head -c 3000 scored.zst > feed; exec nerpipe update - -o new < feed",
            in: folder)
        try await first.wait { folder.exists("new") }
        let second = try await folder.nerpipe("update scored.zst -o new")
        #expect(second.status == 73)
        #expect(second.errors.hasPrefix("nerpipe: new: another process of nerpipe writes it now"), "\(second.errors)")
        let fresh = try await folder.nerpipe("update scored.zst -o new --fresh")
        #expect(fresh.status == 73)
        first.send(SIGKILL)
        _ = try await first.wait()
        _ = try await folder.expectSuccess("update scored.zst -o new -q --epochs 1 --width 16 --fresh")
    }

    @Test func aFileThatMayNotGrowIsAnError() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell("ulimit -f 1; exec nerpipe vectors import v.vec -o new.vectors")
        #expect(outcome.status == 74)
        #expect(
            outcome.errors.contains("new.vectors: cannot write: file too large for the limit in force"),
            "\(outcome.errors)")
        #expect(!folder.listing().contains { $0.hasPrefix("new") })
    }

    /// A corpus may have more shards than a process may have open files.
    @Test func manyShardsNeedFewOpenFiles() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("shard split scored.zst --blocks 1 -o parts/")
        let count = folder.names(in: "parts").count
        let outcome = try await folder.shell(
            "ulimit -n 24; for i in $(seq 40); do ln parts/00000.zst parts/x$i.zst; done; exec nerpipe update -q parts/x*.zst -o new --epochs 2 --width 16"
        )
        #expect(count > 2 && outcome.status == 0, "\(outcome.errors)")
    }

    @Test func tooFewOpenFilesIsAnError() async throws {
        let folder = try ScratchFolder()
        try folder.write("a.txt", "a\n")
        var refusals = 0
        for limit in 6...16 {
            let outcome = try await folder.shell("ulimit -n \(limit); exec nerpipe tokenize a.txt -o new.zst")
            // Below some number the runtime cannot even start.
            guard outcome.status != 0, outcome.status < 128 else { continue }
            refusals += 1
            #expect(
                [66, 73].contains(outcome.status) && outcome.errors.contains("too many open files"), "\(outcome.errors)"
            )
        }
        print("refused at \(refusals) limits")
    }

    /// A mapped table that another program cuts while it is in use: an error with its name, not a bus error.
    @Test func aMappedFileThatShrinksIsAnError() async throws {
        let folder = try await Fixture.folder()
        let program = try Program.startShell(
            "zstdcat tokens.zst > t; (head -c 600 t; until [ -e go ]; do sleep 0.05; done; tail -c +601 t) | exec nerpipe embed -q - --vectors v.vectors -o new.zst",
            in: folder)
        try await program.wait { folder.exists("new.zst.tmp") }
        #expect(truncate("\(folder.path)/v.vectors", 64) == 0)
        try folder.write("go", "")
        let outcome = try await program.wait()
        #expect(outcome.status == 74, "\(outcome.errors)")
        #expect(
            outcome.errors
                == "nerpipe: v.vectors: became shorter, or unreadable, while it was in use; put it back as it was and run the same command again\n"
        )
        #expect(!folder.exists("new.zst"))
    }
}
