package import ArgumentParser
package import Objectives

/// What `update` is told of its objective. Names, needs and parameters are those of `KnownObjectives`.
package struct ObjectiveArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "What the student is asked to match"
                + Self.need(.votes, "several teachers", verb: "needs ") + Self.need(.evaluator, "an --evaluator") + ".",
            valueName: KnownObjectives.ofStudents.map { $0.name }.joined(separator: "|")))
    package var objective = ObjectiveChoice(KnownObjectives.all[0])

    @Option(
        help: ArgumentHelp(
            "For the objective \(KnownObjectives.names(needing: .evaluator).joined(separator: ", ")): "
                + "model of 'train --task \(TrainingTask.ofEvaluators)', which says how alike two words are."))
    package var evaluator: String?

    @OptionGroup package var parameters: ObjectiveParameterArguments

    package init() {}

    package func validate() throws {
        guard objective.type.teachesLabels else {
            throw ValidationError(
                "--objective \(objective.name) learns from labels; use 'train --task \(objective.type.task?.name ?? "")'"
            )
        }
        for (parameter, _) in parameters.given where !objective.type.parameters.contains(parameter) {
            throw ValidationError(
                "--\(parameter.option) is of the objective \(KnownObjectives.names(having: parameter).joined(separator: ", ")), not of \(objective.name)"
            )
        }
    }

    /// With its parameters.
    package var choice: ObjectiveChoice {
        parameters.given.reduce(into: objective) { $0[$1.parameter] = $1.value }
    }

    private static func need(_ need: ObjectiveNeeds, _ what: String, verb: String = "") -> String {
        let names = KnownObjectives.names(needing: need)
        return names.isEmpty ? "" : "\(verb.isEmpty ? "," : ";") \(names.joined(separator: " and ")) \(verb)\(what)"
    }
}

/// An option for each parameter of any objective.
package typealias ObjectiveParameterArguments = ListedOptions<ObjectiveParameter>

extension ObjectiveParameter: ListedOption {
    package static var all: [ObjectiveParameter] { KnownObjectives.parameters }
    package var optionName: String { option }

    package func makeOption() -> Option<Double?> {
        let names = KnownObjectives.names(having: self).joined(separator: ", ")
        return Option(
            name: .customLong(option),
            help: ArgumentHelp("For the objective \(names): \(help). (default: \(standard))"))
    }
}

extension ListedOptions<ObjectiveParameter> {
    /// Those that were named.
    package var given: [(parameter: ObjectiveParameter, value: Double)] {
        values.compactMap { parameter, value in value.map { (parameter, $0) } }
    }
}

extension ObjectiveChoice: ExpressibleByArgument {
    package init?(argument: String) {
        guard let type = KnownObjectives.all.first(where: { $0.name == argument }) else { return nil }
        self.init(type)
    }

    package var defaultValueDescription: String { name }
    package static var allValueStrings: [String] { KnownObjectives.ofStudents.map { $0.name } }
}

/// What `train` learns from labels.
package struct TrainingTask: ExpressibleByArgument, CustomStringConvertible {
    package let objective: any Objective.Type
    package let description: String

    package init?(argument: String) {
        guard let objective = KnownObjectives.ofTasks.first(where: { $0.task?.name == argument }) else { return nil }
        (self.objective, description) = (objective, argument)
    }

    private init(_ objective: any Objective.Type) {
        (self.objective, description) = (objective, objective.task?.name ?? objective.name)
    }

    package static let standard = TrainingTask(KnownObjectives.ofTasks[0])
    package var defaultValueDescription: String { description }
    package static var allValueStrings: [String] { KnownObjectives.ofTasks.compactMap { $0.task?.name } }

    /// What makes an evaluator.
    package static var ofEvaluators: String {
        KnownObjectives.ofTasks.filter { !$0.teachesLabels }.compactMap { $0.task?.name }.joined(separator: ", ")
    }

    package static let help = ArgumentHelp(
        "What is learnt: \(KnownObjectives.ofTasks.compactMap { $0.task?.summary }.joined(separator: ", or ")).",
        valueName: allValueStrings.joined(separator: "|"))
}
