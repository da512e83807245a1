import Evaluation
import Pipelines

extension StudyScores {
    /// How far a tagger's scores of its entities are from the share of them that is right, in percent.
    enum CalibrationMeasure: String, CaseIterable {
        /// The expected calibration error of the scores as they are.
        case error
        /// The same, each half of the sentences with the temperature that the other half chose.
        case fitted
        /// The mean score less the share that is right: above 0, too sure.
        case overconfidence
    }

    /// Nil where nobody looked, or nothing was found.
    func calibration(_ measure: CalibrationMeasure, _ name: String, _ target: String, _ seed: String) -> Double? {
        guard let file = reliability[Key(name: name, target: target)]?[seed] else { return nil }
        let value =
            switch measure {
            case .error: file.own.calibrationError
            case .fitted: file.fitted.calibrationError
            case .overconfidence: file.own.overconfidence
            }
        return value.map { $0 * 100 }
    }

    /// Of the seeds that have it, in the order of the seeds.
    func calibration(_ measure: CalibrationMeasure, _ name: String, _ target: String) -> BySeed {
        seeds.compactMap { seed in calibration(measure, name, target, seed).map { (seed, $0) } }
    }

    func calibrationGain(_ measure: CalibrationMeasure, _ name: String, over base: String, _ target: String) -> BySeed {
        seeds.compactMap { seed in
            guard let own = calibration(measure, name, target, seed),
                let other = calibration(measure, base, target, seed)
            else { return nil }
            return (seed, own - other)
        }
    }

    /// Of how many scored systems a diagram is there, and of how many of these one without an entity.
    var calibrationCounts: (looked: Int, silent: Int) {
        let files = reliability.values.flatMap(\.values)
        return (files.count, files.count { $0.own.isEmpty })
    }
}

extension StudyTables {
    /// How sure methods are of what they find; nothing where no diagram is there.
    var calibrationTable: String {
        guard scores.calibrationCounts.looked > 0 else { return "" }
        let rows = scores.names.map { name in
            [name]
                + StudyScores.CalibrationMeasure.allCases.flatMap { measure in
                    let own = targets.map { scores.calibration(measure, name, $0) }
                    let gains =
                        name == base ? [] : targets.map { scores.calibrationGain(measure, name, over: base, $0) }
                    return [
                        meanCell(own.filter { !$0.isEmpty }, signed: measure == .overconfidence),
                        meanCell(gains.filter { !$0.isEmpty }, signed: true),
                    ]
                }
        }
        return
            "Calibration: how far the scores of found entities are from the share of them that is right, as the mean distance over 15 bins (expected calibration error), in percent; fitted: each half of the sentences with the temperature that the other half chose; too sure: the mean score less the share that is right. Means over the targets; less `\(base)`, paired by seed.\n\n"
            + Self.table(
                ["method", "error", "less `\(base)`", "fitted", "less `\(base)`", "too sure", "less `\(base)`"], rows)
    }

    var calibrationNotes: String {
        let (looked, silent) = scores.calibrationCounts, all = scores.systemCounts.all
        guard looked > 0 else { return "" }
        return
            "- Calibration: of \(looked) of \(all) scored systems there is a diagram, \(silent) of these without an entity.\n"
    }
}
