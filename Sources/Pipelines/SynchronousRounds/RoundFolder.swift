import Diagnostics
package import Shards
import Taggers

/// A student that many processes learn in synchronous rounds, as a folder that all of them see.
///
/// Round K of R: every unit goes on from the same weights with its own data, for its share of all its updates (``Shards/WorkUnit/share(of:)``);
/// `merge` makes the weights of the next round of what came out. In the folder `00005-of-00040` of a round:
///
/// | file | what | from | until |
/// |---|---|---|---|
/// | `00003-of-00008.state` | where unit 3 stands in its data, with AdamW's moments | the end of its round | the next round is merged |
/// | `00003-of-00008.delta` | its weights (``RoundDelta``) | after its state: the unit is done | the next round is merged |
/// | `00003-of-00008.attempt.json` | who does the unit, or why it failed (``UnitNotes``) | its beginning, every 10 s | its delta is there, or the next round is merged |
/// | `config.json`, `model.safetensors`, `README.md` | the weights after the round: a model | the merge | |
/// | `velocity` | of the outer optimizer, when it has one | the merge | |
/// | `run.json` | ``RoundRecord`` | after all of these: the round stands | |
///
/// What a process makes is a function of files that nobody changes any more, and takes its name when it is complete. So it does not matter who
/// does a unit, when, how often, and how many at once; one that is killed leaves nothing that counts.
package struct RoundFolder: Sendable {
    /// Of all rounds.
    package let folder: String
    /// Which of them, of how many.
    package let round: WorkUnit

    package init(_ folder: String, _ round: WorkUnit) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        self.round = round
    }

    static let deltaEnding = ".delta", stateEnding = ".state"
    static let recordName = "run.json", velocityName = "velocity"

    package var path: String { "\(folder)/\(UnitOutput.name(of: round))" }
    /// The round before; nil for the first.
    var previous: RoundFolder? { round.predecessor.map { RoundFolder(folder, $0) } }

    func delta(of unit: WorkUnit) -> String { "\(path)/\(UnitOutput.name(of: unit))\(Self.deltaEnding)" }
    func state(of unit: WorkUnit) -> String { "\(path)/\(UnitOutput.name(of: unit))\(Self.stateEnding)" }
    var record: String { "\(path)/\(Self.recordName)" }
    var velocity: String { "\(path)/\(Self.velocityName)" }

    /// Whether the weights after the round are there.
    package var stands: Bool { Directory.fileExists(record) && Model.exists(at: path) }

    /// The deltas that lie there, whatever their names are before the ending.
    package var deltas: [String] {
        Directory.names(in: path).filter { $0.hasSuffix(Self.deltaEnding) }.map { "\(path)/\($0)" }
    }

    /// Whether there is more than notes.
    var hasResults: Bool {
        Directory.names(in: path).contains { !$0.hasSuffix(UnitNotes.ending) && !$0.hasSuffix(".tmp") }
    }

    /// Units that were begun and are not done, with the time at which something was said of them last.
    private var notes: [(unit: WorkUnit, time: Double)] {
        Directory.names(in: path).filter { $0.hasSuffix(UnitNotes.ending) }.compactMap { name in
            guard let unit = WorkUnit(ofStream: name), let note = UnitAttempt(at: "\(path)/\(name)") else { return nil }
            return (unit, note.time)
        }
    }
    var noted: Double { notes.map(\.time).max() ?? 0 }
    var unitNotedLast: WorkUnit? { notes.max { $0.time < $1.time }?.unit }

    /// What is said of a unit.
    package func notes(of unit: WorkUnit) -> UnitNotes {
        UnitNotes(path: "\(path)/\(UnitOutput.name(of: unit))\(UnitNotes.ending)", namesRefused: false) {
            stands || Directory.fileExists(delta(of: unit))
        }
    }

    /// Bytes that a unit leaves in a round.
    static func byteCount(weights: Int, _ moments: InnerMoments) -> Int { weights * 4 * (moments == .keep ? 3 : 1) }

    /// Removes what nobody needs once the round stands: deltas, states and notes of the round before, with what killed processes were writing; after
    /// the last round those of all, because a worker may have come late.
    func removePast() throws {
        let past =
            round.isLast
            ? WorkUnit.all(of: round.count) : [round.predecessor].compactMap(\.self)
        for path in past.map({ RoundFolder(folder, $0).path }) {
            for name in Directory.names(in: path)
            where [Self.deltaEnding, Self.stateEnding, UnitNotes.ending].contains(where: {
                name.hasSuffix($0) || name.hasSuffix($0 + ".tmp")
            }) {
                try Directory.remove("\(path)/\(name)")
            }
        }
    }
}

extension WorkUnit {
    /// The unit whose stream a file is, by the name that it has in a folder of units.
    package init?(ofStream path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let match = name.prefixMatch(of: /([0-9]{5,7})-of-([0-9]{5,7})\./), let count = Int(match.2) else {
            return nil
        }
        self.init("\(Int(match.1) ?? 0)/\(count)")
    }
}
