import Diagnostics
import Kernels
import Shards
import Taggers

/// The tensors of an encoder's `model.safetensors`, mapped: nothing is read before it is asked for by name and shape.
///
/// Names are taken with and without the prefix of the architecture (`bert.`, `roberta.`, `distilbert.`), because a model with a
/// head has it and one without has not.
final class EncoderTensors {
    let path: String
    private let file: MappedFile
    private var left: [String: Safetensors.Location] = [:]

    init(path: String, _ architecture: EncoderConfiguration.Architecture) throws {
        self.path = path
        file = try MappedFile(path: path, hint: "a folder of a model has config.json and model.safetensors")
        let prefix = Self.prefix(architecture)
        for tensor in try Safetensors.locations(in: file.bytes, path: path).tensors {
            let name = tensor.name.hasPrefix(prefix) ? String(tensor.name.dropFirst(prefix.count)) : tensor.name
            guard left.updateValue(tensor, forKey: name) == nil else {
                throw Failure.tensorTwice(name, prefix: prefix, path)
            }
        }
    }

    private static func prefix(_ architecture: EncoderConfiguration.Architecture) -> String {
        switch architecture {
        case .bert: "bert."
        case .xlmRoberta: "roberta."
        case .distilBert: "distilbert."
        }
    }

    /// Takes a tensor out, whose shape must be the expected one.
    private func take(_ name: String, _ shape: [Int]) throws -> (Safetensors.Location, Safetensors.NumberType) {
        guard let tensor = left.removeValue(forKey: name) else {
            throw Failure.missingTensor(name, path)
        }
        guard tensor.shape == shape else {
            throw Failure.tensorShape(tensor.name, tensor.shape, wanted: shape, path)
        }
        guard let type = tensor.type else { throw Safetensors.unreadable(tensor.name, tensor.typeName, path) }
        return (tensor, type)
    }

    /// The numbers of a tensor, checked to be numbers.
    func values(_ name: String, _ shape: [Int]) throws -> FloatBuffer {
        let (tensor, type) = try take(name, shape)
        let table = NumberTable(file, tensor, type, width: shape.reduce(1, *))
        let values = FloatBuffer(count: table.width)
        table.copyRow(0, to: values.pointer)
        file.release(tensor.bytes)
        try Self.requireNumbers(values.pointer, values.count, tensor.name, path)
        return values
    }

    /// A table of rows that stays in the file.
    func table(_ name: String, rowCount: Int, width: Int) throws -> NumberTable {
        let (tensor, type) = try take(name, [rowCount, width])
        let table = NumberTable(file, tensor, type, width: width)
        let row = FloatBuffer(count: width)
        try row.withPointer { row in
            for number in 0..<rowCount {
                table.copyRow(number, to: row)
                try Self.requireNumbers(row, width, tensor.name, path)
            }
        }
        file.release(tensor.bytes)
        return table
    }

    private static func requireNumbers(_ x: UnsafePointer<Float>, _ count: Int, _ name: String, _ path: String) throws {
        // A square of a float that is finite is finite in double precision, and so is their sum.
        guard Kernel.sumOfSquares(count: count, x: x).isFinite else {
            throw Failure.notNumbers(inTensor: name, path)
        }
    }

    /// Names of tensors that such models have and nobody needs here; any other that is left over is refused.
    func requireNoOthers() throws -> [String] {
        let known: Set<String> = [
            "pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids", "embeddings.token_type_ids",
        ]
        if let other = Set(left.keys).subtracting(known).min() {
            throw Failure.tensorWithoutPlace(other, path)
        }
        return left.keys.sorted()
    }

    /// Identity of all bytes of the file.
    var digest: String { Digest.hex(file.bytes) }
}

/// Rows of numbers in a mapped file, widened when they are read.
struct NumberTable: Sendable {
    let width: Int
    private let file: MappedFile
    private let bytes: Range<Int>
    private let type: Safetensors.NumberType

    fileprivate init(
        _ file: MappedFile, _ tensor: Safetensors.Location, _ type: Safetensors.NumberType, width: Int
    ) {
        (self.file, bytes, self.type, self.width) = (file, tensor.bytes, type, width)
    }

    /// Copies a row to `width` floats.
    ///
    /// - Precondition: the row is in the table.
    func copyRow(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        let size = width * type.byteCount, start = bytes.lowerBound + row * size
        precondition(row >= 0 && start + size <= bytes.upperBound, "row \(row) of \(bytes.count / max(1, size))")
        guard size > 0, let source = file.bytes.baseAddress.map({ $0 + start }) else { return }
        type.widen(source, count: width, to: target)
    }
}
