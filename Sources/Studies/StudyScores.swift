import Diagnostics
import Evaluation
import Pipelines
import Shards

/// What the cells of one variant scored: the counts behind every name, target and seed.
package struct StudyScores: Sendable {
    struct Key: Hashable {
        let name, target: String
    }

    package let variant: StudyVariant
    /// Names of scores, in the order of the methods that printed them; the base first where only its counts are there.
    package let names: [String]
    let targets, seeds: [String]
    /// By name and target, then by seed.
    let counts: [Key: [String: CountsFile]]
    /// Of those of these that have one.
    let reliability: [Key: [String: ReliabilityFile]]
    private let sums: [Key: [String: PhraseCounts]]
    private let seenSums: [Key: [String: PhraseCounts]]

    /// What a cell that failed left is not counted: a score needs a line, but for those of a base that no line names.
    ///
    /// - Throws: When lines, counts or diagrams cannot be read, or those of a target are of different gold data.
    package init(_ study: StudyDefinition, _ variant: StudyVariant) throws {
        self.variant = variant
        targets = study.values("target")
        seeds = study.values("seed")
        var names: [String] = [], named: Set<String> = [], lines: Set<ScoreLine> = []
        // In the order of the methods, then of targets and seeds.
        for method in study.values("method") {
            for target in targets {
                for seed in seeds {
                    let path = StudyCell.linesPath("\(method)-\(target)-\(seed)", in: variant.folder)
                    guard Directory.fileExists(path) else { continue }
                    for line in try ScoreLine.all(in: path) {
                        lines.insert(line)
                        if named.insert(line.name).inserted { names.append(line.name) }
                    }
                }
            }
        }
        var reliability: [Key: [String: ReliabilityFile]] = [:]
        var counts: [Key: [String: CountsFile]] = [:], first: [String: (path: String, file: CountsFile)] = [:]
        for name in names + (named.contains(study.base) ? [] : [study.base]) {
            for target in targets {
                for seed in seeds {
                    let line = ScoreLine(target: target, name: name, seed: seed)
                    let path = line.countsPath(in: variant.folder)
                    guard lines.contains(line) || !named.contains(name), Directory.fileExists(path) else { continue }
                    let file = try CountsFile(path: path)
                    let one = first[target] ?? (path, file)
                    guard file.goldDigest == one.file.goldDigest, file.sentences.count == one.file.sentences.count
                    else { throw Failure.scoredOnOtherGold(path, than: one.path) }
                    first[target] = one
                    let key = Key(name: name, target: target)
                    counts[key, default: [:]][seed] = file
                    let diagram = line.reliabilityPath(in: variant.folder)
                    if Directory.fileExists(diagram) {
                        reliability[key, default: [:]][seed] = try ReliabilityFile(path: diagram)
                    }
                }
            }
        }
        if !named.contains(study.base), targets.contains(where: { counts[Key(name: study.base, target: $0)] != nil }) {
            names.insert(study.base, at: 0)
        }
        (self.names, self.counts, self.reliability) = (names, counts, reliability)
        sums = counts.mapValues { $0.mapValues(\.sentences.sum) }
        seenSums = counts.mapValues { $0.compactMapValues { $0.seen?.sum } }
    }

    /// The sum over all sentences, by seed.
    func totals(_ name: String, _ target: String) -> [String: PhraseCounts] {
        sums[Key(name: name, target: target)] ?? [:]
    }

    /// The same of entities that were seen in what was learnt from, of the seeds whose counts tell them from others.
    func seenTotals(_ name: String, _ target: String) -> [String: PhraseCounts] {
        seenSums[Key(name: name, target: target)] ?? [:]
    }

    /// F1 by seed, in the order of the seeds.
    func f1(_ name: String, _ target: String) -> [(seed: String, f1: Double)] {
        let totals = totals(name, target)
        return seeds.compactMap { seed in totals[seed].map { (seed, $0.f1) } }
    }

    /// The seeds that two scores both have for a target.
    func sharedSeeds(_ name: String, _ base: String, _ target: String) -> [String] {
        let own = counts[Key(name: name, target: target)] ?? [:],
            others = counts[Key(name: base, target: target)] ?? [:]
        return seeds.filter { own[$0] != nil && others[$0] != nil }
    }
}
