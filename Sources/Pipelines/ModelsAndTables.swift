import Diagnostics
package import Shards
package import Taggers
package import Teachers
package import Vectors

/// A model and where it is.
package struct ModelFolder: Sendable {
    package let path: String
    package let model: Model

    package init(path: String) throws {
        self.path = path
        model = try Model(path: path)
    }

    package func teacher(vectors: VectorTable, _ precision: ArithmeticPrecision) throws -> TaggerTeacher {
        try TaggerTeacher(model: model, path: path, vectors: vectors, precision: precision)
    }
}

/// The table that a stream or model names, or another file with the same content.
package enum TableFinder {
    /// The table of a stream that has passed `embed`.
    package static func open(for header: StreamHeader, override: String?, neededBy: String) throws -> VectorTable {
        guard let reference = header.table else {
            throw Failure.streamWithoutTable(neededBy)
        }
        return try open(reference, override: override, neededBy: neededBy)
    }

    /// - Parameters:
    ///   - neededBy: The model, or what else names the table. A table without a folder lies in that of the model, where
    ///   there is one of its name: so it is in a package.
    ///   - readsRows: See `VectorTable`.
    package static func open(
        _ reference: TableReference, override: String?, neededBy: String, readsRows: Bool = false
    ) throws -> VectorTable {
        var path = override ?? reference.path
        let own = "\(neededBy)/\(reference.path)"
        if override == nil, !reference.path.contains("/"), Directory.fileExists(own) { path = own }
        guard Directory.fileExists(path) else {
            throw Failure.noTable(path, digest: reference.digest, neededBy: neededBy)
        }
        let table = try VectorTable(path: path, readsRows: readsRows)
        guard table.description.digest == reference.digest, table.dimension == reference.dimension else {
            throw Failure.otherTable(table, digest: reference.digest, neededBy: neededBy)
        }
        try table.verify()
        return table
    }
}
