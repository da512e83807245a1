import Corpora
import Diagnostics
import Shards

// The folder of a model.
extension Failure {
    static func noModel(_ path: String) -> Failure {
        Failure(.noInput, "\(path): no such model directory; make one with 'nerpipe train' or 'nerpipe update'")
    }

    static func incompleteModel(_ path: String) -> Failure {
        Failure(
            .noInput,
            "\(path): not a complete model (it needs \(Model.configurationName) and "
                + "\(Model.weightsName)); is its training still running or interrupted?")
    }

    static func modelDiffersFromDigest(_ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): \(Model.configurationName) and \(Model.weightsName) are not what was written "
                + "together; one was damaged or exchanged: train the model again, or copy it again")
    }

    static func noConfiguration(_ path: String, _ error: any Error) -> Failure {
        Failure(.badData, "\(path): not a tagger configuration: \(error)", cause: error)
    }

    static func repeatedKey(_ key: String, _ path: String) -> Failure {
        Failure(.badData, "\(path): the key \(key) stands in it twice; take one of them out")
    }

    static func strangeTensor(_ name: String, _ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): tensor \(name) has no place in the network of \(Model.configurationName); "
                + "the weights belong to another configuration")
    }

    static func missingTensor(_ name: String, _ path: String) -> Failure {
        Failure(.badData, "\(path): tensor \(name) is missing; the weights belong to another configuration")
    }

    static func wrongShape(of tensor: String, found: [Int], expected: [Int], _ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): tensor \(tensor) has shape \(found), \(Model.configurationName) says \(expected)")
    }

    static func tensorIsNotNumbers(_ name: String, _ path: String) -> Failure {
        Failure(.badData, "\(path): tensor \(name) contains values that are not numbers")
    }
}

extension Safetensors {
    static func damaged(_ path: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): not a usable safetensors file: \(what)")
    }
}

// The configuration of a tagger, and what does not fit it.
extension Failure {
    static func outOfRange(_ name: String, _ value: Int, _ range: ClosedRange<Int>, _ place: String) -> Failure {
        Failure(.badData, "\(place): \(name) is \(value), must be from \(range.lowerBound) to \(range.upperBound)")
    }

    static func vectorScaleIsNoNumber(_ place: String) -> Failure {
        Failure(.badData, "\(place): vectorScale is not a number")
    }

    /// - Parameters:
    ///   - what: What of the stream is not as the model needs it.
    ///   - hint: What to do.
    static func streamDiffers(
        _ stream: String, _ what: String, model: String, needs: String, has: String, _ hint: String
    ) -> Failure {
        Failure(.badData, "\(stream): \(what) differs: model \(model) has \(needs), the stream has \(has); \(hint)")
    }

    static func wrongTable(for model: TaggerConfiguration, found table: any FrozenVectors) -> Failure {
        func list(_ names: [String]) -> String { TaggerConfiguration.described(names) }
        return Failure(
            .badData,
            "\(model.vectors.path): the vector table has \(table.dimension) dimensions and statistics "
                + "\(list(table.statisticNames)), needed are \(model.vectorWidth) and "
                + "\(list(model.numbers.statistics)); name the right one with --vectors FILE")
    }
}
