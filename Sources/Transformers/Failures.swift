import Diagnostics
import Shards

extension Failure {
    static func tensorTwice(_ name: String, prefix: String, _ path: String) -> Failure {
        Failure(.badData, "\(path): tensor \(name) is in it with and without the prefix \(prefix)")
    }

    static func missingTensor(_ name: String, _ path: String) -> Failure {
        Failure(
            .badData, "\(path): tensor \(name) is missing; the weights belong to another configuration")
    }

    static func tensorShape(_ name: String, _ shape: [Int], wanted: [Int], _ path: String) -> Failure {
        Failure(
            .badData, "\(path): tensor \(name) has shape \(shape), config.json says \(wanted)")
    }

    static func notNumbers(inTensor name: String, _ path: String) -> Failure {
        Failure(.badData, "\(path): tensor \(name) contains values that are not numbers")
    }

    static func tensorWithoutPlace(_ name: String, _ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): tensor \(name) has no place in the network of config.json; the weights belong to another model"
        )
    }

    static func noTransformer(_ folder: String, missing name: String) -> Failure {
        Failure(
            .noInput,
            "\(folder): not a folder of a transformer: it has no \(name); save the model with save_pretrained(..., "
                + "safe_serialization=True)")
    }

    static func otherTokenizer(_ path: String, pieceCount: Int, vocabularySize: Int) -> Failure {
        Failure(
            .badData,
            "\(path): the tokenizer has \(pieceCount) pieces, the weights only \(vocabularySize); "
                + "they belong to different models")
    }

    static func noRoomForWords(_ path: String, positions: Int) -> Failure {
        Failure(
            .badData,
            "\(path): \(positions) positions leave no room for a word between the special tokens")
    }

    static func noSentences(_ stream: String, _ kind: StreamHeader.Kind) -> Failure {
        Failure(
            .mismatch, "\(stream): holds no sentences (\(kind.rawValue)); a transformer reads words")
    }

    static func notProbabilities(_ name: String, block: Int) -> Failure {
        Failure(
            .badData,
            "\(name): gives block \(block) probabilities that are not numbers: its weights are too large; use another model"
        )
    }

    static func badEncoderConfiguration(_ path: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): \(what)")
    }
}
