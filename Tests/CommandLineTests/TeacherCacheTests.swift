import Glibc
import ProgramTesting
import Testing

/// Answers that are kept, played again, and models of ours that are programs.
@Suite(.enabled(if: Program.exists("python3"))) struct TeacherCacheTests {
    private static func asked(_ folder: ScratchFolder) throws -> Int {
        folder.exists("asked") ? try folder.text("asked").split(separator: "\n").count : 0
    }

    private static let score =
        "nerpipe score --teacher-command 'python3 rogue.py good' --teacher-cache kept embedded.zst"

    @Test func nobodyIsAskedTwice() async throws {
        let folder = try await TeacherProgramTests.folder()
        let plain = try await folder.shell(
            "nerpipe score --teacher-command 'python3 rogue.py good' embedded.zst -o plain.zst")
        try #require(plain.status == 0, "\(plain.errors)")
        let count = try Self.asked(folder)
        #expect(count > 10)
        #expect(try await folder.shell("\(Self.score) -o one.zst").status == 0)
        #expect(try Self.asked(folder) == 2 * count)
        // A second student, other types, another number of jobs.
        #expect(
            try await folder.shell("\(Self.score) -o two.zst -j 3; \(Self.score) --teacher-types PER -o three.zst")
                .status == 0)
        #expect(try Self.asked(folder) == 2 * count)
        for name in ["one.zst", "two.zst"] { #expect(try folder.read(name) == folder.read("plain.zst")) }
        // What was recorded, without the program.
        let teacher = folder.names(in: "kept")[0]
        let replay = "nerpipe score --teacher-command 'nerpipe teacher replay kept/\(teacher)'"
        let played = try await folder.shell("\(replay) embedded.zst -o played.zst")
        #expect(played.status == 0, "\(played.errors)")
        #expect(try folder.read("played.zst") == folder.read("plain.zst"))
        let other = try await folder.shell(
            "nerpipe tokenize -q --lang yy other.txt | nerpipe embed -q --vectors v.vectors | \(replay) -o new.zst")
        #expect(other.status == 69 && other.errors.contains("was never recorded"), "\(other.errors)")
        let damaged = try await folder.shell(
            "f=$(ls kept/*/*/*.zst | head -1); head -c 60 $f > x; mv x $f; \(Self.score) -o four.zst")
        #expect(damaged.status == 0 && damaged.errors.contains("asked again"), "\(damaged.errors)")
        #expect(try folder.read("four.zst") == folder.read("plain.zst"))
        #expect(try Self.asked(folder) == 2 * count + 1)
    }

    /// Killed at any moment: the next run asks only what was not answered, and ends with the same bytes.
    @Test func aKilledRunGoesOn() async throws {
        let folder = try await TeacherProgramTests.folder()
        let score = "nerpipe score -j 1 --teacher-command 'python3 rogue.py slow' --teacher-cache kept many.zst"
        let made = try await folder.shell(
            """
            for i in 1 2 3 4 5 6; do sed "s/ /$i /" text.txt; done > many.txt
            nerpipe tokenize -q --lang yy --block-bytes 1000 many.txt | nerpipe embed -q --vectors v.vectors -o many.zst
            """)
        try #require(made.status == 0, "\(made.errors)")
        let whole = try await folder.shell("\(score.replacing("kept", with: "other")) -o plain.zst")
        try #require(whole.status == 0, "\(whole.errors)")
        let count = try Self.asked(folder)
        for round in 1...3 {
            let before = try Self.asked(folder)
            let program = try Program.startShell("exec \(score) -o new.zst", in: folder)
            try await program.wait { (try? Self.asked(folder)) ?? 0 > before + 5 * round }
            program.sendToLeader(SIGKILL)
            _ = try await program.wait()
        }
        #expect(try await folder.shell("\(score) -o new.zst --force").status == 0)
        #expect(try folder.read("new.zst") == folder.read("plain.zst"))
        // What was under way when it was killed is asked again, three times: a block of at most 10 questions.
        #expect(try Self.asked(folder) <= 2 * count + 3 * 10)
        #expect(count > 60)
        #expect(try await folder.shell("test -z \"$(find kept -name '*.tmp')\" || \(score) -o again.zst").status == 0)
    }

    /// A model as a program gives the bytes that the model gives.
    @Test(arguments: ["safetensors", "jsonl"]) func aModelIsServed(_ wire: String) async throws {
        let folder = try await Fixture.folder()
        let served = try await folder.shell(
            "nerpipe score --teacher-command 'nerpipe teacher serve teacher --lang yy' --teacher-wire \(wire) -j 2 embedded.zst -o new.zst"
        )
        #expect(served.status == 0, "\(served.errors)")
        #expect(try folder.read("new.zst") == folder.read("scored.zst"))
    }

    @Test func programsAreChecked() async throws {
        let folder = try await TeacherProgramTests.folder()
        let model = try await folder.shell("nerpipe teacher check 'nerpipe teacher serve teacher --lang yy'")
        #expect(model.status == 0 && !model.text.contains("FAIL"), "\(model.text)\(model.errors)")
        #expect(model.text.split(separator: "\n").count == 14)
        let deadly = try await folder.shell("nerpipe teacher check 'python3 rogue.py deadly Rome'")
        #expect(
            deadly.status == 1 && deadly.text.contains("FAIL  several questions at once: it was ended by signal 11"),
            "\(deadly.text)")
        let dead = try await folder.shell("nerpipe teacher check 'exit 4'")
        #expect(
            dead.status == 1
                && dead.text == "FAIL  hello: teacher 'exit 4': ended with status 4, before it said hello\n",
            "\(dead.text)")
    }

    /// The example of the documentation.
    @Test func theExampleIsATeacher() async throws {
        let folder = try await Fixture.folder()
        let example = #filePath.replacing(
            "Tests/CommandLineTests/TeacherCacheTests.swift", with: "tools/teachers/example.py")
        try folder.write("names.tsv", "Anna Berg\tPER\nRome\tLOC\n")
        let checked = try await folder.shell("nerpipe teacher check 'python3 \(example) names.tsv'")
        #expect(checked.status == 0 && !checked.text.contains("FAIL"), "\(checked.text)\(checked.errors)")
        let scored = try await folder.shell(
            "nerpipe score --teacher-command 'python3 \(example) names.tsv' embedded.zst -o new.zst")
        #expect(scored.status == 0, "\(scored.errors)")
        let refused = try await folder.shell("nerpipe teacher serve teacher < text.txt; nerpipe teacher replay teacher")
        #expect(
            refused.errors.contains("is for --teacher-command, not for people")
                && refused.errors.contains("no recorded teacher"), "\(refused.errors)")
    }
}
