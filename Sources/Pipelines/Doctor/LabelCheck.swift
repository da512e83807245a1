import Corpora
import Diagnostics
package import Formats
import Shards

/// Labels of all that is labelled, held against each other.
package struct LabelCheck: Sendable {
    private let materials: DistillMaterials
    private let reading: ReadingNotes

    package init(_ materials: DistillMaterials, reading: ReadingNotes) {
        (self.materials, self.reading) = (materials, reading)
    }

    package func findings() -> [Finding] {
        let groups = [
            ("--source", materials.sources.map(\.path)), ("--dev", materials.development.map(\.path)),
            ("--gold", materials.gold),
        ].filter { !$0.1.isEmpty }
        var findings: [Finding] = [], types: [(option: String, counts: [String: Int])] = []
        for (option, paths) in groups {
            do {
                let labels = try LabelFilter(map: materials.map, types: materials.types)
                let bad = BadRecords(.skip, maximumCount: .max)
                let corpus = GoldCorpus(
                    files: paths.flatMap(Directory.expand).map { GoldCorpus.File(path: $0, language: nil) },
                    labels: labels,
                    longSentences: .cut, requiresIOB: false, bad: bad, reading: reading)
                let counts = labels.renamed(try corpus.survey().entityCounts)
                let text = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
                if bad.count > 0 {
                    findings.append(
                        Finding(
                            .error, "labels", "\(option): \(bad.count) sentences cannot be read",
                            advice: "'nerpipe train' names the first with its line; --on-error skip leaves them out"))
                }
                guard !counts.isEmpty else {
                    findings.append(
                        Finding(
                            .error, "labels", "\(option): no entity in \(paths.joined(separator: ", "))",
                            advice: "look at its columns, and at --types and --map"))
                    continue
                }
                findings.append(Finding(.good, "labels", "\(option): \(text.joined(separator: ", "))"))
                types.append((option, counts))
            } catch {
                findings.append(Finding(.error, "labels", "\(option): \(Self.text(of: error))"))
            }
        }
        return findings + meeting(types)
    }

    static func text(of error: any Error) -> String { (error as? Failure)?.message ?? "\(error)" }

    /// Types that one side has and the other does not.
    private func meeting(_ types: [(option: String, counts: [String: Int])]) -> [Finding] {
        guard let source = types.first(where: { $0.option == "--source" }) else { return [] }
        return types.filter { $0.option != "--source" }.flatMap { other -> [Finding] in
            let here = Set(source.counts.keys), there = Set(other.counts.keys)
            let onlyHere = here.subtracting(there).sorted(), onlyThere = there.subtracting(here).sorted()
            guard !onlyHere.isEmpty || !onlyThere.isEmpty else { return [] }
            let both = here.intersection(there)
            let parts = [
                onlyHere.isEmpty ? nil : "--source alone has \(onlyHere.joined(separator: ", "))",
                onlyThere.isEmpty ? nil : "\(other.option) alone has \(onlyThere.joined(separator: ", "))",
            ].compactMap { $0 }
            let advice =
                both.isEmpty
                ? "rename with --map FROM=TO"
                : "--types \(both.sorted().joined(separator: ",")) takes what both have, --map FROM=TO renames"
            return [
                Finding(
                    both.isEmpty || !onlyHere.isEmpty && !onlyThere.isEmpty ? .error : .warning, "labels",
                    parts.joined(separator: "; "), advice: advice)
            ]
        }
    }
}
