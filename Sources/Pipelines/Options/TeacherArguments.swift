import ArgumentParser

/// The teachers of `score`: an option for each way to name one.
///
/// The parser finds options by reflection and reads them by decoding; both go by the list of kinds, as
/// ``ObjectiveParameterArguments`` by that of the objectives.
package struct TeacherArguments: ParsableArguments, CustomReflectable, Sendable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var options: [(name: String, option: Option<[String]>)]

    package init() {
        options = KnownTeachers.options.map { name in
            let help = "\(KnownTeachers.summary(of: name)); repeated, the mean of several."
            return (name, Option(wrappedValue: [], name: .customLong(name), help: ArgumentHelp(help)))
        }
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: Key.self)
        for index in options.indices {
            options[index].option = try values.decode(
                Option<[String]>.self, forKey: Key(stringValue: options[index].name))
        }
    }

    package var customMirror: Mirror {
        Mirror(self, children: options.map { (label: $0.name, value: $0.option) })
    }

    package var isEmpty: Bool { given.isEmpty }

    /// The teachers that were named: by one option after the other, each in its order.
    private var given: [(option: String, name: String)] {
        options.flatMap { name, option in option.wrappedValue.map { (name, $0) } }
    }

    func found(in context: PipelineContext) throws -> [any FoundTeacher] {
        try given.map { try KnownTeachers.find($0.name, option: $0.option, in: context) }
    }
}
