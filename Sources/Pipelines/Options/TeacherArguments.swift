package import ArgumentParser

/// A way to name teachers to `score`: an option that kinds of teachers have.
package struct TeacherOption: ListedOption {
    package static var all: [TeacherOption] { KnownTeachers.options.map(TeacherOption.init) }

    package let optionName: String

    package func makeOption() -> Option<[String]> {
        Option(
            wrappedValue: [], name: .customLong(optionName),
            help: ArgumentHelp("\(KnownTeachers.summary(of: optionName)); repeated, the mean of several."))
    }
}

/// The teachers of `score`, by one option after the other, each in its order.
package typealias TeacherArguments = ListedOptions<TeacherOption>

extension ListedOptions<TeacherOption> {
    package var isEmpty: Bool { values.allSatisfy { $0.value.isEmpty } }

    func found(in context: PipelineContext) throws -> [any FoundTeacher] {
        try values.flatMap { option, names in
            try names.map { try KnownTeachers.find($0, option: option.optionName, in: context) }
        }
    }
}
