package import Corpora
import Diagnostics
package import Kernels
import Shards

/// A trained tagger: configuration and weights, stored as `config.json` and `model.safetensors` in a folder.
///
/// The metadata of the weights hold the digest of both, `nerpipe.digest`; a file without it, of another program or an
/// earlier version, is taken as it is.
package struct Model: Sendable {
    package let configuration: TaggerConfiguration
    package let parameters: FloatBuffer

    package init(configuration: TaggerConfiguration, parameters: FloatBuffer) {
        self.configuration = configuration
        self.parameters = parameters
    }

    package static let configurationName = "config.json"
    package static let weightsName = "model.safetensors"
    private static let digestName = "nerpipe.digest"

    /// Whether a folder holds a complete model; the configuration is written last.
    package static func exists(at path: String) -> Bool {
        Directory.fileExists("\(path)/\(configurationName)") && Directory.fileExists("\(path)/\(weightsName)")
    }

    /// Reads a model directory, or such a folder in one file (`StoredArchive`).
    package init(path: String) throws {
        guard Directory.exists(path) || StoredArchive.isArchive(path) else {
            throw Failure.noModel(path)
        }
        let configurationPath = "\(path)/\(Self.configurationName)"
        guard Self.exists(at: path) else {
            throw Failure.incompleteModel(path)
        }
        configuration = try Self.configuration(at: configurationPath)
        let weightsPath = "\(path)/\(Self.weightsName)"
        let content = try Safetensors.decode(
            Directory.contents(of: weightsPath, maximumByteCount: 1 << 32), path: weightsPath)
        let layout = ParameterLayout(configuration)
        // All shapes are compared before memory is taken: a configuration may ask for more than there is.
        let stored = try Self.tensors(of: layout, in: content, weightsPath)
        parameters = FloatBuffer(count: layout.count)
        for (tensor, values) in zip(layout.tensors, stored) { Self.copy(values.values, tensor, into: parameters) }
        if let expected = content.metadata[Self.digestName], try digest() != expected {
            throw Failure.modelDiffersFromDigest(path)
        }
    }

    private static func configuration(at path: String) throws -> TaggerConfiguration {
        let bytes = try Directory.contents(of: path)
        let configuration: TaggerConfiguration
        do { configuration = try JSON.decode(TaggerConfiguration.self, from: bytes) } catch {
            throw Failure.noConfiguration(path, error)
        }
        if let key = JSONForm(bytes).repeatedKey {
            throw Failure.repeatedKey(key, path)
        }
        try configuration.validate(place: path)
        return configuration
    }

    /// The tensors that a network needs, in its order; more, fewer or others are refused.
    private static func tensors(of layout: ParameterLayout, in content: Safetensors.Content, _ path: String) throws
        -> [Safetensors.Tensor]
    {
        if let other = Set(content.tensors.keys).subtracting(layout.tensors.map(\.name)).min() {
            throw Failure.strangeTensor(other, path)
        }
        return try layout.tensors.map { tensor in
            guard let found = content.tensors[tensor.name] else {
                throw Failure.missingTensor(tensor.name, path)
            }
            guard found.shape == tensor.shape else {
                throw Failure.wrongShape(of: tensor.name, found: found.shape, expected: tensor.shape, path)
            }
            guard found.values.allSatisfy(\.isFinite) else {
                throw Failure.tensorIsNotNumbers(tensor.name, path)
            }
            return found
        }
    }

    /// Writes the model; each file appears whole, the configuration last.
    package func write(to path: String, card: String) throws {
        try Directory.make(path)
        let tensors = ParameterLayout(configuration).tensors.map { tensor in
            Safetensors.Tensor(name: tensor.name, shape: tensor.shape, values: Self.fileOrder(tensor, parameters))
        }
        try AtomicFile.write(
            Safetensors.encode(tensors, metadata: [Self.digestName: digest()]), to: "\(path)/\(Self.weightsName)")
        try AtomicFile.write(card, to: "\(path)/README.md")
        try AtomicFile.write(JSON.encodePretty(configuration), to: "\(path)/\(Self.configurationName)")
    }

    /// Identity of the weights and the configuration, without paths and languages: what score streams and resumed runs compare.
    package func digest() throws -> String {
        let digest = RunningDigest()
        try JSON.encode(configuration.identity).withUnsafeBytes { digest.update($0) }
        digest.update(UnsafeRawBufferPointer(start: parameters.pointer, count: parameters.count * 4))
        return digest.hex
    }

    package func tagSet(place: String) throws -> TagSet { try TagSet(names: configuration.labels, place: place) }

    private static func copy(_ values: [Float], _ tensor: ParameterLayout.Tensor, into parameters: FloatBuffer) {
        guard tensor.isTransposed else {
            for (index, value) in values.enumerated() { parameters[tensor.offset + index] = value }
            return
        }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        for row in 0..<rows {
            for column in 0..<columns {
                parameters[tensor.offset + column * rows + row] = values[row * columns + column]
            }
        }
    }

    private static func fileOrder(_ tensor: ParameterLayout.Tensor, _ parameters: FloatBuffer) -> [Float] {
        guard tensor.isTransposed else { return (0..<tensor.count).map { parameters[tensor.offset + $0] } }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        return (0..<tensor.count).map { parameters[tensor.offset + $0 % columns * rows + $0 / columns] }
    }
}
