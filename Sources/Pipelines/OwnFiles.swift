import Diagnostics
import Runs
import Shards

/// Models that meet their own data again: a score on it says how much was learnt by heart.
package enum OwnFiles {
    /// - Parameters:
    ///   - models: Folders; those without a record of how they were made are passed over.
    ///   - paths: Labelled files that the models are scored on, `LANGUAGE=PATH` or `PATH`, with their content as a whole.
    /// - Returns: A line for each model that learnt from these very files, or whose epoch was chosen by them.
    package static func notes(of models: [String], scoredOn paths: [String]) throws -> [String] {
        let paths = paths.flatMap(GoldCorpus.File.parse).map(\.path)
        // What comes through a pipe is over.
        guard !paths.contains(where: Directory.isReadOnce) else { return [] }
        let records = models.compactMap { model -> (String, RunSignature)? in
            let path = "\(model)/\(RunFolder.recordName)"
            guard Directory.fileExists(path), let bytes = try? Directory.contents(of: path) else { return nil }
            return (try? RunSignature(bytes, place: path)).map { (model, $0) }
        }
        guard !records.isEmpty else { return [] }
        let identity = try InputIdentity.ofContent(paths)
        return records.compactMap { model, signature in
            let names = signature.identity.lines.filter { $0.text == identity }.map(\.name)
            if names.contains(where: { $0.hasSuffix("files") }) {
                return "warning: \(model) was trained on what it is scored on; the score says what it knows by heart"
            }
            return names.contains { $0.hasSuffix("development") }
                ? "the epoch of \(model) was chosen on what it is scored on; the score is somewhat too high" : nil
        }
    }
}
