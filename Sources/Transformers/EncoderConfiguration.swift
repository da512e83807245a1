package import Corpora
import Diagnostics
import Shards

/// The shape of a multilingual encoder, as a `config.json` of Hugging Face transformers gives it.
///
/// Three architectures are read, each with a layer that labels tokens or without a head: BERT (Devlin et al. 2019), XLM-RoBERTa
/// (Conneau et al. 2020: BERT whose positions begin behind the padding token) and DistilBERT (Sanh et al. 2019: without
/// token types). What would change a result and is not computed here is refused by name.
package struct EncoderConfiguration: Equatable, Sendable {
    package enum Architecture: String, CaseIterable, Sendable {
        case bert, xlmRoberta, distilBert

        /// The names of its classes.
        var className: String {
            switch self {
            case .bert: "Bert"
            case .xlmRoberta: "XLMRoberta"
            case .distilBert: "DistilBert"
            }
        }
    }

    package var architecture: Architecture
    /// Numbers of a state.
    package var hiddenWidth: Int
    package var layerCount: Int
    package var headCount: Int
    /// Numbers between the two products of a layer's second half.
    package var innerWidth: Int
    package var vocabularySize: Int
    /// Rows of the table of positions.
    package var positionCount: Int
    /// The row of the first position.
    package var firstPosition: Int
    /// Rows of the table of token types; 0 where there is none. Type 0 is added to every token.
    package var tokenTypeCount: Int
    package var normEpsilon: Float
    /// What the output layer calls its columns, in order; empty without a head.
    package var labels: [String]

    /// The longest sequence, special tokens included.
    package var maximumLength: Int { positionCount - firstPosition }
    package var headWidth: Int { hiddenWidth / headCount }

    /// Reads a `config.json`.
    package init(path: String) throws {
        let bytes = try Directory.contents(of: path)
        let stored: Stored
        do { stored = try JSON.decode(Stored.self, from: bytes) } catch {
            throw Failure.badEncoderConfiguration(path, "not the configuration of a transformer: \(error)")
        }
        if let key = JSONForm(bytes).repeatedKey {
            throw Failure.badEncoderConfiguration(path, "the key \(key) stands in it twice; take one of them out")
        }
        let (architecture, labelsTokens) = try stored.architecture(path)
        self.architecture = architecture
        try stored.requireComputable(path, architecture)
        hiddenWidth = try Self.size(stored.hidden_size ?? stored.dim, "hidden_size", path)
        layerCount = try Self.size(stored.num_hidden_layers ?? stored.n_layers, "num_hidden_layers", path)
        headCount = try Self.size(stored.num_attention_heads ?? stored.n_heads, "num_attention_heads", path)
        innerWidth = try Self.size(stored.intermediate_size ?? stored.hidden_dim, "intermediate_size", path)
        vocabularySize = try Self.size(stored.vocab_size, "vocab_size", path)
        positionCount = try Self.size(stored.max_position_embeddings, "max_position_embeddings", path)
        tokenTypeCount =
            architecture == .distilBert ? 0 : try Self.size(stored.type_vocab_size, "type_vocab_size", path)
        normEpsilon = architecture == .distilBert ? 1e-12 : stored.layer_norm_eps ?? 1e-12
        firstPosition = 0
        if architecture == .xlmRoberta {
            firstPosition = try Self.size(stored.pad_token_id, "pad_token_id", path, 0) + 1
        }
        labels = labelsTokens ? try stored.labels(path) : []
        try validate(path)
    }

    private func validate(_ path: String) throws {
        guard hiddenWidth % headCount == 0 else {
            throw Failure.badEncoderConfiguration(
                path, "\(hiddenWidth) numbers cannot be shared by \(headCount) attention heads")
        }
        guard normEpsilon > 0, normEpsilon < 1 else {
            throw Failure.badEncoderConfiguration(
                path, "layer_norm_eps is \(normEpsilon), and must be above 0 and below 1")
        }
        // Two special tokens and one piece.
        guard maximumLength >= 3 else {
            throw Failure.badEncoderConfiguration(
                path, "max_position_embeddings leaves room for \(maximumLength) tokens; 3 are the least")
        }
    }

    /// A number of things; the limit keeps products of two of them far from overflowing, whether there is so much is compared
    /// with the weights.
    private static func size(_ value: Int?, _ name: String, _ path: String, _ minimum: Int = 1) throws -> Int {
        guard let value else { throw Failure.badEncoderConfiguration(path, "\(name) is missing") }
        guard value >= minimum, value <= 1 << 28 else {
            throw Failure.badEncoderConfiguration(path, "\(name) is \(value), which cannot be")
        }
        return value
    }

}

