/// A unit that is not done, by what the process says that does it.
package struct OpenUnit: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable { case running, interrupted, failed, silent, waiting }

    package var unit: String
    package var state: State
    package var host: String?
    package var tokens: Int?
    package var tokensPerSecond: Double?
    /// Since it said something.
    package var seconds: Double?
    package var message: String?

    /// - Parameter attempt: nil: nothing is known of it.
    init(_ name: String, _ attempt: UnitAttempt?) {
        (unit, state) = (name, .waiting)
        guard let attempt else { return }
        state =
            switch attempt.state {
            case .running: attempt.isSilent ? .silent : .running
            case .interrupted: .interrupted
            case .failed: .failed
            }
        (host, tokens, message) = (attempt.host, attempt.tokens, attempt.message)
        if state == .running { tokensPerSecond = Double(attempt.tokens) / max(1e-3, attempt.time - attempt.began) }
        seconds = WallClock.now - attempt.time
    }

    /// For a person; nil when there is nothing to say.
    var text: String? {
        guard state != .waiting else { return nil }
        let rate = tokensPerSecond.map { ", \(ProgressMeter.short($0)) tokens/s" } ?? ""
        let what = message ?? "\(tokens ?? 0) tokens\(rate), heard of \(Int(seconds ?? 0)) s ago"
        return "  \(unit)  \(state.rawValue) on \(host ?? "?"): \(what)"
    }
}

extension [OpenUnit] {
    /// How many there are in each state: `2 running`, `1 waiting`.
    var counted: [String] {
        OpenUnit.State.allCases.compactMap { state in
            let count = count { $0.state == state }
            return count > 0 ? "\(count) \(state.rawValue)" : nil
        }
    }
}
