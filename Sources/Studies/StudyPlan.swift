import Evaluation
import Pipelines
import Shards

/// Which cells are done, and what the others will take, by what those that were done took.
package struct StudyPlan: Sendable {
    private let study: StudyDefinition
    package let open: [StudyCell]
    private let doneCount: Int
    /// Done without a record of what it took.
    private let unrecordedCount: Int
    /// Done by another version of their program.
    package let changedCount: Int
    /// By method, of its cells that were recorded.
    private let taken: [String: [(seconds: Double, bytes: Int)]]

    /// - Throws: When a cell was done with other words or variables.
    package init(_ study: StudyDefinition) throws {
        self.study = study
        var open: [StudyCell] = [], done = 0, unrecorded = 0, changed = 0
        var taken: [String: [(seconds: Double, bytes: Int)]] = [:], programs: [String: String?] = [:]
        func digest(_ cell: StudyCell) -> String? {
            let name = cell.words.first ?? ""
            if let known = programs[name] { return known }
            programs[name] = cell.programDigest
            return programs[name] ?? nil
        }
        for cell in study.cells {
            switch try cell.state() {
            case .open: open.append(cell)
            case .done(let record):
                done += 1
                guard let record else { unrecorded += 1; continue }
                if let program = record.program, program != digest(cell) { changed += 1 }
                taken[cell.method, default: []].append((record.wallSeconds, record.madeBytes))
            }
        }
        (self.open, doneCount, unrecordedCount, changedCount, self.taken) = (open, done, unrecorded, changed, taken)
    }

    /// Seconds of the cells that are open, one after the other, and the bytes they make; nil where of a method nothing
    /// was recorded.
    private func estimate(_ cells: [StudyCell]) -> (seconds: Double, bytes: Double)? {
        var sum = (seconds: 0.0, bytes: 0.0)
        for cell in cells {
            guard let known = taken[cell.method], !known.isEmpty else { return nil }
            sum.seconds += known.map(\.seconds).reduce(0, +) / Double(known.count)
            sum.bytes += Double(known.map(\.bytes).reduce(0, +)) / Double(known.count)
        }
        return sum
    }

    /// The estimate in words, for `processes` cells at once.
    package var estimateText: String {
        guard let sum = estimate(open) else { return "hours and disk unknown" }
        let hours = FixedDecimal.text(sum.seconds / 3600 / Double(study.processes), decimals: 1)
        return "\(hours) hours with \(study.processes) at once, \(FixedDecimal.text(sum.bytes / 1e9, decimals: 1)) GB"
    }

    /// A row for each method, the whole, and every cell that is to be done.
    package var text: String {
        let everything = study.cells
        var rows = [["method", "cells", "done", "hours", "GB"]]
        for method in study.values("method") {
            let cells = open.filter { $0.method == method }, all = everything.count { $0.method == method }
            rows.append([method, "\(all)", "\(all - cells.count)"] + Self.columns(estimate(cells)))
        }
        rows.append(["all", "\(everything.count)", "\(doneCount)"] + Self.columns(estimate(open)))
        var text = "study \(study.name): \(everything.count) cells in \(study.work), \(open.count) to be done\n"
        if !open.isEmpty { text += "takes \(estimateText)\n" }
        if unrecordedCount > 0 { text += "\(unrecordedCount) are done without a record of what they took\n" }
        if changedCount > 0 { text += "\(changedCount) were done by another version of their program\n" }
        text += "\n" + TextTable.text(rows)
        if !open.isEmpty { text += "\n" }
        for cell in open { text += cell.words.map(Definition.quoted).joined(separator: " ") + "\n" }
        return text
    }

    private static func columns(_ sum: (seconds: Double, bytes: Double)?) -> [String] {
        guard let sum else { return ["unknown", "unknown"] }
        return [FixedDecimal.text(sum.seconds / 3600, decimals: 2), FixedDecimal.text(sum.bytes / 1e9, decimals: 2)]
    }
}