/// The keys of the file; DistilBERT has names of its own.
private struct Stored: Decodable {
    var architectures: [String]?
    var hidden_size: Int?, dim: Int?
    var num_hidden_layers: Int?, n_layers: Int?
    var num_attention_heads: Int?, n_heads: Int?
    var intermediate_size: Int?, hidden_dim: Int?
    var hidden_act: String?, activation: String?
    var vocab_size: Int?
    var max_position_embeddings: Int?
    var type_vocab_size: Int?
    var layer_norm_eps: Float?
    var pad_token_id: Int?
    var position_embedding_type: String?
    var is_decoder: Bool?
    var add_cross_attention: Bool?
    var id2label: [String: String]?

    /// The architecture, and whether it labels tokens.
    func architecture(_ path: String) throws -> (EncoderConfiguration.Architecture, labelsTokens: Bool) {
        let name = architectures?.first ?? ""
        for architecture in EncoderConfiguration.Architecture.allCases {
            if name == architecture.className + "ForTokenClassification" { return (architecture, true) }
            if name == architecture.className + "Model" { return (architecture, false) }
        }
        let known = EncoderConfiguration.Architecture.allCases.map { $0.className + "ForTokenClassification" }
        throw Failure.badEncoderConfiguration(
            path,
            "the architecture is \(name.isEmpty ? "not said" : name), and what is read are \(known.joined(separator: ", ")), "
                + "and the same three without head (BertModel ...)")
    }

    func requireComputable(_ path: String, _ architecture: EncoderConfiguration.Architecture) throws {
        let key = architecture == .distilBert ? "activation" : "hidden_act"
        let function = (architecture == .distilBert ? activation : hidden_act) ?? "gelu"
        guard function == "gelu" else {
            throw Failure.badEncoderConfiguration(
                path, "\(key) is \(function), and only gelu (the exact one, by erf) is computed; use another model")
        }
        guard position_embedding_type ?? "absolute" == "absolute" else {
            throw Failure.badEncoderConfiguration(
                path,
                "position_embedding_type is \(position_embedding_type ?? ""), and only absolute positions are computed")
        }
        guard is_decoder != true, add_cross_attention != true else {
            throw Failure.badEncoderConfiguration(path, "the model is a decoder, and only encoders are computed")
        }
    }

    func labels(_ path: String) throws -> [String] {
        guard let id2label, !id2label.isEmpty else {
            throw Failure.badEncoderConfiguration(path, "id2label is missing: nobody knows what the columns mean")
        }
        return try (0..<id2label.count).map { number in
            guard let label = id2label[String(number)] else {
                throw Failure.badEncoderConfiguration(
                    path, "id2label has \(id2label.count) labels and none of them has the number \(number)")
            }
            return label
        }
    }
}

extension EncoderConfiguration {
    /// The labels as tags in the order that streams have, and the column of each.
    package func tags(place: String) throws -> (tags: TagSet, columns: [Int]) {
        guard !labels.isEmpty else {
            throw Failure.badEncoderConfiguration(
                place, "the model has no layer that labels tokens, so it cannot be a teacher; fine-tune it before")
        }
        let types = labels.filter { $0.hasPrefix("B-") }.map { String($0.dropFirst(2)) }
        let tags = TagSet(types: types)
        guard Set(labels).count == labels.count, tags.count == labels.count, Set(tags.names) == Set(labels) else {
            throw Failure.badEncoderConfiguration(
                place,
                "the labels \(labels.joined(separator: " ")) are not O and, for each type of entity, B-X and I-X; "
                    + "rename them in id2label, or use another model")
        }
        return (try TagSet(names: tags.names, place: place), tags.names.map { labels.firstIndex(of: $0) ?? 0 })
    }
}
