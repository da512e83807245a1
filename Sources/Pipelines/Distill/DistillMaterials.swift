import Diagnostics
import LanguageCodes
import Shards

/// What `distill` is given to make a tagger from.
package struct DistillMaterials: Sendable {
    /// A file of a language, or of a pair of them.
    package struct Named: Sendable, Equatable {
        /// `sw`, or `en-sw`.
        package let name: String
        package let path: String

        package init(name: String, path: String) { (self.name, self.path) = (name, path) }

        fileprivate var text: String { "\(name)=\(path)" }
    }

    /// The target's, as the user writes it.
    package var language = ""
    /// Unlabelled text of the target.
    package var text: [String] = []
    /// Labelled text of other languages, and of it what chooses the epoch.
    package var sources: [Named] = []
    package var development: [Named] = []
    /// Folders of taggers of ours or of Hugging Face token classifiers.
    package var teachers: [String] = []
    package var parallel: [Named] = []
    package var dictionaries: [Named] = []
    /// A table, or files of vectors as `LANGUAGE=FILE`.
    package var vectors: [String] = []
    /// Further text that vectors are trained on.
    package var otherText: [Named] = []
    /// Folder of a multilingual encoder for `vectors encode`.
    package var encoder: String?
    /// Labelled text of the target: for scoring alone.
    package var gold: [String] = []
    package var types: String?
    package var map = ""
    package var license: String?
    package var seed: UInt64 = 1
    package var output = ""

    package init() {}

    /// The languages of the sources, each once, the first one first.
    package var sourceLanguages: [String] {
        sources.map(\.name).reduce(into: []) { found, name in if !found.contains(name) { found.append(name) } }
    }

    /// Whether any teacher is a transformer.
    package var hasTransformer: Bool { teachers.contains(where: Self.isTransformer) }

    package static func isTransformer(_ path: String) -> Bool {
        Directory.fileExists("\(path)/\(TransformerFolder.tokenizerName)")
    }

    /// Whether a word says what the words of the source and the target have to do with each other.
    var isJoined: Bool { !parallel.isEmpty || !dictionaries.isEmpty || !vectors.isEmpty }

    /// All files that are read.
    package var paths: [String] {
        (text + gold).flatMap(Directory.expand)
            + (sources + development + parallel + dictionaries + otherText).flatMap { Directory.expand($0.path) }
            + vectors.map { $0.split(separator: "=", maxSplits: 1).last.map(String.init) ?? $0 }
    }

    /// The same without the files that are not there.
    package var readable: DistillMaterials {
        func exists(_ path: String) -> Bool {
            Directory.expand(path).contains { Directory.exists($0) || Directory.fileExists($0) }
        }
        var materials = self
        materials.text.removeAll { !exists($0) }
        materials.gold.removeAll { !exists($0) }
        materials.sources.removeAll { !exists($0.path) }
        materials.development.removeAll { !exists($0.path) }
        materials.vectors.removeAll { !$0.contains("=") && !exists($0) }
        return materials
    }

    /// Says what is missing or contradicts itself, before anything is made.
    package func validate() throws {
        guard !sources.isEmpty || !teachers.isEmpty else {
            throw Failure.distill(
                "there is nobody to learn from; give labelled text of another language (--source en=train.conll) or a teacher (--teacher FOLDER)"
            )
        }
        if let own = sources.first(where: { LanguageCode.areSame($0.name, language) }) {
            throw Failure.distill(
                "--source \(own.text): these are labels of the target itself; 'nerpipe train' learns from them, and --gold scores with them"
            )
        }
        guard isJoined || sources.isEmpty else {
            throw Failure.distill(
                "nothing joins \(sourceLanguages.joined(separator: ", ")) with \(language); give sentence pairs (--parallel \(sourceLanguages[0])-\(language)=FILE), a dictionary (--dictionary) or vectors of both in one space (--vectors)"
            )
        }
        if let path = paths.first(where: { $0.contains("${") }) {
            throw Failure.distill("\(path): a name with '${' cannot stand in a recipe; give the file another name")
        }
        for path in paths where !Directory.exists(path) {
            guard !Directory.isReadOnce(path) else {
                throw Failure.distill("\(path): is read several times, so it must be a file; write it into one")
            }
            _ = try FileInput(path: path)
        }
        for path in teachers where !Directory.exists(path) && !StoredArchive.isArchive(path) {
            throw Failure.distill("--teacher \(path): there is no such model")
        }
    }
}
