import Glibc
import ProgramTesting
import Randomness
import Testing

/// A student by synchronous rounds: whoever does a unit, in whatever order, how often and how slowly, the bytes are the same.
struct RoundsTests {
    /// Scored streams of three units, of 300, 200 and 100 sentences.
    private static let made = Task {
        let folder = try await Fixture.folder()
        var corpus = TinyCorpus(seed: 3)
        for (unit, count) in [(1, 300), (2, 200), (3, 100)] {
            try folder.write("\(unit).txt", corpus.text(sentences: count))
        }
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            mkdir scored
            for i in 1 2 3; do
              nerpipe tokenize -q --lang yy --block-bytes 500 $i.txt | nerpipe embed -q --vectors v.vectors \\
                | nerpipe score -q --teacher teacher -o scored/0000$i-of-00003.zst
            done
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }

    private static func folder() async throws -> ScratchFolder { try ScratchFolder(copying: try await made.value) }

    private static let options =
        "--epochs 2 --batch-tokens 60 --window-tokens 700 " + Fixture.network.joined(separator: " ")
    private static let names = (1...3).map { "0000\($0)-of-00003" }

    private static func update(
        _ unit: Int, _ round: Int, of rounds: Int = 3, in output: String = "rounds", _ more: String = ""
    )
        -> String
    {
        "update -q scored/0000\(unit)-of-00003.zst --round \(round)/\(rounds) -o \(output) \(options) \(more)"
    }

    private static func merge(_ round: Int, of rounds: Int = 3, in output: String = "rounds", _ more: String = "")
        -> String
    {
        "merge -q --round \(round)/\(rounds) -o \(output) \(more)"
    }

    /// All rounds one after the other; the student's folder.
    private static func run(
        _ folder: ScratchFolder, in output: String = "rounds", update more: String = "", merge how: String = ""
    )
        async throws -> String
    {
        for round in 1...3 {
            for unit in 1...3 { _ = try await folder.expectSuccess(update(unit, round, in: output, more)) }
            _ = try await folder.expectSuccess(merge(round, in: output, how))
        }
        return "\(output)/00003-of-00003"
    }

    private static func model(_ folder: ScratchFolder, _ name: String) throws -> [UInt8] {
        try folder.read("\(name)/model.safetensors") + folder.read("\(name)/config.json")
    }

    /// Of `run`, undisturbed.
    private static func expected(_ how: String = "") async throws -> [UInt8] {
        try await (how.isEmpty ? mean : nesterov).value
    }
    private static let mean = Task { try await undisturbed("") }
    private static let nesterov = Task { try await undisturbed("--outer nesterov") }
    private static func undisturbed(_ how: String) async throws -> [UInt8] {
        let folder = try await folder()
        return try model(folder, try await run(folder, merge: how))
    }

    private static let tidy = ["README.md", "config.json", "model.safetensors", "run.json"]

    // MARK: What it is

