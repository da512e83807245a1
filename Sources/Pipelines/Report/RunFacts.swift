import Diagnostics
import Distillation
import Evaluation
import Runs
import Shards
import Taggers

/// What the records of a run say, without anything computed again: of a model's folder, or of one that `distill` made.
struct RunFacts {
    /// A model that was trained.
    struct Training {
        let name: String
        let path: String
        let epochs: [TrainingRun.EpochReport]
        let bestEpoch: Int?
        let updates, tokens, legs, peakResidentBytes: Int
        let seconds: Double
        let kernels: String
        /// The updates after which another process went on.
        let resumes: [Int]
        let memoryBoundBytes: Int?
        let flow: FlowRecord?
        let calibration: EntityCalibration?
        let words: [String]
        /// What must be the same when it is continued, by name.
        let identity: [(name: String, text: String)]
    }

    struct Score {
        let name: String
        let scores: ScoresFile
        let counts: CountsFile?
    }

    let path: String
    private(set) var trainings: [Training] = []
    private(set) var scores: [Score] = []
    private(set) var phases: [(name: String, record: PhaseRecord)] = []
    private(set) var recipe: String?

    /// - Throws: When the folder has no records of ours.
    init(path: String) throws {
        self.path = path
        let folders = [path] + Self.folders(in: "\(path)/\(DistillRecipe.workName)")
        for folder in folders where Directory.fileExists("\(folder)/\(RunFolder.recordName)") {
            if let training = try Self.training(folder) { trainings.append(training) }
        }
        for system in ["teacher", "student"] {
            let base = "\(path)/scores.\(system)"
            guard let scores = try ScoresFile(path: base + ".json") else { continue }
            let counts = Directory.fileExists(base + ".counts") ? try CountsFile(path: base + ".counts") : nil
            self.scores.append(Score(name: system, scores: scores, counts: counts))
        }
        let records = "\(path)/\(DistillRecipe.recordsName)"
        for name in Directory.names(in: records) where name.hasSuffix(".json") {
            if let record = PhaseRecord(at: "\(records)/\(name)") { phases.append((String(name.dropLast(5)), record)) }
        }
        let recipe = "\(path)/\(DistillRecipe.fileName)"
        if Directory.fileExists(recipe) {
            self.recipe = String(decoding: try Directory.contents(of: recipe), as: UTF8.self)
        }
        guard !trainings.isEmpty || !scores.isEmpty || !phases.isEmpty else { throw Failure.nothingToReport(path) }
    }

    private static func folders(in path: String) -> [String] {
        Directory.names(in: path).map { "\(path)/\($0)" }.filter(Directory.exists)
    }

    private static func training(_ folder: String) throws -> Training? {
        let place = "\(folder)/\(RunFolder.recordName)", bytes = try Directory.contents(of: place)
        guard let record = try? JSON.decode(StudentRecord.self, from: bytes) else { return nil }
        let signature = try RunSignature(bytes, place: place)
        return Training(
            name: String(folder.split(separator: "/").last ?? "model"), path: folder, epochs: record.epochs,
            bestEpoch: record.bestEpoch,
            updates: record.updates, tokens: record.tokens, legs: record.legs,
            peakResidentBytes: record.peakResidentBytes,
            seconds: record.seconds, kernels: signature.kernels, resumes: record.resumes ?? [],
            memoryBoundBytes: record.memoryBoundBytes, flow: record.flow,
            calibration: try calibration(folder), words: record.words ?? [],
            identity: signature.identity.lines)
    }

    private static func calibration(_ folder: String) throws -> EntityCalibration? {
        guard Directory.fileExists("\(folder)/\(EntityCalibration.fileName)"), Model.exists(at: folder) else {
            return nil
        }
        return try EntityCalibration.read(folder, of: Model(path: folder))
    }

    /// What should make somebody look, by the records alone.
    var alarms: [String] {
        var alarms: [String] = []
        for training in trainings {
            if let bound = training.memoryBoundBytes, training.peakResidentBytes > bound {
                alarms.append(
                    "\(training.path): peak memory \(training.peakResidentBytes >> 20) MiB, above its bound of \(bound >> 20) MiB"
                )
            }
            if let flow = training.flow {
                for (index, stage) in flow.stages.enumerated() where flow.unexplained(index) != 0 {
                    alarms.append(
                        "\(training.path): \(flow.unexplained(index)) sentences are gone in \(stage.name) without a reason"
                    )
                }
            }
            guard let last = training.epochs.last else { continue }
            if last.targetEntityTokens > 0, last.predictedEntityTokens == 0 {
                alarms.append("\(training.path): no token is labelled as an entity in the last epoch")
            } else if last.targetEntityTokens > 0 {
                let share = Double(last.predictedEntityTokens) / Double(last.targetEntityTokens)
                if share < 0.5 || share > 2 {
                    alarms.append(
                        "\(training.path): the last epoch labels \(FixedDecimal.text(share, decimals: 2)) times as many tokens as entities as it learns from"
                    )
                }
            }
            if let least = training.epochs.map(\.loss).min(), last.loss > 1.1 * least {
                alarms.append(
                    "\(training.path): the loss rises at the end, from \(FixedDecimal.text(least, decimals: 5)) to \(FixedDecimal.text(last.loss, decimals: 5))"
                )
            }
            if training.epochs.contains(where: { !$0.loss.isFinite }) {
                alarms.append("\(training.path): the loss is no number in some epoch")
            }
        }
        if let teacher = scores.first(where: { $0.name == "teacher" }),
            let student = scores.first(where: { $0.name == "student" }),
            let interval = teacher.scores.interval, student.scores.overall.f1 < interval.f1Low
        {
            alarms.append(
                "\(path): the student is worse than its teacher, F1 \(FixedDecimal.text(student.scores.overall.f1, decimals: 2)) below \(FixedDecimal.text(interval.f1Low, decimals: 2)), the lower end of the teacher's interval"
            )
        }
        for (name, record) in phases where !record.isDone {
            alarms.append("\(path): phase \(name) was begun and is not done")
        }
        return alarms
    }
}

extension RunFacts.Training {
    /// Where the run was resumed, in epochs from the end of the first one; nothing where the record does not say how long epochs were.
    var resumeMarks: [Double] {
        let ends = epochs.compactMap(\.lastUpdate)
        guard ends.count == epochs.count, let first = ends.first else { return [] }
        return resumes.compactMap { update in
            guard let epoch = ends.firstIndex(where: { update <= $0 }) else { return nil }
            let before = epoch == 0 ? 0 : ends[epoch - 1]
            let part = Double(update - before) / Double(max(1, (epoch == 0 ? first : ends[epoch]) - before))
            return max(0, Double(epoch) - 1 + part)
        }
    }
}
