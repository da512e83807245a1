import Diagnostics
import Shards
import Taggers
import Teachers
import Vectors

/// A model and where it is.
struct ModelFolder {
    let path: String
    let model: Model

    init(path: String) throws {
        self.path = path
        model = try Model(path: path)
    }

    func teacher(vectors: VectorTable, _ precision: ArithmeticPrecision) throws -> TaggerTeacher {
        try TaggerTeacher(model: model, path: path, vectors: vectors, precision: precision)
    }
}

/// The table that a stream or model names, or another file with the same content.
enum TableFinder {
    /// The table of a stream that has passed `embed`.
    static func open(for header: StreamHeader, override: String?, neededBy: String) throws -> VectorTable {
        guard let reference = header.table else {
            throw Failure(
                .badData, "\(neededBy): the stream names no vector table; put 'nerpipe embed' before this stage")
        }
        return try open(reference, override: override, neededBy: neededBy)
    }

    static func open(_ reference: TableReference, override: String?, neededBy: String) throws -> VectorTable {
        guard Directory.fileExists(override ?? reference.path) else {
            throw Failure(
                .noInput,
                "\(override ?? reference.path): no such vector table (\(neededBy) needs the one with digest \(reference.digest)); name it with --vectors FILE"
            )
        }
        let table = try VectorTable(path: override ?? reference.path)
        guard table.description.digest == reference.digest, table.dimension == reference.dimension else {
            throw Failure(
                .badData,
                "vector table differs: \(table.path) has digest \(table.description.digest), \(neededBy) needs \(reference.digest); name the right one with --vectors FILE"
            )
        }
        try table.verify()
        return table
    }
}
