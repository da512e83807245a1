import Pipelines
import Shards

/// One run: a value of each axis, and what follows from them.
package struct StudyCell: Sendable {
    /// By the names of the axes.
    package let values: [String: String]
    /// `METHOD-TARGET-SEED`, of its files.
    package let name: String
    /// Where it works: that of the study, or for values of further axes a folder of their own in it.
    package let folder: String
    /// Its words and variables as they are remembered: with the values of the axes, but variables of the environment by
    /// their names.
    package let words: [String]
    package let environment: [String: String]

    init(_ values: [String: String], of study: StudyDefinition) {
        self.values = values
        name = StudyDefinition.ownAxes.map { values[$0] ?? "" }.joined(separator: "-")
        folder = StudyVariant(values, of: study).folder
        func put(_ text: String) -> String {
            values.reduce(text) { $0.replacing("${\($1.key)}", with: $1.value) }
        }
        words = study.command.map(put)
        var environment: [String: String] = [:]
        for axis in study.axes { environment[axis.name.uppercased()] = values[axis.name] ?? "" }
        environment.merge(study.environment.mapValues(put)) { $1 }
        self.environment = environment
    }

    package var method: String { values["method"] ?? "" }
    package var target: String { values["target"] ?? "" }
    package var seed: String { values["seed"] ?? "" }

    /// Lines of its scores, once it is done.
    var linesPath: String { Self.linesPath(name, in: folder) }
    static func linesPath(_ name: String, in folder: String) -> String { "\(folder)/lines/\(name)" }
    /// With which words it was done, and what it took.
    var recordPath: String { "\(folder)/cells/\(name).json" }
    var logPath: String { "\(folder)/logs/\(name)" }
    var lockPath: String { "\(folder)/locks/cell-\(name)" }

    /// For messages.
    package var title: String { ([method, target, seed] + furtherValues).joined(separator: " ") }

    private var furtherValues: [String] {
        values.filter { !StudyDefinition.ownAxes.contains($0.key) }.sorted { $0.key < $1.key }.map {
            "\($0.key)=\($0.value)"
        }
    }
}

/// The values of the axes that are not method, target or seed: what has tables of its own.
package struct StudyVariant: Hashable, Sendable {
    /// `AXIS=VALUE`, in the order of the axes; empty where there are no further axes.
    package let parts: [String]
    package let folder: String

    init(_ values: [String: String], of study: StudyDefinition) {
        parts = study.furtherAxes.map { "\($0.name)=\(values[$0.name] ?? "")" }
        folder = parts.isEmpty ? study.work : "\(study.work)/\(parts.joined(separator: ","))"
    }

    package var title: String { parts.joined(separator: ", ") }

    /// The value of an axis.
    package func value(_ axis: String) -> String? {
        parts.first { $0.hasPrefix("\(axis)=") }.map { String($0.dropFirst(axis.count + 1)) }
    }
}

extension StudyDefinition {
    /// All cells: those of a seed before those of the next, so that a study that is stopped has whole seeds.
    package var cells: [StudyCell] {
        var combinations: [[String: String]] = [[:]]
        let order = ["seed"] + furtherAxes.map(\.name) + ["method", "target"]
        for axis in order {
            combinations = combinations.flatMap { values in
                self.values(axis).map { value in values.merging([axis: value]) { $1 } }
            }
        }
        // The labels of a target teach nobody: where a source is the target (`en+swa` of `swa`) there is no cell.
        return combinations.filter { values in
            !["source", "sources"].contains { axis in
                (values[axis] ?? "").split(separator: "+").contains { $0 == values["target"] ?? "" }
            }
        }.map { StudyCell($0, of: self) }
    }

    package var variants: [StudyVariant] {
        var seen: Set<StudyVariant> = []
        return cells.map { StudyVariant($0.values, of: self) }.filter { seen.insert($0).inserted }
    }
}
