import Evaluation
import Shards

/// The stages of a run as tables: who waited for whom, and what became of every sentence.
struct FlowSection {
    let flow: FlowRecord
    /// That worked on the run.
    var processCount = 1

    var html: String {
        guard !flow.stages.isEmpty else { return "" }
        let notes =
            flow.isWhole
            ? ""
            : "<p class=\"alarm\">A process went on where another one had stopped: the counts are those of the last one, not of all of the stream.</p>\n"
        return notes + shares + ledger + rejected
    }

    /// Shares of a stage's own time, from its beginning to its last block.
    private var shares: String {
        let rows = flow.stages.map { stage in
            func share(_ seconds: Double?) -> String {
                seconds.map { "\(Self.number(100 * min(1, $0 / max(stage.seconds, 1e-9)), 0)) %" } ?? ""
            }
            return [
                name(of: stage), "\(stage.counts.tokens)", Self.number(stage.seconds, 1),
                stage.seconds > 0 ? Self.number(Double(stage.counts.tokens) / stage.seconds, 0) : "",
                stage.seconds > 0 ? Self.number(stage.busySeconds / stage.seconds, 2) : "",
                share(stage.waitingSeconds), share(stage.blockedSeconds),
            ]
        }
        return HTMLText.table(
            ["stage", "tokens", "seconds", "tokens/s", "threads busy", "waiting for input", "blocked by the next"], rows
        )
    }

    /// What lasts as long as the run is counted by each of its processes anew.
    private func name(of stage: FlowRecord.Stage) -> String {
        HTMLText.escaped(stage.name)
            + (stage.pass == 0 && processCount > 1 ? ", the last of \(processCount) processes" : "")
    }

    private var ledger: String {
        var rows: [[String]] = []
        for (index, stage) in flow.stages.enumerated() where stage.counts.sentences > 0 || stage.records != nil {
            var changes = stage.changes.sorted { $0.key < $1.key }.map {
                "\($1 < 0 ? "\u{2212}" : "+")\(abs($1)) \(HTMLText.escaped($0))"
            }
            changes += [Self.records(stage)].compactMap(\.self)
            let unexplained = flow.unexplained(index)
            if unexplained != 0 {
                changes.append("<span class=\"alarm\">\(unexplained) sentences without a reason</span>")
            }
            rows.append([
                HTMLText.escaped(stage.name), flow.sentencesIn(index).map { "\($0)" } ?? "",
                changes.joined(separator: "<br>"),
                "\(stage.counts.sentences)",
            ])
        }
        return rows.isEmpty
            ? "" : "<h3>Ledger</h3>\n" + HTMLText.table(["stage", "sentences in", "", "sentences out"], rows)
    }

    private static func records(_ stage: FlowRecord.Stage) -> String? {
        guard let rejected = stage.rejectedRecords else { return nil }
        guard let records = stage.records else { return rejected == 0 ? nil : "\(rejected) records left out" }
        return rejected == 0
            ? "\(records) records, all understood"
            : "\(records) records: \(records - rejected) understood, \(rejected) left out"
    }

    private var rejected: String {
        flow.stages.map { stage in
            guard let messages = stage.rejected, let count = stage.rejectedRecords, count > 0 else { return "" }
            let more = count > messages.count ? "\n... and \(count - messages.count) more" : ""
            return "<h3>Records that \(HTMLText.escaped(stage.name)) left out</h3>\n<pre>"
                + messages.map(HTMLText.escaped).joined(separator: "\n") + more + "</pre>\n"
        }.joined()
    }

    private static func number(_ value: Double, _ decimals: Int) -> String {
        FixedDecimal.text(value, decimals: decimals)
    }
}
