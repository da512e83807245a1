import Diagnostics
package import Shards
package import Taggers
package import Teachers
package import Transformers
package import Vectors

extension TeacherKind {
    /// A folder that `save_pretrained` of Hugging Face transformers wrote, of a model and its tokenizer.
    static let transformer = TeacherKind(
        option: "teacher", summary: "folder of a Hugging Face token classifier (BERT, XLM-RoBERTa, DistilBERT)"
    ) { path, _ in try TransformerFolder.find(path) }
}

/// A transformer on disk. Its words are those of the stream; it needs neither table nor features.
package struct TransformerFolder: FoundTeacher {
    static let tokenizerName = "tokenizer.json"

    package let path: String

    /// The transformer in a folder, or nil when there is none.
    package static func find(_ path: String) throws -> TransformerFolder? {
        try Directory.fileExists("\(path)/\(tokenizerName)") ? TransformerFolder(path: path) : nil
    }

    /// Reads the small files, so that what is wrong with them is said before hours of work.
    init(path: String) throws {
        self.path = path
        _ = try EncoderConfiguration(path: "\(path)/\(TransformerEncoder.configurationName)").tags(place: path)
    }

    package func requireFit(_ header: StreamHeader, stream: String) throws {}

    package func open(vectors: VectorTable, _ precision: ArithmeticPrecision) throws -> any Teacher {
        try open(precision)
    }

    /// - Parameter precision: `ArithmeticPrecision.reduced` is 8-bit whole numbers here.
    package func open(_ precision: ArithmeticPrecision) throws -> TransformerTeacher {
        let encoder = try TransformerEncoder(folder: path, precision: precision == .full ? .float32 : .int8)
        return try TransformerTeacher(
            encoder, path: path, pieces: SubwordPieces(path: "\(path)/\(Self.tokenizerName)"))
    }
}
