import Foundation
import ProgramTesting
import Testing

/// What a run remembers of the processes that worked on it.
struct ResumedRunTests {
    private static let update = "nerpipe update scored.zst -o out --epochs 3 \(Workshop.updateOptions)"

    /// Interrupts the run after its first checkpoint.
    private func interrupted(_ environment: String = "") async throws -> ScratchFolder {
        for _ in 0..<10 {
            let folder = try await Workshop.folder()
            let outcome = try await Slots.shared.use {
                let program = try Program.startShell("\(environment) exec \(Self.update)", in: folder)
                try await program.wait { !folder.names(in: "out/checkpoints").isEmpty }
                program.send(SIGTERM)
                return try await program.wait()
            }
            if outcome.status == 75 { return folder }
        }
        throw RunningProgram.Failure(description: "always over before the signal arrived")
    }

    private struct Record: Decodable { var seconds: Double, legs: Int, tokens: Int }

    private func record(_ folder: ScratchFolder) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(folder.read("out/run.json")))
    }

    @Test func secondsAreThoseOfAllLegs() async throws {
        let folder = try await interrupted()
        // A pause between the legs is no work.
        let start = ContinuousClock.now
        let outcome = try await folder.shell("\(Self.update) --metrics m.jsonl")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let last = try record(folder)
        #expect(last.legs == 2)
        #expect(last.seconds > 0 && last.seconds < (ContinuousClock.now - start) / .seconds(1) + 30)
        let undisturbed = try await Workshop.folder()
        _ = try await undisturbed.shell(Self.update)
        #expect(try record(undisturbed).legs == 1)
        #expect(try record(undisturbed).tokens == last.tokens)
    }

    private struct Metrics: Decodable {
        var started: Double, output: String?, figures: [String: Double]

        static func lines(_ folder: ScratchFolder) throws -> [Metrics] {
            try folder.text("m.jsonl").split(separator: "\n").map {
                try JSONDecoder().decode(Metrics.self, from: Data($0.utf8))
            }.filter { $0.output == "out" }
        }
    }

    private struct Epochs: Decodable {
        struct Epoch: Decodable { var loss: Double, lastUpdate: Int, developmentF1: Double }
        var epochs: [Epoch], resumes: [Int]
    }

    /// The rule of docs/metrics.md: what was learnt after the checkpoint that a later process began with does not count.
    @Test func metricsOfAKilledRunHaveEveryEpochOnce() async throws {
        let folder = try await Workshop.folder()
        let train = "nerpipe \(Workshop.trainCommand) -q -o out --metrics m.jsonl"
        let killed = try await Slots.shared.use {
            let program = try Program.startShell("exec \(train)", in: folder)
            try await program.wait { (try? Metrics.lines(folder).contains { $0.figures["epochsDone"] == 1 }) == true }
            program.send(SIGKILL)
            return try await program.wait()
        }
        #expect(killed.status == 128 + SIGKILL)
        #expect(try await folder.shell(train).status == 0)
        var kept: [Metrics] = []
        for record in try Metrics.lines(folder) {
            if let last = kept.last, record.started != last.started {
                let after = try #require(record.figures["resumedAfter"])
                #expect(record.figures["update"] == after)
                kept.removeAll { $0.figures["update"] ?? 0 > after }
            }
            kept.append(record)
        }
        let updates = kept.compactMap { $0.figures["update"] }
        #expect(updates == updates.sorted() && Set(kept.map(\.started)).count == 2)
        let record = try JSONDecoder().decode(Epochs.self, from: Data(folder.read("out/run.json")))
        #expect(record.epochs.count == 3 && record.resumes.count == 1)
        for (number, epoch) in record.epochs.enumerated() {
            let end = try #require(
                kept.last {
                    $0.figures["epochsDone"] == Double(number + 1) && $0.figures["update"] == Double(epoch.lastUpdate)
                })
            #expect(end.figures["loss"] == epoch.loss && end.figures["developmentF1"] == epoch.developmentF1)
        }
    }

    @Test func aTornRecordStaysALineOfItsOwn() async throws {
        let folder = try await Workshop.folder()
        try folder.write("m.jsonl", "{\"torn")
        _ = try await folder.expectSuccess("tokenize -q a.txt -o a.zst --metrics m.jsonl")
        let lines = try folder.text("m.jsonl").split(separator: "\n")
        #expect(
            lines.count == 2 && lines[0] == "{\"torn" && lines[1].hasPrefix("{\"command\":\"tokenize\""), "\(lines)")
    }

    @Test func figuresAreNumbersWithNames() async throws {
        let folder = try await Workshop.folder()
        let outcome = try await folder.shell("nerpipe \(Workshop.trainCommand) -o out --metrics m.jsonl")
        #expect(outcome.status == 0, "\(outcome.errors)")
        struct Line: Decodable { var figures: [String: Double] }
        let lines = try folder.text("m.jsonl").split(separator: "\n")
        let figures = try JSONDecoder().decode(Line.self, from: Data(try #require(lines.last).utf8)).figures
        #expect(figures["epoch"] == 3)
        #expect(figures["update"].map { $0 > 0 } == true)
        #expect(figures["loss"].map { $0 > 0 && $0 < 10 } == true)
        #expect(figures["developmentF1"].map { (0...100).contains($0) } == true)
    }

    /// Plain kernels run everywhere; others are chosen by themselves only where there are such.
    private static let hasOtherKernels =
        ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").contains(" avx2 ")

    @Test(.enabled(if: hasOtherKernels))
    func otherKernelsAreRefusedUnlessAccepted() async throws {
        let folder = try await interrupted("NERPIPE_KERNELS=plain")
        let refused = try await folder.shell(Self.update)
        #expect(refused.status == 78)
        let said = try #require(
            refused.errors.wholeMatch(
                of:
                    /nerpipe: out\/checkpoints: computed with the kernels plain, this process uses (avx2|avx512); choose the same with NERPIPE_KERNELS on a CPU that has them, start over with --fresh, or say --accept-other-kernels to continue: the bytes will differ from those of a run with one kind\n/
            ), "\(refused.errors)")
        let accepted = try await folder.shell("\(Self.update) --accept-other-kernels")
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(
            accepted.errors.contains(
                "warning: computed with the kernels plain, then \(said.1): the bytes differ from those of a run with one kind"
            ))
        #expect(try folder.text("out/run.json").contains("\"kernels\" : \"plain, then \(said.1)\""))
        let again = try await folder.shell("\(Self.update) --accept-other-kernels")
        #expect(again.status == 0 && again.errors.contains("complete already"), "\(again.errors)")
        #expect(try await folder.shell(Self.update).status == 78)
    }
}
