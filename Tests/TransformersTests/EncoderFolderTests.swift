import Corpora
import Diagnostics
import Foundation
import Taggers
import Testing
import Transformers

/// What a folder must be, and what is said when it is not.
struct EncoderFolderTests {
    @Test func readsTheThreeArchitectures() throws {
        let bert = try TransformerEncoder(folder: Fixture("bert").folder).configuration
        #expect(
            bert.architecture == .bert && bert.hiddenWidth == 36 && bert.headWidth == 12 && bert.maximumLength == 40)
        let roberta = try TransformerEncoder(folder: Fixture("xlm-roberta").folder).configuration
        #expect(roberta.firstPosition == 2 && roberta.maximumLength == 40 && roberta.normEpsilon == 1e-5)
        let distil = try TransformerEncoder(folder: Fixture("distilbert").folder).configuration
        #expect(distil.tokenTypeCount == 0 && distil.normEpsilon == 1e-12 && distil.labels.count == 5)
        #expect(try TransformerEncoder(folder: Fixture("bert-without-head").folder).configuration.labels == [])
    }

    @Test func labelsAreBroughtIntoTheOrderOfStreams() throws {
        let configuration = try EncoderConfiguration(path: Fixture("bert").folder + "/config.json")
        let (tags, columns) = try configuration.tags(place: "x")
        #expect(tags.names == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"] && columns == [2, 0, 1, 3, 4])
    }

    @Test(arguments: [
        ("\"BertForTokenClassification\"", "\"GPT2Model\"", "the architecture is GPT2Model, and what is read are Bert"),
        ("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"gelu_new\"", "hidden_act is gelu_new, and only gelu"),
        ("\"hidden_size\": 36", "\"hidden_size\": 37", "37 numbers cannot be shared by 3 attention heads"),
        ("\"hidden_size\": 36", "\"hidden_size\": 48", "has shape [41, 36], config.json says [41, 48]"),
        ("\"hidden_size\": 36,", "", "hidden_size is missing"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 9000000000", "num_hidden_layers is 9000000000"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 200000000", "tensor encoder.layer.2.attention.self.query"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1", "has no place in the network"),
        ("\"intermediate_size\": 50", "\"intermediate_size\": -1", "intermediate_size is -1, which cannot be"),
        ("\"max_position_embeddings\": 40", "\"max_position_embeddings\": 2", "leaves room for 2 tokens"),
        ("\"max_position_embeddings\": 40", "\"max_position_embeddings\": 41", "config.json says [41, 36]"),
        ("\"is_decoder\": false", "\"is_decoder\": true", "the model is a decoder"),
        ("\"model_type\"", "\"position_embedding_type\": \"relative_key\", \"model_type\"", "only absolute positions"),
        ("\"3\": \"B-PER\"", "\"7\": \"B-PER\"", "none of them has the number 3"),
        ("\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": 0", "layer_norm_eps is 0.0"),
        ("\"hidden_size\": 36", "\"hidden_size\": 36, \"hidden_size\": 36", "the key hidden_size stands in it twice"),
        ("{\n", "[", "not the configuration of a transformer"),
    ])
    func refusesConfigurations(_ old: String, _ new: String, _ expected: String) throws {
        try withCopy(of: "bert") { folder in
            try change(old, to: new, in: folder)
            let message = failure { _ = try TransformerEncoder(folder: folder) }
            #expect(message.contains(expected), "\(message)")
        }
    }

    @Test func refusesOtherTensors() throws {
        let norm = "bert.embeddings.LayerNorm.weight"
        let changes: [(String, (inout [String: Safetensors.Tensor]) -> Void)] = [
            ("tensor embeddings.LayerNorm.weight is missing", { $0[norm] = nil }),
            ("tensor cls.bias has no place", { $0["cls.bias"] = .init(name: "cls.bias", shape: [1], values: [0]) }),
            ("contains values that are not numbers", { $0[norm]?.values[3] = .nan }),
            (
                "contains values that are not numbers",
                { $0["bert.embeddings.word_embeddings.weight"]?.values[77] = .infinity }
            ),
            (
                "with and without the prefix bert.",
                {
                    $0["embeddings.LayerNorm.weight"] = .init(
                        name: "embeddings.LayerNorm.weight", shape: [1], values: [0])
                }
            ),
            ("has shape [6, 6], config.json says [36]", { $0[norm]?.shape = [6, 6] }),
        ]
        for (expected, apply) in changes {
            try withCopy(of: "bert") { folder in
                try changeTensors(in: folder, apply)
                let message = failure { _ = try TransformerEncoder(folder: folder) }
                #expect(message.contains(expected), "\(message)")
            }
        }
        try withCopy(of: "bert") { folder in
            try FileManager.default.removeItem(atPath: "\(folder)/model.safetensors")
            #expect(failure { _ = try TransformerEncoder(folder: folder) }.contains("it has no model.safetensors"))
        }
    }

    @Test func refusesLabelsThatAreNoTags() throws {
        for (old, new) in [("\"I-PER\"", "\"I-ORG\""), ("\"I-PER\"", "\"B-PER\""), ("\"O\"", "\"LABEL_2\"")] {
            try withCopy(of: "bert") { folder in
                try change(old, to: new, in: folder)
                let configuration = try EncoderConfiguration(path: "\(folder)/config.json")
                #expect(failure { _ = try configuration.tags(place: "x") }.contains("are not O and, for each type"))
            }
        }
        let headless = try EncoderConfiguration(path: Fixture("bert-without-head").folder + "/config.json")
        #expect(failure { _ = try headless.tags(place: "x") }.contains("no layer that labels tokens"))
    }
}
