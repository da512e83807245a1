import Diagnostics

// Teachers that score together.
extension Failure {
    static func noTeacher() -> Failure { Failure(.usage, "no teacher given; name one with --teacher") }

    static func tooManyTeachers(_ count: Int) -> Failure {
        Failure(.usage, "\(count) teachers; at most 255 can be asked together")
    }

    static func wrongWeightCount(_ count: Int, teachers: Int) -> Failure {
        Failure(.usage, "\(count) weights for \(teachers) teachers; give each --teacher its --weight")
    }

    static func unusableWeights(_ weights: [Double]) -> Failure {
        Failure(.usage, "the weights \(weights) are no weights; give numbers that are not negative, one above zero")
    }

    static func labelsOfTeachersDiffer(_ teacher: any Teacher, _ first: any Teacher) -> Failure {
        Failure(
            .badData,
            "\(teacher.name): has the labels \(teacher.labels.joined(separator: " ")), "
                + "\(first.name) has \(first.labels.joined(separator: " ")); train both with the same --types")
    }
}

// Weights of teachers, found on labels.
extension Failure {
    static func noTeacherWeights(_ path: String) -> Failure {
        Failure(.badData, "\(path): not a file of teacher weights; make one with 'nerpipe evaluate --find-weights'")
    }

    static func weightsOfOtherTeachers(_ path: String, _ found: Int, _ given: Int) -> Failure {
        Failure(
            .badData,
            "\(path): found for \(found == given ? "other teachers, or in another order" : "\(found) teachers, there are \(given)"); "
                + "name the same in the same order, or find the weights again with 'nerpipe evaluate --find-weights'")
    }
}

// Weights of sources by their similarity.
extension Failure {
    static func learnerFailed() -> Failure {
        Failure(
            .badData,
            "the learner came to no numbers; lower --learning-rate or --gamma, and see whether those of --model are any"
        )
    }

    static func equallySimilar() -> Failure {
        Failure(.badData, "the similarities of sources and target are all but equal; weigh the teachers evenly")
    }

    static func noSourceWeights(_ path: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): not a file of source weights (\(what)); make one with 'nerpipe weigh'")
    }
}
