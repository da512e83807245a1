import Evaluation
import Shards
import Statistics

/// What a study found, for programs.
struct StudyRecord: Encodable {
    struct Comparison: Encodable {
        let name, base, target: String
        let difference: Double
        let standardDeviation: Double?
        /// 95 %, with seeds and sentences drawn.
        let interval: Interval
        let pValue, corrected: Double
        let seeds: Int
    }

    struct Part: Encodable {
        let axes: [String: String]
        let comparisons, controls: [Comparison]
        let silent: [String]
    }

    /// What the file is known by.
    static let form = "nerpipe study 1"

    let form = Self.form
    let study: String
    let methods, targets, seeds: [String]
    let base: String
    let parts: [Part]
    let trends: [AxisTrend]
    let gain: GainAnalysis?
    let failed: [StudyRun.Failed]

    init(_ results: StudyResults) {
        let study = results.study
        self.study = study.name
        (methods, targets, seeds) = (study.values("method"), study.values("target"), study.values("seed"))
        base = study.base
        (trends, gain) = (results.trends, results.gain)
        failed = results.failed
        parts = results.parts.map { part in
            let names = part.scores.names.filter { $0 != study.base }
            return Part(
                axes: study.furtherAxes.reduce(into: [:]) { $0[$1.name] = part.scores.variant.value($1.name) },
                comparisons: names.flatMap { Self.comparisons(part.tables, $0, study.base) },
                controls: part.tables.controls.flatMap { Self.comparisons(part.tables, $0.name, $0.base) },
                silent: part.tables.silentSystems)
        }
    }

    private static func comparisons(_ tables: StudyTables, _ name: String, _ base: String) -> [Comparison] {
        tables.comparisons.row(name, base).map { cell in
            let values = cell.found.differences.map(\.value)
            return Comparison(
                name: name, base: base, target: cell.target, difference: cell.found.mean,
                standardDeviation: SeedSummary(values).standardDeviation,
                interval: Interval(low: cell.found.low, high: cell.found.high), pValue: cell.found.pValue,
                corrected: cell.corrected, seeds: values.count)
        }
    }

    /// Whether a file is one of these, of a study of this name.
    static func isOne(_ path: String, of study: String) -> Bool {
        struct Form: Decodable { let form, study: String }
        guard Directory.fileExists(path), let bytes = try? Directory.contents(of: path),
            let found = try? JSON.decode(Form.self, from: bytes)
        else { return false }
        return found.form == form && found.study == study
    }
}
