import Kernels

/// How exactly a tagger computes.
package enum ArithmeticPrecision: String, CaseIterable, Codable, Sendable {
    /// 32-bit floats throughout.
    case full
    /// A frozen tagger: products of 8-bit whole numbers, each row and each output with a scale of its own; what the cache keeps of a
    /// token is 16-bit floats (IEEE binary16). In training: products of 16-bit floats (bfloat16) summed in 32 bits. Norms, sums and
    /// the output layer stay in 32 bits.
    case reduced

    /// What a frozen tagger's scores in other than full precision are called. It changes with the numbers that come out, so that those of two
    /// programs are not taken for the same.
    package var nameOfScores: String? { self == .full ? nil : "int8.2" }
}

/// A right-hand matrix in the precision of its tagger.
enum FrozenMatrix: Sendable {
    case full(PackedMatrix)
    case reduced(PackedInt8Matrix)

    /// Packs a row-major matrix.
    ///
    /// - Parameter eightBitRowCount: Rows that 8 bits will do for; nil: all.
    init(
        _ source: UnsafePointer<Float>, rowCount: Int, columnCount: Int, _ precision: ArithmeticPrecision,
        eightBitRowCount: Int? = nil
    ) {
        switch precision {
        case .full:
            let packed = PackedMatrix(rowCount: rowCount, columnCount: columnCount)
            packed.pack(source, rowStride: columnCount, columnStride: 1)
            self = .full(packed)
        case .reduced:
            self = .reduced(
                PackedInt8Matrix(
                    source, rowCount: rowCount, columnCount: columnCount, rowStride: columnCount, columnStride: 1,
                    outlierRows: Array((eightBitRowCount ?? rowCount)..<rowCount)))
        }
    }
}

/// The weights of a tagger that does not learn any more.
///
/// What the input layer makes of a token depends on the token alone, and so do the three products by which the first
/// convolution takes it to itself and to its neighbours: they are computed once per token and kept (``TokenEntryCache``).
/// The convolutions after it use transformed taps (`WindowConvolution`).
struct FrozenTagger: Sendable {
    let configuration: TaggerConfiguration
    let precision: ArithmeticPrecision
    let layout: ParameterLayout
    let parameters: FloatBuffer
    let input: FrozenMatrix
    /// `[H, H]`: left, self and right tap of the first convolution; empty when there is none.
    let firstTaps: [FrozenMatrix]
    /// Transformed taps of the convolutions after the first.
    let windows: [[FrozenMatrix]]
    /// The output layer decides close cases and costs little: always in full precision.
    let output: PackedMatrix

    init(_ configuration: TaggerConfiguration, parameters: FloatBuffer, precision: ArithmeticPrecision) {
        self.configuration = configuration
        self.precision = precision
        self.parameters = parameters
        let layout = ParameterLayout(configuration)
        precondition(parameters.count == layout.count, "\(parameters.count) parameters, expected \(layout.count)")
        self.layout = layout
        let p = parameters.pointer
        let H = configuration.hiddenWidth, K = configuration.labelCount
        input = FrozenMatrix(
            p + layout.input.weight, rowCount: configuration.inputWidth, columnCount: H, precision,
            // Statistics, flags and features are of other sizes than the numbers of a vector.
            eightBitRowCount: configuration.vectorWidth)
        func square(_ source: UnsafePointer<Float>) -> FrozenMatrix {
            FrozenMatrix(source, rowCount: H, columnCount: H, precision)
        }
        firstTaps = layout.convolutions.prefix(1).flatMap { layer in
            let taps = UnsafePointer(p + layer.weight)
            return [square(taps), square(taps + H * H), square(taps + 2 * H * H)]
        }
        let pair = FloatBuffer(count: 2 * H * H)
        windows = layout.convolutions.dropFirst().map { layer in
            let taps = p + layer.weight
            func transformed(_ components: ClosedRange<Int>) -> [FrozenMatrix] {
                WindowConvolution.transformTaps(components, count: H * H, taps: taps, into: pair.pointer)
                return [square(pair.pointer), square(pair.pointer + H * H)]
            }
            return [square(taps)] + transformed(1...2) + [square(taps + 2 * H * H)] + transformed(4...5)
        }
        output = PackedMatrix(rowCount: H, columnCount: K)
        output.pack(p + layout.outputWeight, rowStride: K, columnStride: 1)
    }
}
