/// How a run stands at a moment.
package struct ProgressSnapshot: Sendable {
    package struct Stage: Sendable {
        package var name: String
        /// Of all blocks so far.
        package var tokens: Int
        /// Blocks that wait behind it, and how many may; a full stream waits for the next stage, an empty one for this.
        package var waiting: (count: Int, capacity: Int)?
        /// Since it began: without anything to work on, and with a result that nobody took, where it is known.
        package var waitedSeconds: Double?
        package var blockedSeconds: Double?
    }

    /// Since the run began.
    package var seconds: Double
    package var stages: [Stage]
    /// What the training says, for instance the loss.
    package var status: String
    /// Share of the work that is done, when it is known.
    package var fraction: Double?
}

/// What one process has to say in a line of progress.
package struct ProgressParts: Codable, Equatable, Sendable {
    /// What is left, and what the training says.
    package var lead: [String]
    package var stages: [String]

    package init(lead: [String], stages: [String]) { (self.lead, self.stages) = (lead, stages) }

    /// Without characters that a terminal would obey.
    var printable: ProgressParts {
        func clean(_ texts: [String]) -> [String] {
            texts.map { text in
                String(
                    String.UnicodeScalarView(
                        text.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }))
            }
        }
        return ProgressParts(lead: clean(lead), stages: clean(stages))
    }
}

/// The line of progress: what is left first, then what the training says, then the stages with their rates as they are now, not since
/// the beginning.
package struct ProgressLine {
    /// Rates are those of so many seconds; what is left is told by the pace of more of them.
    private static let rateSeconds = 15.0, paceSeconds = 90.0

    private var samples: [ProgressSnapshot] = []

    package init() {}

    /// The line of a process that is alone.
    ///
    /// - Parameter width: Columns of the terminal; what does not fit is left out from the end. Nil: as long as it is.
    package mutating func text(_ now: ProgressSnapshot, width: Int? = nil) -> String {
        Self.joined([parts(now)], width)
    }

    package mutating func parts(_ now: ProgressSnapshot) -> ProgressParts {
        // Another part of the work, which begins anew.
        if let last = samples.last, let before = last.fraction, (now.fraction ?? 1) < before { samples = [] }
        samples.removeAll { $0.seconds < now.seconds - Self.paceSeconds }
        var lead: [String] = []
        if let fraction = now.fraction, fraction > 0.005 {
            let left = secondsLeft(now, fraction).map { "\(ProgressMeter.duration($0)) left, " } ?? ""
            lead.append("\(left)\(Int(fraction * 100)) %")
        }
        if !now.status.isEmpty { lead.append(now.status) }
        let stages = now.stages.enumerated().map { place, stage in
            "\(stage.name) \(ProgressMeter.short(rate(now, place))) tok/s"
                + (stage.waiting.map { " [\($0.count)/\($0.capacity)]" } ?? "") + state(now, place)
        }
        samples.append(now)
        return ProgressParts(lead: lead, stages: stages)
    }

    private func recent(_ now: ProgressSnapshot) -> ProgressSnapshot? {
        samples.first { $0.seconds >= now.seconds - Self.rateSeconds && $0.stages.count == now.stages.count }
    }

    /// Whether it mostly waits for the stage before it, or for the one behind it; who does neither is the one that all wait for.
    private func state(_ now: ProgressSnapshot, _ stage: Int) -> String {
        guard let recent = recent(now), now.seconds > recent.seconds else { return "" }
        func isMost(_ seconds: KeyPath<ProgressSnapshot.Stage, Double?>) -> Bool {
            guard let last = now.stages[stage][keyPath: seconds] else { return false }
            return last - (recent.stages[stage][keyPath: seconds] ?? 0) > 0.5 * (now.seconds - recent.seconds)
        }
        return isMost(\.blockedSeconds) ? " blocked" : isMost(\.waitedSeconds) ? " waits" : ""
    }

    private func rate(_ now: ProgressSnapshot, _ stage: Int) -> Double {
        let recent = recent(now)
        let (seconds, tokens) = recent.map { ($0.seconds, $0.stages[stage].tokens) } ?? (0, 0)
        return Double(now.stages[stage].tokens - tokens) / max(1e-3, now.seconds - seconds)
    }

    /// By the pace of the last minute and a half; nil when that tells nothing yet.
    private func secondsLeft(_ now: ProgressSnapshot, _ fraction: Double) -> Double? {
        guard let first = samples.first(where: { $0.fraction != nil }), let before = first.fraction, fraction > before,
            now.seconds > first.seconds
        else { return nil }
        return (1 - fraction) * (now.seconds - first.seconds) / (fraction - before)
    }

    /// The line of several processes, in the order of their pipe. Where they hand their streams to each other is of no interest.
    static func joined(_ all: [ProgressParts], _ width: Int?) -> String {
        let stages = all.flatMap(\.stages).filter { stage in
            all.count == 1 || !["read ", "write "].contains(where: stage.hasPrefix)
        }
        return joined(all.flatMap(\.lead) + stages, width)
    }

    private static func joined(_ parts: [String], _ width: Int?) -> String {
        guard let width else { return parts.joined(separator: " | ") }
        var line = ""
        for part in parts {
            let longer = line.isEmpty ? part : line + " | " + part
            if longer.count > width { break }
            line = longer
        }
        // Not even the first part fits.
        return line.isEmpty ? String((parts.first ?? "").prefix(max(0, width - 1))) : line
    }
}
