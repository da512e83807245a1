import Diagnostics
import Shards

/// How the rounds of a student stand, from what lies in their folder.
package struct RoundsStatus: Codable, Equatable, Sendable {
    package var folder: String
    package var rounds: Int
    /// That stand, from the first on.
    package var merged: Int
    /// Of the round that is done now; nil as long as no unit of it is done.
    package var units: Int?
    package var unitsDone = 0
    /// Names of its units without a delta.
    package var missing: [String] = []

    package var isDone: Bool { merged == rounds }

    /// - Returns: nil when it is no folder of rounds.
    package init?(folder: String) throws {
        let rounds = Directory.names(in: folder).compactMap { name -> WorkUnit? in
            guard let round = WorkUnit(ofStream: name + "."), UnitOutput.name(of: round) == name,
                Directory.exists("\(folder)/\(name)")
            else { return nil }
            return round
        }
        guard let first = rounds.first else { return nil }
        if let other = rounds.first(where: { $0.count != first.count }) {
            throw Failure.roundsOfTwoWorks(folder, first, other)
        }
        self.folder = folder
        self.rounds = first.count
        merged = rounds.prefix { RoundFolder(folder, $0).stands }.count
        guard let current = rounds.dropFirst(merged).first else { return }
        let deltas = Set(RoundFolder(folder, current).deltas.compactMap(WorkUnit.init(ofStream:)).map(UnitOutput.name))
        guard let any = RoundFolder(folder, current).deltas.lazy.compactMap(WorkUnit.init(ofStream:)).first else {
            return
        }
        units = any.count
        let all = WorkUnit.all(of: any.count).map(UnitOutput.name)
        missing = all.filter { !deltas.contains($0) }
        unitsDone = any.count - missing.count
    }

    /// For a person.
    package var text: String {
        var lines = ["\(folder): \(rounds) rounds: \(merged) merged"]
        if let units {
            let few = missing.prefix(10).joined(separator: " ") + (missing.count > 10 ? " ..." : "")
            lines.append(
                "  round \(merged + 1): \(unitsDone) of \(units) units done"
                    + (missing.isEmpty ? ", to be merged" : "; not yet: \(few)"))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
