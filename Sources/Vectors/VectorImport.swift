import Diagnostics
import Shards

/// Makes a vector table from the files of other programs.
package enum VectorImport {
    /// A file and the language of its words; `*` when they are of any language.
    package struct Source: Sendable {
        package var language: String
        package var path: String

        /// Parses `LANGUAGE=PATH` or `PATH`.
        package init(_ text: String) {
            if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
                language = String(text[..<equals])
                path = String(text[text.index(after: equals)...])
            } else {
                language = "*"
                path = text
            }
        }
    }

    /// Reads all sources in order into one table.
    ///
    /// - Parameter progress: Called now and then with the number of rows written.
    package static func run(
        _ sources: [Source], to path: String, normalization: VectorNormalization, allowingWrongCount: Bool,
        progress: (Int) -> Void
    ) throws -> VectorTableDescription {
        var writer: VectorTableWriter?
        var dimension = 0
        for source in sources {
            guard source.path != "-" else {
                throw Failure(.usage, "vectors cannot be imported from standard input; name a file")
            }
            let model = try FastTextModelFile.isModel(source.path) ? FastTextModelFile(path: source.path) : nil
            let text = model == nil ? try VectorTextFile(path: source.path) : nil
            let width = model?.dimension ?? text?.dimension ?? 0
            let table = try writer ?? VectorTableWriter(path: path, dimension: width, normalization: normalization)
            writer = table
            if dimension == 0 { dimension = width }
            guard width == dimension else {
                throw Failure(
                    .badData,
                    "\(source.path): \(width) dimensions, \(sources[0].path) has \(dimension); all files of one table must agree"
                )
            }
            let language = table.addLanguage(source.language)
            let add: (UnsafeBufferPointer<UInt8>, UnsafePointer<Float>) throws -> Void = { word, vector in
                try table.append(word: word, language: language, vector: vector)
                if table.rowCount % 8192 == 0 { progress(table.rowCount) }
            }
            try text?.forEach(allowingWrongCount: allowingWrongCount, add)
            if let model {
                guard sources.count == 1 else {
                    throw Failure(
                        .usage, "\(source.path): a fastText model with sub-words must be the only input of a table")
                }
                try model.forEach(add)
                try table.appendSubwords(model.subwords) { try model.copySubword($0, into: $1) }
            }
        }
        guard let writer else { throw Failure(.usage, "no vector file given") }
        guard writer.rowCount > 0 else {
            throw Failure(.badData, "\(sources[0].path): no words in it; nothing to import")
        }
        return try writer.finish()
    }
}
