import Diagnostics
package import Shards
package import Taggers
package import Teachers
package import Vectors

/// A kind of teacher that `score` can be given: the option that names one, and how one is found.
///
/// **A kind is one file in this folder, and one name in ``KnownTeachers``.** `score` knows none by name: its options, what must be
/// there before a run begins, and who scores follow from the list.
package struct TeacherKind: Sendable {
    /// Long name of the option whose values name teachers. Kinds may share one: the first that knows a value takes it.
    package let option: String
    /// What a value of the option is, for the help.
    package let summary: String
    /// Looks for a teacher, and says what is missing; nil when the name is of another kind.
    package let find: @Sendable (_ name: String, PipelineContext) throws -> (any FoundTeacher)?

    package init(
        option: String, summary: String,
        find: @escaping @Sendable (_ name: String, PipelineContext) throws -> (any FoundTeacher)?
    ) {
        (self.option, self.summary, self.find) = (option, summary, find)
    }
}

/// A teacher that is there, and not yet at work.
package protocol FoundTeacher: Sendable {
    /// Refuses a stream it cannot read, before the vector table is opened.
    func requireFit(_ header: StreamHeader, stream: String) throws
    func open(vectors: VectorTable, _ precision: ArithmeticPrecision) async throws -> any Teacher
}

/// The kinds of teacher that there are: the one place that a new one is written into.
package enum KnownTeachers {
    package static let all: [TeacherKind] = [.transformer, .folder]

    /// The options that name teachers, each once.
    static var options: [String] {
        all.map(\.option).reduce(into: []) { found, option in if !found.contains(option) { found.append(option) } }
    }

    /// For the help of an option.
    static func summary(of option: String) -> String {
        all.filter { $0.option == option }.map(\.summary).enumerated(by: ", or ")
    }

    static func find(_ name: String, option: String, in context: PipelineContext) throws -> any FoundTeacher {
        for kind in all where kind.option == option {
            if let teacher = try kind.find(name, context) { return teacher }
        }
        throw Failure.unknownTeacher(name, option: option, kinds: summary(of: option))
    }
}
