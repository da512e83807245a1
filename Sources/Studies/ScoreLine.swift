import Corpora
import Diagnostics

/// A line `TARGET NAME SEED F1` that a cell prints, F1 in percent.
package struct ScoreLine: Hashable, Sendable {
    let target, name, seed: String

    /// All lines of a file.
    ///
    /// - Throws: When one of them is of another form, or its words could not stand in the name of a file.
    package static func all(in path: String) throws -> [ScoreLine] {
        try all(FieldReader(path: path, .space))
    }

    static func all(_ reader: FieldReader) throws -> [ScoreLine] {
        var lines: [ScoreLine] = []
        while let fields = try reader.next() {
            guard fields.count == 4, fields[..<3].allSatisfy(StudyDefinition.isWord), let f1 = Double(fields[3]),
                (0...100).contains(f1)
            else { throw reader.failure("not 'TARGET NAME SEED F1' with single spaces between them") }
            lines.append(ScoreLine(target: fields[0], name: fields[1], seed: fields[2]))
        }
        return lines
    }

    package func countsPath(in folder: String) -> String { path("counts", in: folder) }
    func reliabilityPath(in folder: String) -> String { path("reliability", in: folder) }

    private func path(_ ending: String, in folder: String) -> String {
        "\(folder)/scores/\(target)-\(name)-\(seed).\(ending)"
    }
}
