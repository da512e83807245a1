import Diagnostics
package import Objectives
package import Taggers

/// Everything that decides how weights are updated; a part of a run's identity.
package struct TrainingSettings: Sendable, Equatable {
    package enum Schedule: String, CaseIterable, Sendable {
        /// Warm-up and linear decay over all updates; needs to know how many there are.
        case linear
        /// Warm-up, then the inverse square root; for a stream of unknown length.
        case inverseSquareRoot = "inverse-sqrt"
        case constant
    }

    package var objective = ObjectiveChoice(KnownObjectives.all[0])
    /// What the weights that are kept are a running mean of: `a <- d a + (1 - d) w` after each update; nil: the last.
    package var averageDecay: Double?
    /// Passes over the data; 1 trains while the stream flows.
    package var epochs = 8
    /// Tokens of one update.
    package var batchTokenCount = 700
    /// Tokens that are shuffled together; the memory of the shuffle is proportional to it.
    package var windowTokenCount = 200_000
    package var learningRate = 2e-3
    /// nil: `linear` when there are several epochs, `inverse-sqrt` when there is one.
    package var schedule: Schedule?
    package var warmUpFraction = 0.05
    /// Warm-up of the schedules that know no length.
    package var warmUpUpdateCount = 200
    /// Final factor of `linear`.
    package var scheduleFloor = 0.02
    package var beta1 = 0.9
    package var beta2 = 0.99
    package var weightDecay = 1e-4
    package var maximumGradientNorm = 5.0
    package var dropout = 0.15
    package var vectorDropout = 0.2
    package var seed: UInt64 = 1
    package var precision = ArithmeticPrecision.full

    package init() {}

    package var resolvedSchedule: Schedule { schedule ?? (epochs > 1 ? .linear : .inverseSquareRoot) }

    /// - Parameter updatesPerEpoch: nil when the stream's length is not known.
    package func learningRateSchedule(updatesPerEpoch: Int?) -> LearningRateSchedule {
        switch resolvedSchedule {
        case .linear:
            .linear(updateCount: (updatesPerEpoch ?? 0) * epochs, warmUpFraction: warmUpFraction, floor: scheduleFloor)
        case .inverseSquareRoot: .inverseSquareRoot(warmUpUpdateCount: warmUpUpdateCount)
        case .constant: .constant
        }
    }

    /// Whether the number of tokens must be known before the first update.
    package var needsLength: Bool { resolvedSchedule == .linear || objective.needs.contains(.progress) }

    package var optimizer: AdamW {
        AdamW(
            learningRate: learningRate, beta1: beta1, beta2: beta2, weightDecay: weightDecay,
            maximumGradientNorm: maximumGradientNorm)
    }

    package func validate() throws {
        let checks: [(String, Bool, String)] = [
            ("epochs", epochs >= 1, "at least 1"),
            ("batch tokens", (1...1_000_000).contains(batchTokenCount), "from 1 to 1000000"),
            ("window tokens", (batchTokenCount...100_000_000).contains(windowTokenCount), "at least the batch tokens"),
            ("learning rate", learningRate > 0 && learningRate.isFinite, "greater than 0"),
            ("warm-up fraction", (0...1).contains(warmUpFraction), "from 0 to 1"),
            ("warm-up updates", warmUpUpdateCount >= 0, "at least 0"),
            ("schedule floor", (0...1).contains(scheduleFloor), "from 0 to 1"),
            ("beta1", (0..<1).contains(beta1), "from 0 to below 1"),
            ("beta2", (0..<1).contains(beta2), "from 0 to below 1"),
            ("weight decay", weightDecay >= 0 && weightDecay.isFinite, "at least 0"),
            ("average", (0..<1).contains(averageDecay ?? 0), "from 0 to below 1"),
            ("clip", maximumGradientNorm > 0, "greater than 0"),
            ("dropout", (0..<1).contains(dropout), "from 0 to below 1"),
            ("vector dropout", (0..<1).contains(vectorDropout), "from 0 to below 1"),
        ]
        if let (name, _, rule) = checks.first(where: { !$0.1 }) { throw Failure.unusableSetting(name, rule) }
        if let refused = objective.refused {
            throw Failure.unusableSetting(refused.name, "at least \(refused.minimum)")
        }
    }
}

extension TrainingSettings {
    /// What must be the same when a run is continued.
    package struct Identity: Codable, Sendable {
        var objective: String
        /// nil when it has none.
        var objectiveParameters: [String: Double]?
        var epochs, batchTokens, windowTokens: Int
        var learningRate: Double
        var schedule: String
        var warmUp: Double
        var warmUpUpdates: Int
        var scheduleFloor, beta1, beta2, weightDecay, clip, dropout, vectorDropout: Double
        var average: Double?
        var seed: UInt64
        /// nil: 32 bits.
        var precision: String?
    }

    package var identity: Identity {
        Identity(
            objective: objective.name, objectiveParameters: objective.parameters.isEmpty ? nil : objective.parameters,
            epochs: epochs, batchTokens: batchTokenCount, windowTokens: windowTokenCount, learningRate: learningRate,
            schedule: resolvedSchedule.rawValue, warmUp: warmUpFraction, warmUpUpdates: warmUpUpdateCount,
            scheduleFloor: scheduleFloor, beta1: beta1, beta2: beta2, weightDecay: weightDecay,
            clip: maximumGradientNorm, dropout: dropout, vectorDropout: vectorDropout, average: averageDecay,
            seed: seed, precision: precision == .full ? nil : precision.rawValue)
    }
}