    @Test(arguments: [
        ("--epochs 1", 4), ("--epochs 3", 1), ("--epochs 3", 3), ("--epochs 3", 7),
        ("--epochs 2 --schedule constant --seed 9", 5),
        ("--epochs 1 --initial student", 3), ("--epochs 2 --objective kl-mse --batch-tokens 500", 20),
    ])
    func oneUnitIsUpdateToTheBit(options: String, rounds: Int) async throws {
        let folder = try await Self.folder()
        let all =
            "scored/00001-of-00003.zst --batch-tokens 60 --window-tokens 700 \(Fixture.network.joined(separator: " ")) \(options)"
        _ = try await folder.expectSuccess("update -q \(all) -o plain")
        let outcome = try await folder.shell(
            """
            set -e
            for k in $(seq \(rounds)); do
              nerpipe update -q \(all) --unit 1/1 --round $k/\(rounds) -o rounds; nerpipe merge -q --round $k/\(rounds) -o rounds
            done
            cd rounds; mv $(ls | tail -1) ../last
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Self.model(folder, "last") == Self.model(folder, "plain"))
        #expect(folder.names(in: "last") == Self.tidy)
    }

    @Test func theStudentIsAModelLikeAnyOther() async throws {
        let folder = try await Self.folder()
        let student = try await Self.run(folder, merge: "--outer nesterov")
        // Every round is one, and what the units left is gone.
        for round in 1...3 {
            #expect(folder.names(in: "rounds/0000\(round)-of-00003") == Self.tidy + ["velocity"])
        }
        let scores = try await folder.expectSuccess("evaluate --model \(student) --lang yy gold.conll").text
        let f1 = try #require(scores.firstMatch(of: /accuracy: .*FB1: +([0-9.]+)/).flatMap { Double($0.1) })
        #expect(f1 > 50, "\(scores)")
        #expect(
            try folder.text("\(student)/README.md").contains(
                "nerpipe merge, round 3/3 of 3 units, nesterov, rate 0.7, momentum 0.9"))
        _ = try await folder.expectSuccess("report \(student) -o r.html")
        #expect(try await folder.expectSuccess("tag -q --model \(student) text.txt").text.contains("B-"))
    }

    @Test func everyChoiceMakesAnotherStudent() async throws {
        let folder = try await Self.folder()
        let reset = try await Self.run(folder, in: "reset", update: "--inner-moments reset")
        let whole = try await Self.expected(), outer = try await Self.expected("--outer nesterov")
        #expect(Set([whole, outer, try Self.model(folder, reset)]).count == 3)
        // In one round there is nothing to be kept.
        let one = try await folder.shell(
            """
            set -e
            for moments in keep reset; do
              for u in scored/*.zst; do nerpipe update -q $u --round 1/1 -o $moments-1 \(Self.options) --inner-moments $moments; done
              nerpipe merge -q --round 1/1 -o $moments-1
            done
            cmp keep-1/*/model.safetensors reset-1/*/model.safetensors
            """)
        #expect(one.status == 0, "\(one.errors)")
    }

    // MARK: Whoever does it

    @Test(arguments: ["", "--outer nesterov"])
    func permutedRetriedDuplicatedAndSpeculative(how: String) async throws {
        let folder = try await Self.folder()
        for round in 1...3 {
            let outcome = try await folder.shell(
                """
                set -e
                nerpipe \(Self.update(3, round)) -j 2 & one=$!
                nerpipe \(Self.update(3, round)) & two=$!
                nerpipe \(Self.update(1, round)) -j 3 & three=$!
                wait $one; wait $two; wait $three
                nerpipe \(Self.update(1, round))
                nerpipe \(Self.update(2, round))
                cp rounds/0000\(round)-of-00003/00002-of-00003.delta rounds/0000\(round)-of-00003/again.delta
                cp rounds/0000\(round)-of-00003/00001-of-00003.delta elsewhere
                nerpipe merge --round \(round)/3 -o rounds \(how) elsewhere
                nerpipe \(Self.merge(round, how))
                nerpipe \(Self.update(2, round))
                """)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.errors.contains("rounds/0000\(round)-of-00003: 3 units, 2 given twice, loss "),
                "\(outcome.errors)")
        }
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected(how)))
    }

    /// Workers and merges, killed again and again: the next who does the same ends with the same bytes.
    @Test(arguments: [UInt64(1), 2])
    func killedAtAnyMoment(seed: UInt64) async throws {
        let folder = try await Self.folder()
        var random = SplitMix64(seed: seed), kills = 0
        for round in 1...3 {
            let commands =
                [1, 2, 3].shuffled(using: &random).map { Self.update($0, round) } + [
                    Self.merge(round, "--outer nesterov")
                ]
            for command in commands {
                for _ in 0..<4 {
                    let limit = command.hasPrefix("merge") ? 15_000 : 120_000
                    let delay = Duration.microseconds(Int.random(in: 1_000...limit, using: &random))
                    let outcome = try await Slots.shared.use {
                        let program = try Program.start(command.split(separator: " ").map(String.init), in: folder)
                        try await Task.sleep(for: delay)
                        program.send(SIGKILL)
                        return try await program.wait()
                    }
                    if outcome.status != 0 { kills += 1 }
                }
                _ = try await folder.expectSuccess(command)
            }
        }
        #expect(kills > 15, "\(kills)")
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected("--outer nesterov")))
        #expect(folder.names(in: "rounds/00003-of-00003") == Self.tidy + ["velocity"])
        #expect(!folder.listing().contains { $0.hasSuffix(".tmp") }, "\(folder.listing())")
    }

    /// The driver, killed with all its processes; the same command goes on.
    @Test func theDriverIsKilledAtAnyMoment() async throws {
        let folder = try await Self.folder()
        let script = #filePath.replacing(
            "Tests/CommandLineTests/RoundsTests.swift", with: "pipelines/cluster/drive.sh")
        try folder.write(
            "job.sh",
            "nerpipe=nerpipe text=() units=3 folder=. options=(-q -j 1 --wait 60) rounds=3 student=rounds initial= "
                + "update=(\(Self.options)) merge=(--outer nesterov)\n")
        let command = "bash \(script) job.sh processes 2"
        var random = SplitMix64(seed: 3), kills = 0
        for _ in 0..<8 {
            let delay = Duration.milliseconds(Int.random(in: 10...500, using: &random))
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell(command, in: folder)
                try await Task.sleep(for: delay)
                program.send(SIGKILL)
                return try await program.wait()
            }
            if outcome.status != 0 { kills += 1 }
        }
        #expect(kills > 2)
        let last = try await folder.shell(command)
        #expect(last.status == 0 && last.text == "rounds/00003-of-00003\n", "\(last.errors)")
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected("--outer nesterov")))
        #expect(!folder.listing().contains { $0.hasSuffix(".tmp") || $0.hasSuffix(".delta") || $0.hasSuffix(".state") })
        #expect(try await folder.shell(command).status == 0)
    }

    /// One worker that is slower than all others: somebody else does its unit, the rounds go on, and it changes nothing when it comes back.
    @Test func nobodyWaitsForASlowWorker() async throws {
        let folder = try await Self.folder()
        try await Slots.shared.use {
            func start(_ command: String) throws -> RunningProgram {
                try Program.start(command.split(separator: " ").map(String.init), in: folder)
            }
            let slow = try start(Self.update(2, 1))
            try await slow.wait { slow.handles(SIGHUP) }
            slow.send(SIGSTOP)
            for round in 1...3 {
                for unit in [2, 1, 3] { #expect(try await start(Self.update(unit, round)).wait().status == 0) }
                #expect(try await start(Self.merge(round)).wait().status == 0)
            }
            slow.send(SIGCONT)
            let outcome = try await slow.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            // What is left of it has no reader any more; the next merge takes it away.
            #expect(try await start(Self.merge(3)).wait().status == 0)
        }
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected()))
        #expect(!folder.listing().contains { $0.hasSuffix(".delta") || $0.hasSuffix(".state") })
    }

    /// A worker that is slower than its twin ends when the twin has done the unit, and not when it has.
    @Test func aSlowWorkerLeavesToItsTwin() async throws {
        let folder = try await Self.folder()
        let command = Self.update(1, 1, of: 1).replacing("--epochs 2", with: "--epochs 200").replacing(" -q", with: "")
        try await Slots.shared.use {
            let begin = ContinuousClock.now
            func start(_ command: String) throws -> RunningProgram {
                try Program.start(command.split(separator: " ").map(String.init), in: folder)
            }
            let slow = try start(command + " --metrics m.jsonl")
            try await slow.wait { (try? folder.text("m.jsonl"))?.contains("epochsDone") == true }
            slow.send(SIGSTOP)
            let twin = try await start(command).wait()
            #expect(twin.status == 0 && twin.errors.contains("unit 1/3: done, "), "\(twin.errors)")
            let delta = try folder.read("rounds/00001-of-00001/00001-of-00003.delta")
            // It asks once in a second.
            try await Task.sleep(until: begin + .seconds(1.1))
            slow.send(SIGCONT)
            let outcome = try await slow.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.errors.hasSuffix(": rounds/00001-of-00001: complete already, nothing to do\n"),
                "\(outcome.errors)")
            #expect(try folder.read("rounds/00001-of-00001/00001-of-00003.delta") == delta)
        }
    }

    /// As docs/cluster.md has it: nobody starts anybody, 66 is 'not there yet'.
    @Test func workersAndMergeWaitForEachOther() async throws {
        let folder = try await Self.folder()
        let loop = "for k in 1 2 3; do until COMMAND 2>> log; do [ $? = 66 ] || exit 1; sleep 0.02; done; done"
        let commands = [3, 1, 2].map { "nerpipe \(Self.update($0, 9))".replacing("9/3", with: "$k/3") }
        let outcome = try await folder.shell(
            (["nerpipe merge -q --round $k/3 -o rounds"] + commands)
                .map { "(\(loop.replacing("COMMAND", with: $0))) & p=\"$p $!\"" }
                .joined(separator: "\n") + "\nfor one in $p; do wait $one || exit 1; done")
        #expect(outcome.status == 0, "\(outcome.errors) \((try? folder.text("log")) ?? "")")
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected()))
    }

    @Test func aDiskThatIsFullStopsTheMergeAndTheSameCommandGoesOn() async throws {
        let folder = try await Self.folder()
        for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        let deltas = folder.names(in: "rounds/00001-of-00003")
        // Files of at most 2 KiB: the weights do not fit.
        let full = try await folder.shell("trap '' XFSZ; ulimit -f 2; exec nerpipe \(Self.merge(1))")
        #expect(full.status == 74 && full.errorLines.count == 1, "\(full.status) \(full.errors)")
        #expect(folder.names(in: "rounds/00001-of-00003") == deltas)
        let next = try await folder.nerpipe(Self.update(1, 2))
        #expect(next.status == 66, "\(next.errors)")
        // A worker whose disk is full, too.
        _ = try await folder.expectSuccess(Self.merge(1))
        let worker = try await folder.shell("trap '' XFSZ; ulimit -f 2; exec nerpipe \(Self.update(1, 2))")
        #expect(
            worker.status == 74 && folder.names(in: "rounds/00002-of-00003") == ["00001-of-00003.attempt.json"],
            "\(worker.errors)")
        for round in 2...3 {
            for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, round)) }
            _ = try await folder.expectSuccess(Self.merge(round))
        }
        #expect(try Self.model(folder, "rounds/00003-of-00003") == (try await Self.expected()))
    }

    @Test func aSignalEndsAWorkerAndNothingIsKept() async throws {
        let folder = try await Self.folder()
        let outcome = try await Slots.shared.use {
            let program = try Program.start(
                (Self.update(1, 1, of: 1) + "--epochs 4000").replacing("--epochs 2", with: "").split(separator: " ")
                    .map(String.init),
                in: folder)
            try await program.wait { program.handles(SIGHUP) }
            try await Task.sleep(for: .milliseconds(300))
            program.send(SIGTERM)
            return try await program.wait()
        }
        #expect(outcome.status == 75, "\(outcome.errors)")
        #expect(
            Pattern("nerpipe: interrupted after update * of a round; the same command does the round again\n").matches(
                outcome.errors),
            "\(outcome.errors)")
        // Only what became of it.
        #expect(folder.names(in: "rounds/00001-of-00001") == ["00001-of-00003.attempt.json"])
        let status = try await folder.nerpipe("status rounds")
        #expect(
            Pattern(
                """
                rounds: 1 rounds: 0 merged
                  round 1: 0 of 3 units done, 1 interrupted, 2 waiting
                  00001-of-00003  interrupted on *: interrupted after update *
                  waiting: 00002-of-00003 00003-of-00003

                """
            ).matches(status.text), "\(status.text)")
        // Whoever does it takes that away.
        _ = try await folder.expectSuccess(Self.update(1, 1, of: 1))
        #expect(!folder.exists("rounds/00001-of-00001/00001-of-00003.attempt.json"))
    }

    @Test func statusSaysWhoIsAtWork() async throws {
        let folder = try await Self.folder()
        // More than anybody waits for.
        let command = Self.update(1, 1).replacing("--epochs 2", with: "--epochs 400000")
        try await Slots.shared.use {
            let program = try Program.start(command.split(separator: " ").map(String.init), in: folder)
            let notes = "rounds/00001-of-00003/00001-of-00003.attempt.json"
            try await program.wait { folder.exists(notes) }
            let status = try await folder.nerpipe("status rounds")
            #expect(status.text.contains("  round 1: 0 of 3 units done, 1 running, 2 waiting\n"), "\(status.text)")
            #expect(status.text.contains("  00001-of-00003  running on "), "\(status.text)")
            #expect(status.text.contains("  waiting: 00002-of-00003 00003-of-00003\n"), "\(status.text)")
            program.send(SIGKILL)
            _ = try await program.wait()
            #expect(folder.exists(notes))
        }
        for unit in 1...2 { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        _ = try await folder.shell("trap '' XFSZ; ulimit -f 2; exec nerpipe \(Self.update(3, 1))")
        let status = try await folder.nerpipe("status rounds")
        #expect(status.text.contains("  round 1: 2 of 3 units done, 1 failed\n"), "\(status.text)")
        #expect(status.text.contains("  00003-of-00003  failed on "), "\(status.text)")
        _ = try await folder.expectSuccess(Self.update(3, 1))
        _ = try await folder.expectSuccess(Self.merge(1))
        #expect(!folder.names(in: "rounds/00001-of-00003").contains { $0.hasSuffix(".attempt.json") })
    }

    @Test func statusSaysHowTheRoundsStand() async throws {
        let folder = try await Self.folder()
        for unit in [3, 1] { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        func status() async throws -> String {
            let outcome = try await folder.nerpipe("status rounds")
            #expect(outcome.status == (outcome.text.contains(": 3 merged") ? 0 : 1), "\(outcome.errors)")
            return outcome.text
        }
        #expect(
            try await status()
                == "rounds: 3 rounds: 0 merged\n  round 1: 2 of 3 units done, 1 waiting\n  waiting: 00002-of-00003\n")
        _ = try await folder.expectSuccess(Self.update(2, 1))
        #expect(try await status() == "rounds: 3 rounds: 0 merged\n  round 1: 3 of 3 units done, to be merged\n")
        _ = try await folder.expectSuccess(Self.merge(1))
        #expect(try await status() == "rounds: 3 rounds: 1 merged\n")
        for round in 2...3 {
            for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, round)) }
            _ = try await folder.expectSuccess(Self.merge(round))
            guard round == 2 else { continue }
            let found = try await status()
            #expect(Pattern("rounds: 3 rounds: 2 merged, * s each, * s to go\n").matches(found), "\(found)")
        }
        #expect(try await status() == "rounds: 3 rounds: 3 merged\n")
        #expect(
            Pattern(#"{"folder":"rounds","merged":3,"open":[],"rounds":3,"secondsARound":*,"unitsDone":0}"# + "\n")
                .matches(try await folder.expectSuccess("status --json rounds").text))
        // Somebody began with other numbers, and came to nothing.
        _ = try await folder.shell("trap '' XFSZ; ulimit -f 2; exec nerpipe \(Self.update(1, 1, of: 4))")
        #expect(folder.names(in: "rounds/00001-of-00004") == ["00001-of-00003.attempt.json"])
        #expect(try await status() == "rounds: 3 rounds: 3 merged\n")
        _ = try await folder.expectSuccess(Self.update(1, 1, of: 4))
        try await folder.expectFailure(
            "status rounds", 78, "rounds: holds rounds of two works, 1/3 and 1/4; give each a folder of its own")
    }

    // MARK: What is refused

    @Test func whatIsMissingIsNamed() async throws {
        let folder = try await Self.folder()
        let first = "rounds/00001-of-00003"
        try await folder.expectFailure(
            Self.merge(1), 66, "\(first): no delta here; do the units of the round first (nerpipe update --round)")
        _ = try await folder.expectSuccess(Self.update(2, 1))
        try await folder.expectFailure(
            Self.merge(1), 66,
            "\(first): 2 of 3 units have no delta: 00001-of-00003 00003-of-00003; do them, and merge again")
        try await folder.expectFailure(
            Self.update(1, 2), 66,
            "\(first): the weights of round 1/3 are not there; merge it first: nerpipe merge --round 1/3 -o rounds")
        for unit in [1, 3] { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        _ = try await folder.expectSuccess(Self.merge(1))
        try folder.remove("\(first)/00003-of-00003.state")
        try await folder.expectFailure(
            Self.update(3, 2), 66,
            "\(first)/00003-of-00003.state: where the unit stood after the round before is not there, and cannot be made again; begin anew in another folder"
        )
    }

    @Test func deltasOfAnotherWorkAreRefusedByName() async throws {
        let folder = try await Self.folder()
        for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        let own = "rounds/00001-of-00003/00001-of-00003.delta"
        func refuse(_ command: String, _ message: String, unit: Int = 2, path: String? = nil) async throws {
            let outcome = try await folder.shell("rm -rf other; nerpipe \(command)")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let delta = path ?? "other/00001-of-00003/0000\(unit)-of-00003.delta"
            try await folder.expectFailure(
                Self.merge(1, delta), 78, message.replacing("DELTA", with: delta).replacing("OWN", with: own))
        }
        func wrong(_ difference: String) -> String {
            "DELTA: does not belong to this round: \(difference) of OWN; remove it, or do its unit again"
        }
        try await refuse(Self.update(2, 1, in: "other", "--seed 2"), wrong("student.settings.seed: 2 against 1"))
        try await refuse(
            Self.update(2, 1, in: "other", "--learning-rate 0.01"),
            wrong("student.settings.learning rate: 0.01 against 0.002"))
        try await refuse(Self.update(2, 1, in: "other", "--inner-moments reset"), wrong("moments: reset against keep"))
        try await refuse(
            Self.update(2, 1, in: "other", "--initial student"), wrong("student.initial weights: * against nothing"))
        try await refuse(
            "update -q scored/00002-of-00003.zst --unit 2/4 --round 1/3 -o other \(Self.options)",
            wrong("units: 4 against 3"),
            path: "other/00001-of-00003/00002-of-00004.delta")
        try await refuse(
            Self.update(2, 1, of: 4, in: "other"),
            "DELTA: does not belong to this round: round: 1/4 against 1/3; remove it, or do its unit again",
            path: "other/00001-of-00004/00002-of-00003.delta")
        let kernels = try await folder.shell(
            "rm -rf other; NERPIPE_KERNELS=plain nerpipe \(Self.update(2, 1, in: "other"))")
        #expect(kernels.status == 0, "\(kernels.errors)")
        let outcome = try await folder.nerpipe(Self.merge(1, "other/00001-of-00003/00002-of-00003.delta"))
        if outcome.status != 0 { #expect(outcome.errors.contains(": kernels: plain against "), "\(outcome.errors)") }
        // Other data under the same number, and the same data under another.
        try folder.copy("scored/00003-of-00003.zst", to: "three.zst")
        try await refuse(
            "update -q three.zst --unit 2/3 --round 1/3 -o other \(Self.options)",
            "rounds/00001-of-00003/00002-of-00003.delta and DELTA: two deltas of unit 2/3 that are not the same; remove the wrong one"
        )
        _ = try await folder.shell("rm rounds/00001-of-00003/00002-of-00003.delta")
        try await refuse(
            "update -q three.zst --unit 2/3 --round 1/3 -o other \(Self.options)",
            "rounds/00001-of-00003/00003-of-00003.delta and DELTA: two units learnt from the same data; give each unit its own streams"
        )
    }

    @Test func aDeltaOfOtherWeightsIsRefused() async throws {
        let folder = try await Self.folder()
        // Two folders that part ways in the first merge.
        for output in ["rounds", "other"] {
            for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 1, in: output)) }
            _ = try await folder.expectSuccess(Self.merge(1, in: output, output == "other" ? "--outer nesterov" : ""))
            for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 2, in: output)) }
        }
        let stranger = "other/00002-of-00003/00002-of-00003.delta"
        try await folder.expectFailure(
            Self.merge(2, stranger), 78,
            "\(stranger): does not belong to this round: weights of the round: * against * of rounds/00002-of-00003/00001-of-00003.delta; remove it, or do its unit again"
        )
        _ = try await folder.shell("cp other/00002-of-00003/*.delta rounds/00002-of-00003/")
        try await folder.expectFailure(
            Self.merge(2), 78,
            "rounds/00002-of-00003/00001-of-00003.delta: does not belong to this round: it began with the weights *, and this round begins with *; do its unit again"
        )
        // And a change of mind.
        try await folder.expectFailure(
            Self.merge(2, in: "other"), 78,
            "other/00001-of-00003/run.json: was made otherwise: outer: nesterov, rate 0.7, momentum 0.9 against mean; use the same inputs and options, or name another folder"
        )
        try await folder.expectFailure(
            Self.update(1, 3, in: "other", "--clip 2"), 66,
            "other/00002-of-00003: the weights of round 2/3 are not there; merge it first: nerpipe merge --round 2/3 -o other"
        )
        try await folder.expectFailure(
            Self.update(1, 2, in: "other", "--clip 2"), 78,
            "other/00001-of-00003/run.json: was made otherwise: student.settings.clip: 5 against 2; use the same inputs and options, or name another folder"
        )
        try await folder.expectFailure(
            "update -q scored/00001-of-00003.zst --unit 2/3 --round 2/3 -o other \(Self.options)", 78,
            "other/00002-of-00003/00002-of-00003.delta: was made otherwise: data: * against *; use the same inputs and options, or name another folder"
        )
        try folder.remove("other/00002-of-00003/00001-of-00003.delta")
        try await folder.expectFailure(
            "update -q scored/00003-of-00003.zst --unit 1/3 --round 2/3 -o other \(Self.options)", 78,
            "other/00001-of-00003/00001-of-00003.state: was made otherwise: data: * against *; use the same inputs and options, or name another folder"
        )
    }

    /// What a unit remembers is of the round that its weights came from.
    @Test func aStateOfOtherRoundsIsRefused() async throws {
        let folder = try await Self.folder()
        for output in ["rounds", "other"] {
            for round in 1...2 {
                for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, round, in: output)) }
                _ = try await folder.expectSuccess(
                    Self.merge(round, in: output, output == "other" ? "--outer nesterov" : ""))
            }
        }
        let state = "rounds/00002-of-00003/00001-of-00003.state"
        try folder.remove(state)
        try folder.copy("other/00002-of-00003/00001-of-00003.state", to: state)
        try await folder.expectFailure(
            Self.update(1, 3), 78,
            "\(state): was made otherwise: round.weights of the round: * against *; use the same inputs and options, or name another folder"
        )
    }

    @Test func theWeightsThatTheFirstRoundBeganWithMayBeNamed() async throws {
        let folder = try await Self.folder()
        for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 1, "--initial student")) }
        try await folder.expectFailure(
            Self.merge(1, "--outer nesterov"), 78,
            "rounds/00001-of-00003/00001-of-00003.delta: does not belong to this round: it began with the weights *, and this round begins with *; name the model that it began with, --initial",
            leaving: [])
        _ = try await folder.expectSuccess(Self.merge(1, "--outer nesterov --initial student"))
    }

    @Test func damagedFilesAreRefused() async throws {
        let folder = try await Self.folder()
        for unit in 1...3 { _ = try await folder.expectSuccess(Self.update(unit, 1)) }
        let path = "rounds/00001-of-00003/00002-of-00003.delta", whole = try folder.read(path)
        var random = SplitMix64(seed: 4)
        for number in 0..<40 {
            var bytes = whole
            if number % 4 == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            try folder.write(path, bytes)
            let outcome = try await folder.nerpipe(Self.merge(1))
            #expect(
                [65, 66, 78].contains(outcome.status) && outcome.errorLines.count == 1, "\(number): \(outcome.errors)")
            #expect(!folder.exists("rounds/00001-of-00003/run.json"))
        }
        try folder.write(path, try folder.read("scored/00001-of-00003.zst"))
        #expect(try await folder.nerpipe(Self.merge(1)).status == 65)
        try folder.write(path, whole)
        _ = try await folder.expectSuccess(Self.merge(1))
        try folder.write("rounds/00001-of-00003/run.json", "{")
        let next = try await folder.nerpipe(Self.update(1, 2))
        #expect(next.status == 65, "\(next.errors)")
    }

    @Test(arguments: [
        ("--unit 1/3 -o new", 64, "--unit is of a round; say --round K/R"),
        ("--round 1/3 --average 0.9 -o new", 64, "--round does not go with --average"),
        ("--round 1/3 --selector random -o new", 64, "--round does not go with --selector"),
        ("--round 1/3 --fresh -o new", 64, "--round does not go with --fresh"),
        ("--round 4/3 -o new", 64, "'4/3' is invalid"),
    ])
    func argumentsThatDoNotFit(arguments: String, status: Int32, message: String) async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.nerpipe("update scored/00001-of-00003.zst \(arguments)")
        #expect(outcome.status == status && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!folder.exists("new"))
    }

    @Test func unitsAreNamedByTheirStreams() async throws {
        let folder = try await Self.folder()
        try await folder.expectFailure(
            "update -q scored.zst --round 1/3 -o new", 64,
            "scored.zst: no name of a unit, as 00003-of-00008.zst; say which one this is, --unit I/N")
        try await folder.expectFailure(
            "update -q - --unit 1/1 --round 1/3 -o new", 64,
            "-: a round reads its unit's part of streams in compressed files; write the stream to one, -o FILE.zst",
            input: "scored.zst")
    }
}
