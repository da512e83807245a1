package import Shards
package import Taggers
package import Teachers
package import Vectors

extension TeacherKind {
    /// A folder with a model of ours.
    static let folder = TeacherKind(option: "teacher", summary: "Model directory of the teacher") { path, context in
        try context.model(at: path)
    }
}

extension ModelFolder: FoundTeacher {
    package func requireFit(_ header: StreamHeader, stream: String) throws {
        try model.configuration.requireFit(header, model: path, stream: stream)
    }

    package func open(vectors: VectorTable, _ precision: ArithmeticPrecision) throws -> any Teacher {
        try teacher(vectors: vectors, precision)
    }
}
