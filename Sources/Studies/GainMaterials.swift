import Diagnostics
import Pipelines
import Shards

/// What a gain is held against. It is read before a cell is run, so that hours do not end in a file that is not there.
package struct GainMaterials: Sendable {
    let question: GainQuestion
    let measures: MeasureTable
    let languages: LanguageTable?

    /// - Returns: nil where nobody asks what a gain goes with.
    /// - Throws: When a file is missing or cannot be read, or does not have the measure.
    package init?(_ study: StudyDefinition) throws {
        guard let question = study.gain, let path = study.measures else { return nil }
        self.question = question
        measures = try MeasureTable(path: Self.found(path, "measures", study))
        languages = try study.languages.map { try LanguageTable(path: Self.found($0, "languages", study)) }
        guard measures.names.contains(question.measure) else {
            throw Failure.noSuchMeasure(path, question.measure, known: measures.names)
        }
    }

    /// A path as it is, from the folder in which we run, as are all paths of definitions.
    private static func found(_ path: String, _ key: String, _ study: StudyDefinition) throws -> String {
        guard !Directory.fileExists(path) else { return path }
        let beside = path.hasPrefix("/") ? nil : "\(Directory.parent(of: study.path))/\(path)"
        throw Failure.noFileOfStudy(
            study.path, key, WorkFolder.absolute(path), beside: beside.flatMap { Directory.fileExists($0) ? $0 : nil })
    }
}
