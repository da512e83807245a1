import Corpora
import Diagnostics
package import Shards

/// How often what a model is sure of is right, in a file: the two reliability diagrams of `evaluate --reliability`.
///
/// Lines `scores TAB entities TAB mean score TAB share right` under a header of these names. Of `own` scores, and of
/// `fitted` ones, for which each half of the sentences has the temperature that the other half chose. A model that finds
/// nothing has no lines.
package struct ReliabilityFile: Equatable, Sendable {
    package let own, fitted: [ReliabilityBin]

    private static let columns = ["scores", "entities", "mean score", "share right"]
    /// As of ``CountsFile``: sums of them cannot overflow.
    private static let largestCount = 1 << 30

    package init(own: [ReliabilityBin], fitted: [ReliabilityBin]) { (self.own, self.fitted) = (own, fitted) }

    package init(_ fit: CalibrationFit) { self.init(own: fit.diagrams.before, fitted: fit.diagrams.after) }

    package func write(to path: String, _ rule: OutputRule = OutputRule()) throws {
        let lines = [("own", own), ("fitted", fitted)].flatMap { name, bins in
            bins.map { "\(name)\t\($0.count)\t\($0.score)\t\($0.right)\n" }
        }
        try TextFile.write(Self.columns.joined(separator: "\t") + "\n" + lines.joined(), to: path, rule)
    }

    package init(path: String) throws {
        let reader = try FieldReader(path: path, .tab)
        guard try reader.next() == Self.columns else {
            throw reader.failure("no diagram of 'nerpipe evaluate --reliability'; is it the right file?")
        }
        var bins: [String: [ReliabilityBin]] = [:]
        while let fields = try reader.next(Self.columns.count) {
            guard ["own", "fitted"].contains(fields[0]), let count = Int(fields[1]),
                (1...Self.largestCount).contains(count), bins[fields[0], default: []].count < CalibrationFit.binCount
            else { throw reader.failure("not 'own' or 'fitted' and a number of entities; make the file anew") }
            let values = try (2...3).map { try reader.number(fields[$0], column: $0 + 1) }
            guard values.allSatisfy({ (0...1).contains($0) }) else {
                throw reader.failure("scores and shares are from 0 to 1; make the file anew")
            }
            bins[fields[0], default: []].append(ReliabilityBin(count: count, score: values[0], right: values[1]))
        }
        (own, fitted) = (bins["own"] ?? [], bins["fitted"] ?? [])
        guard own.entityCount == fitted.entityCount else {
            throw reader.failure(
                "\(own.entityCount) entities with own scores and \(fitted.entityCount) with fitted ones; make the file anew"
            )
        }
    }
}
