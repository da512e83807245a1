import Glibc
import ProgramTesting
import Testing

/// What is refused, and what is survived, when a run is taken up again.
struct ResumingTests {
    /// A run that was killed after some checkpoints, and before its last updates.
    private func interrupted(_ script: String, epochs: Int = 3, checkpoints: Int = 2) async throws -> ScratchFolder {
        let folder = try await Workshop.folder()
        for _ in 0..<10 {
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell(script, in: folder)
                try await program.wait {
                    folder.names(in: "out/checkpoints").filter { $0.hasSuffix(".zst") }.count >= checkpoints
                }
                program.send(SIGKILL)
                return try await program.wait()
            }
            let newest =
                folder.names(in: "out/checkpoints").last { $0.hasSuffix(".zst") }?.firstMatch(of: /update-([0-9]+)/)?.1
                ?? "0"
            if outcome.status == 128 + SIGKILL && (Int(newest) ?? 0) <= epochs * Workshop.updatesPerEpoch - 5 {
                return folder
            }
            try folder.remove("out")  // it was over before the signal arrived
        }
        throw RunningProgram.Failure(description: "\(script): always over before the signal arrived")
    }

    private static let hint = "use the same inputs and options, another output, or --fresh to start over"

    @Test(arguments: [
        ("--set update.seed=2", "settings.seed: the checkpoint has 1, this run has 2"),
        ("--set update.epochs=4", "settings.epochs: the checkpoint has 3, this run has 4"),
        ("--set update.batch-tokens=50", "settings.batch tokens: the checkpoint has 40, this run has 50"),
        ("--set update.width=25", "network.width: the checkpoint has 24, this run has 25"),
        ("--set update.feature-width=8", "network.features.1.width: the checkpoint has 16, this run has 8"),
        ("--set inputs=a.txt", "inputs.files: the checkpoint has 2 files [0-9a-f]+, this run has 1 files [0-9a-f]+"),
    ])
    func changedOptionsOfARunAreRefused(change: String, difference: String) async throws {
        let folder = try await interrupted("exec nerpipe run p.yaml")
        let outcome = try await folder.nerpipe("run p.yaml \(change)")
        #expect(outcome.status == 78)
        let said = try Regex("nerpipe: out/checkpoints: cannot resume: \(difference); \(Self.hint)\n")
        #expect(outcome.errors.wholeMatch(of: said) != nil, "\(outcome.errors)")
        // Nothing was touched, and the right command still ends well.
        let expected = try await Workshop.student(epochs: 3)
        #expect(try await folder.nerpipe("run -q p.yaml").status == 0)
        #expect(try folder.model("out") == expected)
    }

    @Test(arguments: [1, 3])
    func changedTextIsRefused(epochs: Int) async throws {
        let pipe =
            "set -o pipefail; nerpipe tokenize \(Workshop.tokenizeOptions) a.txt b.txt | nerpipe embed -q --vectors v.vectors "
            + "| nerpipe score --teacher teacher | nerpipe update -q -o out --epochs \(epochs) \(Workshop.updateOptions)"
        for script in ["exec nerpipe run -q p.yaml --set update.epochs=\(epochs)", pipe] {
            let folder = try await interrupted(script, epochs: epochs, checkpoints: 1)
            let text = try folder.text("a.txt")
            // One letter of the first sentence.
            try folder.write("a.txt", (text.first == "b" ? "d" : "b") + text.dropFirst())
            let outcome = try await folder.shell(script)
            #expect(outcome.status == 78)
            let said =
                /nerpipe: out(\/spool)?: cannot resume: the text of the first [0-9]+ blocks is not what it was before the interruption; replay the same input with the same options, or start over with --fresh\n/
            let named =
                /nerpipe: out\/checkpoints: cannot resume: inputs.files: the checkpoint has 2 files [0-9a-f]+, this run has 2 files [0-9a-f]+; use the same inputs and options, another output, or --fresh to start over\n/
            #expect(
                outcome.errors.wholeMatch(of: said) != nil || outcome.errors.wholeMatch(of: named) != nil,
                "\(outcome.errors)")
            try folder.write("a.txt", text)
            #expect(try await folder.shell(script).status == 0)
            let expected = try await Workshop.student(epochs: epochs)
            #expect(try folder.model("out") == expected)
        }
    }

    @Test func changedTeacherAndOptionsOfAPipeAreRefused() async throws {
        let script =
            "nerpipe score --teacher teacher scored.e | nerpipe update -q -o out --epochs 3 \(Workshop.updateOptions)"
        let prepare =
            "nerpipe tokenize \(Workshop.tokenizeOptions) a.txt b.txt | nerpipe embed -q --vectors v.vectors -o scored.e; "
        let folder = try await interrupted(prepare + script)
        let other = try await folder.shell(
            "nerpipe train -q train.conll --vectors v.vectors --epochs 1 -o teacher2 \(Workshop.network) && set -o pipefail && "
                + script.replacing("--teacher teacher", with: "--teacher teacher2"))
        #expect(other.status == 78)
        #expect(
            other.errors.wholeMatch(
                of:
                    /nerpipe: out: cannot resume, the stream is another one: teachers: [0-9a-f]+ against [0-9a-f]+; use the same inputs, or --fresh to start over\n/
            ) != nil, "\(other.errors)")
        let expected = try await Workshop.student(epochs: 3)
        #expect(try await folder.shell(script).status == 0)
        #expect(try folder.model("out") == expected)
    }

    @Test func spoolOfAnotherStreamIsRefused() async throws {
        let folder = try await Workshop.folder()
        let command = "nerpipe update -q -o out --epochs 3 \(Workshop.updateOptions)"
        // The stream stops after more than one shard of the spool, and update is killed while it waits.
        _ = try await Slots.shared.use {
            let program = try Program.startShell(
                "zstdcat scored.zst > plain; (head -c $(($(stat -c %s plain) * 9 / 10)) plain; sleep 60) | \(command)",
                in: folder)
            try await program.wait { folder.names(in: "out/spool").filter { $0.hasSuffix(".zst") }.count >= 2 }
            program.send(SIGKILL)
            return try await program.wait()
        }
        #expect(folder.names(in: "out/checkpoints").isEmpty)
        let other = try await folder.shell(
            """
            set -o pipefail
            nerpipe tokenize \(Workshop.tokenizeOptions) b.txt a.txt | nerpipe embed -q --vectors v.vectors | nerpipe score --teacher teacher | \(command)
            """)
        #expect(other.status == 78)
        #expect(
            other.errors.wholeMatch(
                of:
                    /nerpipe: out\/spool: cannot resume: the text of the first [0-9]+ blocks is not what it was before the interruption; replay the same input with the same options, or start over with --fresh\n/
            ) != nil, "\(other.errors)")
        let short = try await folder.shell("zstdcat scored.zst > plain; head -c 30000 plain | \(command)")
        #expect(short.status == 65, "\(short.errors)")
        let expected = try await Workshop.student(epochs: 3)
        let last = try await folder.shell("zstdcat scored.zst | \(command.replacing("-q ", with: ""))")
        #expect(last.status == 0 && last.errors.contains("nerpipe update: resuming: "), "\(last.errors)")
        #expect(try folder.model("out") == expected)
    }

    @Test(arguments: [0, 40, 100])
    func damagedNewestCheckpointIsPassedOver(percent: Int) async throws {
        let folder = try await interrupted("exec nerpipe run p.yaml", checkpoints: 3)
        let newest = try #require(folder.names(in: "out/checkpoints").last { $0.hasSuffix(".zst") })
        let path = "out/checkpoints/\(newest)"
        var bytes = try folder.read(path)
        if percent == 100 {
            bytes[bytes.count / 2] ^= 4
        } else {
            bytes = Array(bytes[..<(bytes.count * percent / 100)])
        }
        try folder.write(path, bytes)
        let outcome = try await folder.nerpipe("run p.yaml")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errorLines.first?.hasPrefix("nerpipe run: damaged checkpoint, taking the one before: \(path): ")
                == true, "\(outcome.errors)")
        #expect(
            outcome.errorLines.dropFirst().first?.hasPrefix("nerpipe run: resuming after update ") == true,
            "\(outcome.errors)")
        let expected = try await Workshop.student(epochs: 3)
        #expect(try folder.model("out") == expected)
    }

    @Test func withOnlyDamagedCheckpointsItSaysWhatToDo() async throws {
        let folder = try await interrupted("exec nerpipe run p.yaml")
        for name in folder.names(in: "out/checkpoints") { try folder.write("out/checkpoints/\(name)", [1, 2, 3]) }
        let outcome = try await folder.nerpipe("run p.yaml")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains(" checkpoints are damaged; start over with --fresh\n"), "\(outcome.errors)")
        let fresh = try await folder.nerpipe("run -q p.yaml --set update.fresh=true")
        #expect(fresh.status == 0, "\(fresh.errors)")
        let expected = try await Workshop.student(epochs: 3)
        #expect(try folder.model("out") == expected)
        folder.expectTidy("out")
    }

    @Test func freshForgetsAnInterruptedRun() async throws {
        let folder = try await interrupted("exec nerpipe run p.yaml --set update.seed=9")
        let outcome = try await folder.nerpipe(
            "update -q scored.zst -o out --epochs 3 \(Workshop.updateOptions) --fresh")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try await Workshop.student(epochs: 3)
        #expect(try folder.model("out") == expected)
        folder.expectTidy("out")
    }
}
