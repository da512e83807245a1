import Diagnostics
package import Kernels
import Shards

/// An encoder with its weights, for inference; may be used by several tasks at once, each with its own workspace.
package final class TransformerEncoder: Sendable {
    package let configuration: EncoderConfiguration
    package let precision: EncoderPrecision
    let weights: EncoderWeights

    package static let configurationName = "config.json"
    package static let weightsName = "model.safetensors"

    /// Reads a folder as `save_pretrained` of Hugging Face transformers writes it.
    package init(folder: String, precision: EncoderPrecision = .float32) throws {
        for name in [Self.configurationName, Self.weightsName] where !Directory.fileExists("\(folder)/\(name)") {
            throw Failure.noTransformer(folder, missing: name)
        }
        configuration = try EncoderConfiguration(path: "\(folder)/\(Self.configurationName)")
        weights = try EncoderWeights(path: "\(folder)/\(Self.weightsName)", configuration, precision)
        self.precision = precision
    }

    /// Identity of configuration, weights and precision.
    package var digest: String {
        Digest.hex(Array("\(configuration)\n\(precision.rawValue)\n\(weights.digest)".utf8))
    }

    /// Of an encoder of 8 bits: the channels that are multiplied in 32 bits, of each product of each layer.
    package var outlierChannels: [[[Int]]] {
        weights.layers.map { layer in
            [layer.projections, layer.attentionOutput, layer.inner, layer.output].map {
                if case .int8(let matrix) = $0.matrix { matrix.outlierRows } else { [] }
            }
        }
    }

    /// Tensors in the file that the network does not need.
    package var unusedTensors: [String] { weights.unusedTensors }

    /// Floating point operations of the products for sequences of these lengths: two for a multiply-add.
    package func operationCount(lengths: [Int]) -> Int {
        let H = configuration.hiddenWidth, I = configuration.innerWidth
        let perRow = 2 * (4 * H * H + 2 * H * I) * configuration.layerCount + 2 * H * configuration.labels.count
        let perPair = 4 * H * configuration.layerCount
        return lengths.reduce(0) { $0 + $1 * perRow + $1 * $1 * perPair }
    }

    /// What a forward pass gives, valid until the next one with the same workspace.
    package struct Result {
        /// `[rows, H]`: the states of the last layer.
        package let states: RowsPointer
        /// `[rows, labels]`; nothing without a head.
        package let logits: RowsPointer
    }

    /// Runs the network over sequences. Each row depends on its own sequence alone, to the bit.
    ///
    /// - Parameters:
    ///   - layerCount: Ends after so many layers, for states of words; all and the head when nil.
    ///   - look: Gets the states `[rows, H]` below the first layer (0) and after each one (1, 2, ...).
    /// - Precondition: No sequence is longer than `configuration.maximumLength`, and all pieces are in the vocabulary.
    package func forward(
        _ sequences: EncoderSequences, in workspace: EncoderWorkspace, layerCount: Int? = nil,
        look: (_ layer: Int, _ states: RowsPointer) -> Void = { _, _ in }
    ) -> Result {
        let pass = EncoderPass(configuration, sequences, in: workspace)
        pass.embed(words: weights.words, positions: weights.positions, norm: weights.embeddingNorm)
        look(0, workspace.states.pointer)
        for (number, layer) in weights.layers.prefix(layerCount ?? .max).enumerated() {
            pass.attend(layer)
            pass.feedForward(layer)
            look(number + 1, workspace.states.pointer)
        }
        if let head = weights.head, layerCount == nil {
            pass.multiply(workspace.states.pointer, head, .none, workspace.logits.pointer)
        }
        return Result(states: workspace.states.pointer, logits: workspace.logits.pointer)
    }
}
