package import Taggers

/// What a network learns by: the loss of a part of an update, with its gradients.
///
/// **An objective is one file, and one line in ``KnownObjectives``.** Nobody else knows one by its name: options, help,
/// identity and what must be there before a run begins follow from what it says of itself.
///
/// It is asked once for each slice of an update, by several threads at once, and what it gives is summed over the slices. So it
/// remembers nothing, divides by what the whole *update* holds, and draws random numbers from ``UpdateMoment/random(_:)``
/// alone. It loops over the tokens itself: there is no dynamic call for each of them.
package protocol Objective: Sendable {
    /// On the command line, in definitions, and in the identity of a run.
    static var name: String { get }
    /// What it cannot do without.
    static var needs: ObjectiveNeeds { get }
    /// Its own numbers; each is an option of `update`.
    static var parameters: [ObjectiveParameter] { get }
    /// As a task of `train`, which learns from labels; nil: it learns from teachers only.
    static var task: ObjectiveTask? { get }
    /// Whether a network learns by it what label a token has; if not, no student can learn by it.
    static var teachesLabels: Bool { get }

    init(_ inputs: ObjectiveInputs)

    /// The slice's share of the update's loss. Its gradients are *added* to those of the slice's network.
    func addLoss(of slice: ObjectiveSlice) -> Double
}

extension Objective {
    package static var needs: ObjectiveNeeds { [] }
    package static var parameters: [ObjectiveParameter] { [] }
    package static var task: ObjectiveTask? { nil }
    package static var teachesLabels: Bool { true }
}

/// What an objective cannot do without.
package struct ObjectiveNeeds: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// How many teachers agree on a token's label: ``ObjectiveSlice/agreement``.
    package static let votes = ObjectiveNeeds(rawValue: 1)
    /// A second model, besides the teachers: ``ObjectiveInputs/evaluator``.
    package static let evaluator = ObjectiveNeeds(rawValue: 2)
    /// The states of words, and their gradient: ``NetworkOutput/states``.
    package static let states = ObjectiveNeeds(rawValue: 4)
    /// How far the run is, and so the number of its updates before the first: ``UpdateMoment/progress``.
    package static let progress = ObjectiveNeeds(rawValue: 8)
}

/// What `train --task` calls an objective, and how its help goes on: "What is learnt: ...".
package struct ObjectiveTask: Sendable {
    package let name: String
    package let summary: String
}

/// A number that an objective is told.
package struct ObjectiveParameter: Sendable, Hashable {
    /// Words with spaces; the option has hyphens between them.
    package let name: String
    package let help: String
    /// Its name in the identity of a run.
    package let identity: String
    package let standard: Double
    package let minimum: Int

    package var option: String { name.split(separator: " ").joined(separator: "-") }

    func allows(_ value: Double) -> Bool { value >= Double(minimum) && value.isFinite }
}

/// What an objective is made of.
package struct ObjectiveInputs: Sendable {
    /// Of those that need one.
    package var evaluator: TaggerInference?
    fileprivate var values: [ObjectiveParameter: Double] = [:]

    package init(evaluator: TaggerInference? = nil) { self.evaluator = evaluator }

    package subscript(parameter: ObjectiveParameter) -> Double { values[parameter] ?? parameter.standard }
}

/// An objective that was chosen, before there is what it needs.
package struct ObjectiveChoice: Sendable, Equatable {
    package let type: any Objective.Type
    /// Those that are not as usual.
    private var values: [ObjectiveParameter: Double] = [:]

    package init(_ type: any Objective.Type) { self.type = type }

    package static func == (a: ObjectiveChoice, b: ObjectiveChoice) -> Bool {
        a.type == b.type && a.values == b.values
    }

    package var name: String { type.name }
    package var needs: ObjectiveNeeds { type.needs }

    /// - Precondition: the parameter is one of this objective's.
    package subscript(parameter: ObjectiveParameter) -> Double {
        get { values[parameter] ?? parameter.standard }
        set {
            precondition(type.parameters.contains(parameter), "the objective \(name) has no \(parameter.name)")
            values[parameter] = newValue
        }
    }

    /// The first parameter whose value is not allowed.
    package var refused: ObjectiveParameter? { type.parameters.first { !$0.allows(self[$0]) } }

    /// Values by their names in the identity of a run.
    package var parameters: [String: Double] {
        type.parameters.reduce(into: [:]) { $0[$1.identity] = self[$1] }
    }

    /// - Precondition: the inputs hold what the objective needs.
    package func made(of inputs: ObjectiveInputs = ObjectiveInputs()) -> any Objective {
        precondition(!needs.contains(.evaluator) || inputs.evaluator != nil, "\(name) needs an evaluator")
        var inputs = inputs
        inputs.values = values
        return type.init(inputs)
    }
}
