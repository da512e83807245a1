import Diagnostics
import Evaluation
import Shards

/// How the rounds of a student stand, from what lies in their folder.
package struct RoundsStatus: Codable, Equatable, Sendable {
    package var folder: String
    package var rounds: Int
    /// That stand, from the first on.
    package var merged: Int
    /// From one round to the next, on average.
    package var secondsARound: Double?
    /// Of the round that is done now; nil as long as no unit of it was begun.
    package var units: Int?
    package var unitsDone = 0
    /// Its units without a delta.
    package var open: [OpenUnit] = []

    package var isDone: Bool { merged == rounds }

    /// - Returns: nil when it is no folder of rounds.
    package init?(folder: String) throws {
        let found = Directory.names(in: folder).compactMap { name -> WorkUnit? in
            guard let round = WorkUnit(ofStream: name + "."), UnitOutput.name(of: round) == name,
                Directory.exists("\(folder)/\(name)")
            else { return nil }
            return round
        }
        // Of a round in which nobody came to anything, only notes are there; they say less than what was made.
        let made = found.filter { RoundFolder(folder, $0).hasResults }
        guard
            let first = made.first
                ?? found.max(by: { RoundFolder(folder, $0).noted < RoundFolder(folder, $1).noted })
        else { return nil }
        if let other = made.first(where: { $0.count != first.count }) {
            throw Failure.roundsOfTwoWorks(folder, first, other)
        }
        self.folder = folder
        self.rounds = first.count
        let rounds = found.filter { $0.count == first.count }
        merged = rounds.prefix { RoundFolder(folder, $0).stands }.count
        let times = rounds.prefix(merged).map { Directory.changed(RoundFolder(folder, $0).record) }
        if merged > 1, let first = times.first ?? nil, let last = times.last ?? nil {
            secondsARound = (last - first) / Double(merged - 1)
        }
        guard let current = rounds.dropFirst(merged).first.map({ RoundFolder(folder, $0) }) else { return }
        let done = current.deltas.compactMap(WorkUnit.init(ofStream:)), deltas = Set(done.map(UnitOutput.name))
        guard let count = (done.first ?? current.unitNotedLast)?.count else { return }
        units = count
        open = WorkUnit.all(of: count).filter { !deltas.contains(UnitOutput.name(of: $0)) }.map {
            OpenUnit(UnitOutput.name(of: $0), current.notes(of: $0).last)
        }
        unitsDone = count - open.count
    }

    /// For a person.
    package var text: String {
        let pace = secondsARound.map {
            ", \(FixedDecimal.text($0, decimals: 1)) s each, \(Int(($0 * Double(rounds - merged)).rounded())) s to go"
        }
        var lines = ["\(folder): \(rounds) rounds: \(merged) merged\(isDone ? "" : pace ?? "")"]
        if let units {
            let states = open.isEmpty ? "to be merged" : open.counted.joined(separator: ", ")
            lines.append("  round \(merged + 1): \(unitsDone) of \(units) units done, \(states)")
            lines += open.compactMap(\.text)
            let waiting = open.filter { $0.state == .waiting }.map(\.unit)
            if !waiting.isEmpty {
                lines.append(
                    "  waiting: \(waiting.prefix(10).joined(separator: " "))\(waiting.count > 10 ? " ..." : "")")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
