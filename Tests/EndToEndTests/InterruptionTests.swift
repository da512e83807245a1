import Glibc
import ProgramTesting
import Randomness
import Testing

/// Ways to train that can be interrupted.
struct Training: Sendable, CustomTestStringConvertible {
    let name: String
    /// A script for bash that begins or continues the training into `out`.
    let script: String
    /// Whether the stream is kept in a spool first.
    let isSpooled: Bool
    /// The model that an undisturbed run makes.
    let expected: @Sendable () async throws -> [UInt8]

    var testDescription: String { name }

    static let all =
        [1, 3].flatMap { epochs in
            [
                Training(
                    name: "run, \(epochs) epochs", script: "exec nerpipe run p.yaml --set update.epochs=\(epochs)",
                    isSpooled: epochs > 1
                ) { try await Workshop.student(epochs: epochs) },
                Training(
                    name: "update FILE, \(epochs) epochs",
                    script: "exec nerpipe update scored.zst -o out --epochs \(epochs) \(Workshop.updateOptions)",
                    isSpooled: false
                ) {
                    try await Workshop.student(epochs: epochs)
                },
                Training(
                    name: "replayed pipe, \(epochs) epochs",
                    script:
                        "zstdcat scored.zst | nerpipe update -o out --epochs \(epochs) \(Workshop.updateOptions) --resume",
                    isSpooled: epochs > 1
                ) { try await Workshop.student(epochs: epochs) },
                Training(
                    name: "pipe of all stages, \(epochs) epochs",
                    script:
                        "set -o pipefail; nerpipe tokenize \(Workshop.tokenizeOptions) a.txt b.txt | nerpipe embed -q --vectors v.vectors "
                        + "| nerpipe score --teacher teacher | nerpipe update -o out --epochs \(epochs) \(Workshop.updateOptions) --resume",
                    isSpooled: epochs > 1
                ) { try await Workshop.student(epochs: epochs) },
            ]
        } + [
            Training(name: "train", script: "exec nerpipe \(Workshop.trainCommand) -o out", isSpooled: true) {
                try await Workshop.trained()
            }
        ]

    static func named(_ name: String) -> Training? { all.first { $0.name == name } }
}

