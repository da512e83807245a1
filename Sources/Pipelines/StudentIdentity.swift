import Corpora
import Distillation
import Shards
import Taggers

/// Everything that decides the bytes of a student; a run is continued only with the same.
///
/// `Inputs` is what the command knows of the stream's origin.
struct StudentIdentity<Inputs: Encodable>: Encodable {
    struct Network: Codable {
        var width, convolutions: Int
        var features: [Feature]
        var numbers: [String]?
        var labels: [String]
        var vectorTable: String
    }

    struct Feature: Codable {
        var name: String
        var buckets, width: Int
    }

    struct Stream: Codable {
        var language, tokenizer: String
        var teachers: [String]?
        var weightsOfTheTeachers: [Double]?
        var selection: [String]?
    }

    struct Adversary: Codable {
        var settings: LanguageAdversary.Settings
        var text: String
    }

    var inputs: Inputs
    var settings: TrainingSettings.Identity
    var network: Network
    var stream: Stream
    /// Digests of models.
    var initialWeights, evaluator: String?
    var selector: InstanceSelection.Identity?
    var adversary: Adversary?
    /// How the program computes.
    var arithmetic = Trainer.arithmetic

    init(_ student: StudentNetwork, inputs: Inputs) throws {
        let options = student.options, configuration = student.configuration, header = student.header
        self.inputs = inputs
        settings = options.settings.identity
        let numbers = configuration.numbers.names
        network = Network(
            width: configuration.hiddenWidth, convolutions: configuration.convolutionCount,
            features: configuration.features.map { Feature(name: $0.name, buckets: $0.buckets, width: $0.width) },
            numbers: numbers.isEmpty ? nil : numbers, labels: configuration.labels,
            vectorTable: configuration.vectors.digest)
        stream = Stream(
            language: header.language, tokenizer: header.tokenizer, teachers: header.teachers,
            weightsOfTheTeachers: header.teacherWeights, selection: header.selection)
        initialWeights = try options.initial?.digest()
        evaluator = try options.evaluator?.digest()
        selector = try options.selection?.identity
        adversary = options.adversary.map { Adversary(settings: $0.settings, text: $0.text.digest) }
    }
}
