import Kernels

/// How exactly an encoder computes the products of its layers; norms, softmax, attention and the head stay in 32 bits.
package enum EncoderPrecision: String, CaseIterable, Codable, Sendable {
    case float32 = "fp32"
    /// Both sides rounded to bfloat16, summed in 32 bits.
    case bfloat16 = "bf16"
    /// Both sides rounded to 8-bit whole numbers, weights by output and states by token, outlier channels apart in 32 bits.
    case int8
}

/// A product with a bias, packed.
struct DenseLayer: Sendable {
    enum Matrix: Sendable {
        case float32(PackedMatrix)
        case bfloat16(PackedBFloat16Matrix)
        case int8(PackedInt8Matrix)
    }

    let matrix: Matrix
    /// `[N]`
    let bias: FloatBuffer
}

/// A product with a bias as it is stored.
struct StoredDense {
    /// `[N, K]`: a row for each output, as PyTorch has them.
    let rows: FloatBuffer
    /// `[N]`
    let bias: FloatBuffer

    private var inputCount: Int { rows.count / max(1, bias.count) }

    /// - Parameter outliers: Inputs that a product of 8 bits keeps apart.
    func packed(_ precision: EncoderPrecision, outliers: [Int] = []) -> DenseLayer {
        let K = inputCount, N = bias.count
        switch precision {
        case .float32:
            let matrix = PackedMatrix(rowCount: K, columnCount: N)
            matrix.pack(rows.pointer, rowStride: 1, columnStride: K)
            return DenseLayer(matrix: .float32(matrix), bias: bias)
        case .bfloat16:
            let matrix = PackedBFloat16Matrix(
                rows.pointer, rowCount: K, columnCount: N, rowStride: 1, columnStride: K)
            return DenseLayer(matrix: .bfloat16(matrix), bias: bias)
        case .int8:
            let matrix = PackedInt8Matrix(
                rows.pointer, rowCount: K, columnCount: N, rowStride: 1, columnStride: K, outlierRows: outliers)
            return DenseLayer(matrix: .int8(matrix), bias: bias)
        }
    }
}

/// A layer as it is stored, see ``EncoderLayer``.
struct StoredLayer {
    let projections: StoredDense
    let attentionOutput: StoredDense
    let attentionNorm: LayerNorm
    let inner: StoredDense
    let output: StoredDense
    let outputNorm: LayerNorm

    /// - Parameter outliers: Of each of the four products, see ``StoredDense/packed(_:outliers:)``.
    func packed(_ precision: EncoderPrecision, outliers: [[Int]] = [[], [], [], []]) -> EncoderLayer {
        EncoderLayer(
            projections: projections.packed(precision, outliers: outliers[0]),
            attentionOutput: attentionOutput.packed(precision, outliers: outliers[1]), attentionNorm: attentionNorm,
            inner: inner.packed(precision, outliers: outliers[2]),
            output: output.packed(precision, outliers: outliers[3]), outputNorm: outputNorm)
    }
}
