import Glibc
import Testing

@testable import Pipelines

struct ProgressLineTests {
    private func snapshot(_ seconds: Double, tokens: Int, fraction: Double?) -> ProgressSnapshot {
        ProgressSnapshot(
            seconds: seconds, stages: [.init(name: "score", tokens: tokens, waiting: (2, 4))], status: "loss 0.5",
            fraction: fraction)
    }

    /// Ten seconds of reading, then a hundred times as fast: the line tells the rate of now.
    @Test func ratesAreThoseOfNow() {
        var line = ProgressLine()
        #expect(line.text(snapshot(10, tokens: 10_000, fraction: nil)) == "loss 0.5 | score 1000 tok/s [2/4]")
        for second in 11...40 {
            _ = line.text(snapshot(Double(second), tokens: 10_000 + 100_000 * (second - 10), fraction: nil))
        }
        #expect(line.text(snapshot(41, tokens: 3_110_000, fraction: nil)) == "loss 0.5 | score 100k tok/s [2/4]")
    }

    /// The teacher is slow: who reads is blocked, who learns waits.
    @Test func theLineSaysWhoWaits() {
        var line = ProgressLine()
        func snapshot(_ seconds: Double) -> ProgressSnapshot {
            func stage(_ name: String, waited: Double, blocked: Double?) -> ProgressSnapshot.Stage {
                .init(
                    name: name, tokens: Int(1000 * seconds), waitedSeconds: waited * seconds,
                    blockedSeconds: blocked.map { $0 * seconds })
            }
            let stages = [
                stage("embed", waited: 0, blocked: 0.9), stage("score", waited: 0.1, blocked: 0.1),
                stage("update", waited: 0.8, blocked: nil),
            ]
            return ProgressSnapshot(seconds: seconds, stages: stages, status: "", fraction: nil)
        }
        _ = line.text(snapshot(10))
        #expect(
            line.text(snapshot(20)) == "embed 1000 tok/s blocked | score 1000 tok/s | update 1000 tok/s waits")
    }

    /// What came before the work has no part in what is left of it.
    @Test func whatIsLeftIsToldByThePaceOfTheWork() {
        var line = ProgressLine()
        _ = line.text(snapshot(500, tokens: 0, fraction: 0.01))
        let text = line.text(snapshot(510, tokens: 0, fraction: 0.11))
        #expect(text.hasPrefix("1m29s left, 11 % | loss 0.5"), "\(text)")
        // The next part of the work begins at nothing again.
        #expect(line.text(snapshot(520, tokens: 0, fraction: 0.02)).hasPrefix("2 % | "))
        #expect(line.text(snapshot(530, tokens: 0, fraction: 0.12)).hasPrefix("1m28s left, 12 %"))
    }

    /// Three processes of a pipe: one shows what all of them say, and when it is gone, another one does.
    @Test func processesOfAPipeShareALine() {
        let name = "nerpipe-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let lines = [30, 10, 20].map { SharedProgressLine(name: name, process: $0) }
        func parts(_ name: String, _ lead: [String] = []) -> ProgressParts {
            ProgressParts(lead: lead, stages: ["read 1 tok/s", "\(name) 5 tok/s"])
        }
        #expect(lines[0].text(parts("update", ["3 %"]), width: nil) == "3 % | read 1 tok/s | update 5 tok/s")
        #expect(lines[1].text(parts("tokenize"), width: nil) == nil)
        #expect(lines[2].text(parts("em\u{1B}[2Jbed"), width: nil) == nil)
        // In the order of the pipe, without what hands the stream on, and without what a terminal would obey.
        #expect(
            lines[0].text(parts("update", ["3 %"]), width: nil)
                == "3 % | tokenize 5 tok/s | em[2Jbed 5 tok/s | update 5 tok/s")
        #expect(lines[0].text(parts("update", ["3 %"]), width: 24) == "3 % | tokenize 5 tok/s")
        #expect(!lines[1].end())
        #expect(lines[0].end())
        #expect(lines[2].text(parts("embed"), width: nil) == "read 1 tok/s | embed 5 tok/s")
        #expect(lines[1].text(parts("tokenize"), width: nil) == nil)
    }

    @Test(arguments: [20, 24, 80, 200]) func itFitsTheTerminal(width: Int) {
        var line = ProgressLine()
        _ = line.text(snapshot(10, tokens: 0, fraction: 0.1))
        let text = line.text(snapshot(20, tokens: 50_000, fraction: 0.2), width: width)
        #expect(text.count <= width && text.hasPrefix("1m20s left, 20 %"), "\(text)")
        #expect(text.contains("score") == (width >= 80))
    }
}
