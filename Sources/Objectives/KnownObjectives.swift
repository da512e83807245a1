/// The objectives there are: the one place that a new one is written into.
package enum KnownObjectives {
    /// The first is the one that is taken when none is named; help texts have this order.
    package static let all: [any Objective.Type] = [
        MeanSquaredError.self,
        KullbackLeibler.self,
        HardLabels.self,
        KLThenMSE.self,
        HardSoft.self,
        PairsOfWords.self,
        JensenShannon.self,
        SimilarityOfWords.self,
    ]

    /// Those that a student can learn by.
    package static var ofStudents: [any Objective.Type] { all.filter { $0.teachesLabels } }

    /// Those that `train` learns from labels by.
    package static var ofTasks: [any Objective.Type] { all.filter { $0.task != nil } }

    /// Names of those that need something, for messages.
    package static func names(needing need: ObjectiveNeeds) -> [String] {
        ofStudents.filter { $0.needs.contains(need) }.map { $0.name }
    }

    /// Names of those that have a parameter, for messages.
    package static func names(having parameter: ObjectiveParameter) -> [String] {
        all.filter { $0.parameters.contains(parameter) }.map { $0.name }
    }

    /// Every parameter of any of them, once.
    package static var parameters: [ObjectiveParameter] {
        all.flatMap { $0.parameters }.reduce(into: []) { found, parameter in
            if !found.contains(parameter) { found.append(parameter) }
        }
    }
}
