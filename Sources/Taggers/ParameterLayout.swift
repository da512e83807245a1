package import Kernels
import Randomness

/// Where each tensor lies in the flat array of all parameters.
///
/// Weights are kept input-major, `[in, out]`, as the products read them; model files have them the other way round.
package struct ParameterLayout: Sendable {
    package struct Tensor: Sendable, Equatable {
        package var name: String
        /// As in a model file.
        package var shape: [Int]
        package var offset: Int
        package var count: Int
        /// Whether memory holds the transpose of the file's tensor.
        package var isTransposed: Bool
        /// Biases and layer norms are not decayed.
        package var isDecayed: Bool

        var range: Range<Int> { offset..<offset + count }
    }
    /// Weights of a fully connected layer and the layer norm behind it.
    struct Layer: Sendable {
        var inputWidth: Int
        var outputWidth: Int
        var weight: Int
        var bias: Int
        var gamma: Int
        var beta: Int
    }

    package private(set) var tensors: [Tensor] = []
    package private(set) var count = 0
    private(set) var features: [Int] = []
    private(set) var input = Layer(inputWidth: 0, outputWidth: 0, weight: 0, bias: 0, gamma: 0, beta: 0)
    private(set) var convolutions: [Layer] = []
    private(set) var outputWeight = 0
    private(set) var outputBias = 0

    package init(_ configuration: TaggerConfiguration) {
        let H = configuration.hiddenWidth
        for feature in configuration.features {
            features.append(
                add("features.\(feature.name).weight", [feature.buckets, feature.width], isTransposed: false))
        }
        input = addLayer("input", configuration.inputWidth, H)
        for index in 0..<configuration.convolutionCount {
            convolutions.append(addLayer("convolutions.\(index)", 3 * H, H))
        }
        outputWeight = add("output.weight", [configuration.labelCount, H], isTransposed: true)
        outputBias = add("output.bias", [configuration.labelCount], isTransposed: false, isDecayed: false)
    }

    private mutating func addLayer(_ name: String, _ inputWidth: Int, _ outputWidth: Int) -> Layer {
        Layer(
            inputWidth: inputWidth, outputWidth: outputWidth,
            weight: add("\(name).weight", [outputWidth, inputWidth], isTransposed: true),
            bias: add("\(name).bias", [outputWidth], isTransposed: false, isDecayed: false),
            gamma: add("\(name).norm.weight", [outputWidth], isTransposed: false, isDecayed: false),
            beta: add("\(name).norm.bias", [outputWidth], isTransposed: false, isDecayed: false))
    }

    private mutating func add(_ name: String, _ shape: [Int], isTransposed: Bool, isDecayed: Bool = true) -> Int {
        let size = shape.reduce(1, *)
        tensors.append(
            Tensor(
                name: name, shape: shape, offset: count, count: size, isTransposed: isTransposed, isDecayed: isDecayed))
        defer { count += size }
        return count
    }

    /// Fresh weights: uniform in ±1/sqrt(inputs) for weights and biases (He et al. 2015 as PyTorch's `Linear` uses it),
    /// feature embeddings N(0, 0.3), layer norms 1 and 0.
    package func makeInitialParameters(seed: UInt64) -> FloatBuffer {
        let parameters = FloatBuffer(count: count)
        var random = RandomSource(seed: seed, stream: .initialization)
        var inputCount = 1
        for tensor in tensors {
            if tensor.name.hasSuffix(".norm.weight") {
                for index in tensor.range { parameters[index] = 1 }
            } else if tensor.name.hasSuffix(".norm.bias") {
                continue
            } else if tensor.name.hasPrefix("features.") {
                for index in tensor.range { parameters[index] = Float(0.3 * random.nextNormal()) }
            } else {
                if tensor.shape.count == 2 { inputCount = tensor.shape[1] }  // a bias follows its weight
                let bound = 1 / Double(inputCount).squareRoot()
                for index in tensor.range { parameters[index] = Float(bound * (2 * random.nextUniform() - 1)) }
            }
        }
        return parameters
    }
}
