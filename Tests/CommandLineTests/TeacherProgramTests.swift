import Foundation
import Glibc
import ProgramTesting
import Testing

/// `score --teacher-command` with programs that misbehave: a stream as from a good one, or a clear failure, and never a
/// process that is left over.
@Suite(.enabled(if: Program.exists("python3"))) struct TeacherProgramTests {
    static func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        try folder.write("rogue.py", RogueTeacher.script)
        return folder
    }

    private static func score(_ mode: String, _ options: String = "", to name: String = "new.zst") -> String {
        "nerpipe score --teacher-command 'python3 rogue.py \(mode)' --teacher-timeout 20 \(options) embedded.zst -o \(name)"
    }

    /// No life of the program is left.
    private static func expectNoneLeft(_ folder: ScratchFolder, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        for life in try folder.text("lives").split(separator: "\n").compactMap({ pid_t($0) }) {
            for _ in 0..<100 where kill(life, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(kill(life, 0) != 0, "process \(life) is left", sourceLocation: sourceLocation)
        }
    }

    /// What is mended: the bytes are those of a program to which nothing happens.
    @Test(arguments: [
        ("crash 1", ""), ("crash 5", ""), ("crash 5", "-j 3"), ("hang", "--teacher-timeout 1"), ("deaf", ""),
        ("unordered", "-j 4"),
        ("slow", "-j 2"), ("noise", ""), ("frames", ""), ("frames half", ""), ("good", "-j 4"),
        ("good", "--teacher-wire jsonl"),
    ])
    func theStreamIsThatOfAGoodProgram(_ mode: String, _ options: String) async throws {
        let folder = try await Self.folder()
        let good = try await folder.shell(Self.score("good", "-j 1", to: "good.zst"))
        try #require(good.status == 0, "\(good.errors)")
        let found = try await folder.shell(Self.score(mode, options))
        #expect(found.status == 0, "\(found.errors)")
        if mode.hasPrefix("frames") {
            // The other wire has 32-bit numbers, and is near.
            #expect(
                try await folder.shell("nerpipe shard cat new.zst | wc -l").text
                    == folder.shell("nerpipe shard cat good.zst | wc -l").text)
        } else {
            #expect(try folder.read("good.zst") == folder.read("new.zst"))
        }
        #expect(!found.errors.contains("\u{1B}"))
        #expect(found.errorLines.count < 300)
        try await Self.expectNoneLeft(folder)
    }

    @Test(arguments: [
        ("stillborn", 69, "ended with status 3, before it said hello"), ("mute", 69, "said no hello within 1 s"),
        ("dead", 69, "died 24 times in a row without an answer"), ("chatty", 65, "is no hello"),
        ("garbage", 65, "a line on its standard output that is no answer"),
        ("label", 65, "a word has not 5 probabilities"),
        ("twice", 65, "which it was not asked, or has answered before"),
        ("other abcdefgh", 65, "says after it was started again that it is another"),
        ("frames huge", 65, "4611686018427387904 bytes on its standard output"),
    ])
    func whatCannotBeMendedIsSaid(_ mode: String, _ status: Int, _ message: String) async throws {
        let folder = try await Self.folder()
        let found = try await folder.shell(Self.score(mode, mode == "mute" ? "--teacher-timeout 1" : ""))
        #expect(found.status == Int32(status), "\(found.errors)")
        #expect(found.errors.contains(message), "\(found.errors)")
        #expect(!found.timedOut && !folder.exists("new.zst") && !folder.exists("new.zst.tmp"))
        try await Self.expectNoneLeft(folder)
    }

    /// A program against gold labels, alone and beside itself; sentences without an answer are no predictions.
    @Test func aProgramIsEvaluated() async throws {
        let folder = try await Self.folder()
        try folder.write("gold.conll", "anna\tB-PER\nin\tO\nlima\tB-LOC\n\nbo\tB-PER\n")
        let command = "--teacher-command 'python3 rogue.py good'"
        let once = try await folder.shell("nerpipe evaluate \(command) --bootstrap 0 gold.conll")
        #expect(once.status == 0 && once.text.contains("processed 4 tokens with 3 phrases"), "\(once.errors)")
        let twice = try await folder.shell("nerpipe evaluate \(command) \(command) --bootstrap 0 gold.conll")
        #expect(twice.text == once.text, "\(twice.errors)")
        let skipping = try await folder.shell(
            "nerpipe evaluate \(command) --teacher-missing skip --bootstrap 0 gold.conll")
        #expect(skipping.status == 64 && skipping.errors.contains("must have an answer"), "\(skipping.errors)")
    }

    @Test func aCommandThatIsNotThere() async throws {
        let folder = try await Self.folder()
        let found = try await folder.shell(
            "nerpipe score --teacher-command 'no-such-program --x' embedded.zst -o new.zst")
        #expect(found.status == 69 && found.errors.contains("the shell did not find the command"), "\(found.errors)")
    }

    /// A program that dies of a word: its sentences are named, or left out and counted, and all others are scored.
    @Test(arguments: ["deadly", "blind"]) func sentencesWithoutAnAnswerAreLeftOut(_ mode: String) async throws {
        let folder = try await Self.folder()
        let text = try folder.text("text.txt").split(separator: "\n")
        let word = text[20].split(separator: " ")[2]
        let withWord = text.count { $0.split(separator: " ").contains(word) }
        // In a file, so that it is not in the messages, which name the command.
        try folder.write("word", "\(word)")
        let refused = try await folder.shell(Self.score("\(mode) @word"))
        #expect(refused.status == (mode == "deadly" ? 69 : 65), "\(refused.errors)")
        #expect(
            refused.errors.contains("--teacher-missing skip") && !refused.errors.contains(word), "\(refused.errors)")
        let skipped = try await folder.shell(Self.score("\(mode) @word", "--teacher-missing skip"))
        #expect(skipped.status == 0, "\(skipped.errors)")
        let what = mode == "deadly" ? "of which the teacher dies" : "for which the teacher has no answer"
        #expect(skipped.errors.contains("score: \(withWord) sentences left out \(what)"), "\(skipped.errors)")
        let info = try await folder.expectSuccess("shard info new.zst").text
        #expect(info.contains("sentences   \(text.count - withWord)\n"), "\(info)")
        let again = try await folder.shell(
            Self.score("\(mode) @word", "--teacher-missing quarantine:kept.conll -j 3", to: "again.zst"))
        #expect(again.errors.contains("\(withWord) sentences kept in kept.conll"), "\(again.errors)")
        // They can be read again, and are those with the word.
        let kept = try folder.text("kept.conll").split(separator: "\n\n")
        #expect(kept.count == withWord && kept.allSatisfy { $0.split(separator: "\n").contains(word) })
        #expect(try folder.text("kept.conll.reasons").split(separator: "\n").count == withWord)
        #expect(again.status == 0)
        #expect(try folder.read("again.zst") == folder.read("new.zst"))
    }

    /// One that does not end when it is told to; a group with a process more; and we are killed.
    @Test(arguments: ["stubborn", "orphan", "mute", "sluggish"], [SIGKILL, SIGTERM])
    func noProcessIsLeft(_ mode: String, _ signal: Int32) async throws {
        let folder = try await Self.folder()
        let program = try Program.startShell("exec \(Self.score(mode))", in: folder)
        try await program.wait { folder.exists(mode == "orphan" ? "child" : mode == "mute" ? "lives" : "asked") }
        program.sendToLeader(signal)
        let outcome = try await program.wait()
        #expect(outcome.status == (signal == SIGKILL ? 137 : 75), "\(outcome.errors)")
        try await Self.expectNoneLeft(folder)
        guard mode == "orphan" else { return }
        for _ in 0..<100 where folder.exists("child") && (try? folder.text("child")) == "" {
            try await Task.sleep(for: .milliseconds(10))
        }
        let child = pid_t(try folder.text("child")) ?? 0
        for _ in 0..<100 where kill(child, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(child > 1 && kill(child, 0) != 0)
    }

    @Test func longSentencesAreAskedInWindows() async throws {
        let folder = try await Self.folder()
        _ = try await folder.shell(Self.score("good", to: "good.zst"))
        let windows = try await folder.shell(Self.score("windows"))
        #expect(
            windows.status == 0 && windows.errors.contains("sentences asked in overlapping windows of 5 words"),
            "\(windows.errors)")
        // Its scores depend on the word alone, so the windows must not show.
        #expect(try folder.read("good.zst") == folder.read("new.zst"))
    }

    /// Types chosen by name are another teacher, and say so in the header.
    @Test func typesAreChosenByName() async throws {
        let folder = try await Self.folder()
        let found = try await folder.shell(Self.score("good", "--teacher-types PER") + "; nerpipe shard info new.zst")
        #expect(
            found.text.contains("labels      O B-PER I-PER\n") && found.text.contains("teachers    0123456789abcdef-"),
            "\(found.text)")
        let wrong = try await folder.shell(Self.score("good", "--teacher-types PERS --force"))
        #expect(wrong.status == 64 && wrong.errors.contains("did you mean"), "\(wrong.errors)")
        // With a model beside it, which knows the same labels.
        let both = try await folder.shell(
            Self.score("good", "--teacher teacher --force") + "; nerpipe shard info new.zst")
        #expect(both.text.contains("weights     0.5000 0.5000"), "\(both.errors)")
    }
}