struct InterruptionTests {
    /// Kills at random moments, from the first millisecond to near the end, and then lets the training finish.
    @Test(arguments: Training.all)
    func killedAtAnyMomentItEndsWithTheSameBytes(training: Training) async throws {
        let folder = try await Workshop.folder()
        let expected = try await training.expected()
        var random = SplitMix64(seed: training.name.utf8.reduce(5) { $0 &* 31 &+ UInt64($1) })
        var kills = 0
        for _ in 0..<5 {
            // A run of these sizes takes about a second; most delays hit it, and each attempt goes on where the one
            // before stopped.
            let delay = Duration.milliseconds(Int.random(in: 20...700, using: &random))
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell(training.script, in: folder)
                try await Task.sleep(for: delay)
                program.send(SIGKILL)
                return try await program.wait()
            }
            #expect([0, 128 + SIGKILL].contains(outcome.status), "\(outcome.errors)")
            if outcome.status != 0 { kills += 1 }
        }
        #expect(kills > 0)
        let last = try await folder.shell(training.script)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try folder.model("out") == expected, "the model differs after \(kills) kills")
        folder.expectTidy("out")
        let again = try await folder.shell(training.script)
        #expect(
            again.status == 0 && again.errors.hasSuffix("out: complete already, nothing to do\n"), "\(again.errors)")
    }

    /// Kills as soon as something new stands in the output folder: a spooled shard, a checkpoint, the model.
    @Test(arguments: Training.all)
    func killedWhenAFileAppearsItEndsWithTheSameBytes(training: Training) async throws {
        let folder = try await Workshop.folder()
        let expected = try await training.expected()
        let spool = training.isSpooled ? ["out/spool/shard-000000.zst", "out/spool/complete.json"] : []
        for name in spool + [
            "out/checkpoints", "out/model.safetensors", "out/README.md", "out/config.json", "out/run.json",
        ] {
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell(training.script, in: folder)
                try await program.wait { folder.exists(name) || program.age > .seconds(1) }
                program.send(SIGKILL)
                return try await program.wait()
            }
            #expect([0, 128 + SIGKILL].contains(outcome.status), "\(name): \(outcome.errors)")
        }
        let last = try await folder.shell(training.script)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try folder.model("out") == expected)
        folder.expectTidy("out")
    }

    /// A short run has no checkpoint before its end; the model that stands there half-written must not look like
    /// somebody else's.
    @Test(arguments: [
        "exec nerpipe run p.yaml --set update.checkpoint-seconds=1000",
        "exec nerpipe update scored.zst -o out --epochs 3 \(Workshop.updateOptions.replacing("0.02", with: "1000"))",
    ])
    func killedWhileTheModelIsWrittenWithoutAnEarlierCheckpoint(script: String) async throws {
        let folder = try await Workshop.folder()
        for name in ["out/model.safetensors", "out/README.md", "out/config.json", "out/run.json"] {
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell(script, in: folder)
                try await program.wait { folder.exists(name) }
                program.send(SIGKILL)
                return try await program.wait()
            }
            #expect([0, 128 + SIGKILL].contains(outcome.status), "\(name): \(outcome.errors)")
        }
        let last = try await folder.shell(script)
        #expect(last.status == 0, "\(last.errors)")
        let expected = try await Workshop.student(epochs: 3)
        #expect(try folder.model("out") == expected)
        folder.expectTidy("out")
    }

    /// The whole group gets the signal, as from a terminal: the stages before `update` die as well.
    @Test(arguments: Training.all, [SIGTERM, SIGINT])
    func signalEndsItSoonWithACheckpoint(training: Training, signal: Int32) async throws {
        let folder = try await Workshop.folder()
        let expected = try await training.expected()
        let (outcome, time) = try await interrupt(training, signal, in: folder)
        #expect(time < .seconds(5))
        #expect(outcome.status == 75, "\(outcome.errors)")
        let said = outcome.errorLines.compactMap {
            $0.firstMatch(
                of: /interrupted after update ([0-9]+); the checkpoint is written, the same command continues$/)?.1
        }
        // The newest checkpoint is of the update that was being done, whatever the interval.
        let newest = try #require(
            folder.names(in: "out/checkpoints").last?.firstMatch(of: /^update-0*([0-9]+)\.checkpoint\.zst$/)?.1)
        #expect(said == [newest], "\(outcome.errors)")
        #expect(!folder.exists("out/config.json"))
        let last = try await folder.shell(training.script)
        #expect(last.status == 0 && last.errors.contains(": resuming after update \(newest), epoch "), "\(last.errors)")
        #expect(try folder.model("out") == expected)
        folder.expectTidy("out")
    }

    /// Sends the signal after the first checkpoint; begins again when the run was over before it arrived.
    private func interrupt(_ training: Training, _ signal: Int32, in folder: ScratchFolder) async throws -> (
        Outcome, Duration
    ) {
        for _ in 0..<10 {
            let (outcome, time) = try await Slots.shared.use {
                let program = try Program.startShell(
                    "trap : TERM INT; \(training.script.replacing("exec ", with: ""))", in: folder)
                try await program.wait { !folder.names(in: "out/checkpoints").isEmpty }
                program.send(signal)
                let start = program.age
                return (try await program.wait(), program.age - start)
            }
            guard outcome.status == 0 else { return (outcome, time) }
            try folder.remove("out")
        }
        throw RunningProgram.Failure(description: "\(training.name): always over before the signal arrived")
    }

    /// A program that waits for text that does not come, and handles signals; the last one that it does is SIGHUP.
    private static func startWaiting(in folder: ScratchFolder) async throws -> RunningProgram {
        let program = try Program.startShell(
            "mkfifo feed; exec 3<> feed; exec nerpipe tokenize feed -o new.zst", in: folder)
        try await program.wait { program.handles(SIGHUP) }
        return program
    }

    @Test func secondSignalEndsItAtOnce() async throws {
        let folder = try await Workshop.folder()
        let outcome = try await Slots.shared.use {
            let program = try await Self.startWaiting(in: folder)
            program.send(SIGTERM)
            program.send(SIGTERM)
            return try await program.wait()
        }
        #expect([75, 128 + SIGTERM].contains(outcome.status) && !outcome.timedOut)
        #expect(!folder.exists("new.zst"))
    }

    /// One that comes while another is handled, too: terminals that go away send several at once.
    @Test func manySignalsAtOnceAreOneWish() async throws {
        let folder = try await Workshop.folder()
        let outcome = try await Slots.shared.use {
            let program = try await Self.startWaiting(in: folder)
            let start = program.age
            while program.age - start < .milliseconds(250) {
                for signal in [SIGTERM, SIGHUP, SIGINT] { program.send(signal) }
            }
            return try await program.wait()
        }
        #expect(outcome.status == 75 && !outcome.timedOut, "\(outcome.errors)")
        #expect(!folder.exists("new.zst"))
    }

    /// Nobody has opened the other end of the pipe yet.
    @Test(arguments: ["tokenize feed -o new.zst", "embed --vectors v.vectors feed -o new.zst"])
    func waitingForAWriterEndsOnTheFirstSignal(command: String) async throws {
        let folder = try await Workshop.folder()
        let outcome = try await Slots.shared.use {
            let program = try Program.startShell("mkfifo feed; exec nerpipe \(command)", in: folder)
            try await program.wait { program.handles(SIGTERM) }
            try await Task.sleep(for: .milliseconds(50))
            program.send(SIGTERM)
            return try await program.wait()
        }
        #expect(outcome.status == 75 && !outcome.timedOut, "\(outcome.errors)")
        #expect(Pattern.isInterruption(outcome.errors), "\(outcome.errors)")
    }

    /// A stage that waits for its input, or reads a long one, must not need the second signal.
    @Test(arguments: [
        "tokenize - -o new.zst", "update - -q -o new", "shard verify -", "tag --model teacher - -o new.conll",
        "vectors import feed -o new.vectors", "evaluate feed",
    ])
    func waitingStagesEndOnTheFirstSignal(command: String) async throws {
        let folder = try await Workshop.folder()
        let (outcome, time) = try await Slots.shared.use {
            // The pipe stays open and silent, because the program itself could write into it.
            let program = try Program.startShell(
                "mkfifo feed; exec 3<> feed; exec nerpipe \(command) < feed", in: folder)
            try await program.wait { program.handles(SIGTERM) }
            program.send(SIGTERM)
            let start = program.age
            return (try await program.wait(), program.age - start)
        }
        #expect(outcome.status == 75 && time < .seconds(5), "\(outcome.status) \(outcome.errors)")
        #expect(Pattern.isInterruption(outcome.errors), "\(outcome.errors)")
        #expect(!folder.listing().contains { $0.hasPrefix("new") && !$0.hasSuffix("/") }, "\(folder.listing())")
    }
}

enum Pattern {
    static func isInterruption(_ text: String) -> Bool {
        text.wholeMatch(of: /nerpipe: interrupted while (reading|waiting for) [^ ]+; run the same command again\n/)
            != nil
    }
}
