import Diagnostics
import Glibc
import Shards
package import Taggers

/// How a model's logits become probabilities that mean what they say: entities with a score of 0.8 are right four times of
/// five, in text like that on which it was measured.
///
/// `calibration.json` in the model's folder. The temperature has the least log loss of the found entities (Guo et al. 2017); the
/// errors are expected calibration errors over 15 bins of equal width, each half of the sentences with the temperature that the
/// other half chose.
package struct EntityCalibration: Codable, Equatable, Sendable {
    package var temperature: Float
    /// Entities that the model found.
    package var entityCount: Int
    package var errorBefore: Double
    package var errorAfter: Double
    /// The data.
    package var data: String
    /// The reliability diagram, without the temperature and with it; nil: from before it was kept.
    package var binsBefore, binsAfter: [ReliabilityBin]?
    /// Digest of the model: one that was trained again has none.
    package var model: String

    package static let fileName = "calibration.json"

    /// What belongs to a model; nil when there is nothing, or of another model.
    package static func read(_ folder: String, of model: Model) throws -> EntityCalibration? {
        let path = "\(folder)/\(fileName)"
        guard Directory.fileExists(path) else { return nil }
        let calibration: EntityCalibration
        do { calibration = try JSON.decode(EntityCalibration.self, from: Directory.contents(of: path)) } catch {
            throw Failure.badCalibration(path)
        }
        guard calibration.temperature.isFinite, calibration.temperature > 0 else { throw Failure.badCalibration(path) }
        return try calibration.model == model.digest() ? calibration : nil
    }

    package func write(_ folder: String) throws {
        try TextFile.write(JSON.encodePretty(self), to: "\(folder)/\(Self.fileName)", OutputRule())
    }
}

extension EntityCalibration {
    /// - Precondition: Some entity was found.
    package init(_ fit: CalibrationFit, data: String, model: String) {
        let diagrams = fit.diagrams
        self.init(
            temperature: fit.temperature, entityCount: fit.entityCount,
            errorBefore: diagrams.before.calibrationError ?? .nan, errorAfter: diagrams.after.calibrationError ?? .nan,
            data: data, binsBefore: diagrams.before, binsAfter: diagrams.after, model: model)
    }
}

/// Log losses and bins of found entities at every temperature that is tried.
package struct CalibrationFit {
    /// From a quarter to eight, in steps of some 7 %.
    package static let temperatures: [Float] = (0...50).map { expf(logf(0.25) + Float($0) * logf(32) / 50) }
    package static let binCount = 15

    private struct Bins {
        var loss = 0.0
        var count = [Double](repeating: 0, count: binCount)
        var score = [Double](repeating: 0, count: binCount)
        var right = [Double](repeating: 0, count: binCount)

        mutating func add(_ value: Float, isRight: Bool) {
            let value = Double(min(max(value, 1e-6), 1 - 1e-6))
            loss -= log(isRight ? value : 1 - value)
            let bin = min(binCount - 1, Int(value * Double(binCount)))
            count[bin] += 1
            score[bin] += value
            right[bin] += isRight ? 1 : 0
        }

        mutating func add(_ other: Bins) {
            loss += other.loss
            for bin in 0..<binCount {
                count[bin] += other.count[bin]
                score[bin] += other.score[bin]
                right[bin] += other.right[bin]
            }
        }

        var diagram: [ReliabilityBin] {
            zip(count, zip(score, right)).filter { $0.0 > 0 }.map { count, sums in
                ReliabilityBin(count: Int(count), score: sums.0 / count, right: sums.1 / count)
            }
        }
    }

    /// `[2 halves][temperatures]`
    private var halves = [[Bins]](repeating: Array(repeating: Bins(), count: temperatures.count), count: 2)
    /// At temperature 1.
    private var before = Bins()
    package private(set) var entityCount = 0

    package init() {}

    /// - Parameters:
    ///   - sentence: Its number, which decides the half.
    ///   - score: At a temperature.
    package mutating func add(sentence: Int, isRight: Bool, score: (Float) -> Float) {
        entityCount += 1
        before.add(score(1), isRight: isRight)
        for (number, temperature) in Self.temperatures.enumerated() {
            halves[sentence % 2][number].add(score(temperature), isRight: isRight)
        }
    }

    private static func best(_ bins: [Bins]) -> Int { bins.indices.min { bins[$0].loss < bins[$1].loss } ?? 0 }

    package var temperature: Float {
        var all = halves[0]
        for number in all.indices { all[number].add(halves[1][number]) }
        return Self.temperatures[Self.best(all)]
    }

    /// Whether a better temperature may lie beyond those that are tried.
    package static func isAtEdge(_ temperature: Float) -> Bool {
        temperature <= temperatures[0] || temperature >= temperatures[temperatures.count - 1]
    }

    /// Each half with the temperature that the other one chose.
    private var after: Bins {
        var after = halves[0][Self.best(halves[1])]
        after.add(halves[1][Self.best(halves[0])])
        return after
    }

    package var diagrams: (before: [ReliabilityBin], after: [ReliabilityBin]) { (before.diagram, after.diagram) }
}
