import Corpora
import Foundation
import Kernels
import NERPipeTesting

@testable import Taggers

/// The network as its formulas read, in double precision and with plain loops; nothing is shared with the fast one but
/// the layout of the weights.
///
/// Legend: `R` rows (boundaries before the first sentence and after each, tokens between), `D` vector width, `I` input
/// width, `H` hidden width, `K` labels. Words without a row have the statistics of unseen ones.
struct ReferenceTagger {
    /// Factors that dropout applies, all 1 at inference.
    struct Masks {
        /// `[R, I]`; rows with the same input have the same.
        var input: [Double]
        /// `[R, H]` for each convolution and the output layer.
        var layers: [[Double]]
        /// `[R]`: whether the row's vector is dropped whole.
        var droppedVectors: [Bool]
    }

    let configuration: TaggerConfiguration
    let vectors: TinyVectors
    var parameters: [Double]
    private let offsets: [String: Int]

    init(_ configuration: TaggerConfiguration, vectors: TinyVectors, parameters: FloatBuffer) {
        self.configuration = configuration
        self.vectors = vectors
        self.parameters = parameters.array.map(Double.init)
        offsets = Dictionary(uniqueKeysWithValues: ParameterLayout(configuration).tensors.map { ($0.name, $0.offset) })
    }

    /// Tokens of the sentences in rows; nil is a boundary: one before each sentence, two behind the last.
    static func rows(_ sentences: [(SentenceBatch, Range<Int>)]) -> [(batch: SentenceBatch, token: Int)?] {
        var rows: [(batch: SentenceBatch, token: Int)?] = [nil]
        for (batch, tokens) in sentences {
            for token in tokens { rows.append((batch, token)) }
            if !tokens.isEmpty { rows.append(nil) }
        }
        rows.append(nil)
        return rows
    }

    /// Of each token its number among the different inputs, by when they came first; composed vectors are all different.
    private func inputNumbers(_ rows: [(batch: SentenceBatch, token: Int)?]) -> [Int?] {
        var numbers: [[UInt32]: Int] = [:]
        return rows.enumerated().map { place, row in
            guard let row, let embedding = row.batch.embedding else { return nil }
            let F = embedding.featureCount, table = embedding.rows[row.token]
            let isComposed = table != EmbeddedColumns.absent && table & EmbeddedColumns.composedBit != 0
            var key = [table, embedding.positions.isEmpty ? 0 : UInt32(embedding.positions[row.token])]
            key += embedding.features[row.token * F..<row.token * F + F]
            if isComposed { key.append(UInt32(place)) }
            if numbers[key] == nil { numbers[key] = numbers.count }
            return numbers[key]
        }
    }

    func masks(_ rows: [(batch: SentenceBatch, token: Int)?], noise: TrainingNoise) -> Masks {
        let R = rows.count, I = configuration.inputWidth
        func factors(_ count: Int, _ mask: DropoutMask) -> [Double] {
            var out = [Float](repeating: 1, count: count)
            out.withUnsafeMutableBufferPointer { out in
                let rows = RowsPointer(out.baseAddress!, stride: count)
                Kernel.dropout(rowCount: 1, columnCount: count, x: rows, y: rows, mask: mask, firstIndex: 0)
            }
            return out.map(Double.init)
        }
        var bits = [UInt32](repeating: 0, count: R)
        bits.withUnsafeMutableBufferPointer {
            Kernel.randomBits(count: R, key: ~noise.key, firstIndex: 0, into: $0.baseAddress!)
        }
        let numbers = inputNumbers(rows), inputs = factors(R * I, noise.mask(layer: 0))
        return Masks(
            input: numbers.flatMap { inputs[($0 ?? 0) * I..<(($0 ?? 0) + 1) * I] },
            layers: (0...configuration.convolutionCount).map {
                factors(R * configuration.hiddenWidth, noise.mask(layer: $0 + 1))
            },
            droppedVectors: numbers.map { Double(bits[$0 ?? 0]) / 4_294_967_296 < noise.vectorDropout })
    }

    /// Logits, `[R][K]`.
    func logits(_ rows: [(batch: SentenceBatch, token: Int)?], masks: Masks? = nil) -> [[Double]] {
        let H = configuration.hiddenWidth, I = configuration.inputWidth
        var hidden = [[Double]](repeating: [Double](repeating: 0, count: H), count: rows.count)
        for (r, row) in rows.enumerated() {
            guard let row else { continue }
            var x = input(row.batch, row.token, dropsVector: masks?.droppedVectors[r] ?? false)
            if let masks { for i in 0..<I { x[i] *= masks.input[r * I + i] } }
            hidden[r] = layer("input", x)
        }
        for index in 0..<configuration.convolutionCount {
            var dropped = hidden
            if let masks {
                for r in rows.indices { for h in 0..<H { dropped[r][h] *= masks.layers[index][r * H + h] } }
            }
            var next = hidden
            for r in rows.indices where rows[r] != nil {
                let y = layer("convolutions.\(index)", dropped[r - 1] + dropped[r] + dropped[r + 1])
                for h in 0..<H { next[r][h] += y[h] }
            }
            hidden = next
        }
        return rows.indices.map { r in
            var x = hidden[r]
            if let masks { for h in 0..<H { x[h] *= masks.layers[configuration.convolutionCount][r * H + h] } }
            return linear("output", x, width: configuration.labelCount)
        }
    }

    private func input(_ batch: SentenceBatch, _ token: Int, dropsVector: Bool) -> [Double] {
        let D = configuration.vectorWidth
        guard let embedding = batch.embedding else { return [] }
        let row = embedding.rows[token]
        let scale = Double(configuration.vectorScale)
        var x: [Double] = (0..<D).map { column in
            if row == EmbeddedColumns.absent || dropsVector { return 0 }
            if row & EmbeddedColumns.composedBit != 0 {
                return scale * Double(Float16(bitPattern: embedding.composed[Int(row & 0x7FFF_FFFF) * D + column]))
            }
            return scale * Double(vectors.values[Int(row) * D + column])
        }
        let statistics = configuration.numbers.statistics.count
        let known = row & EmbeddedColumns.composedBit == 0 ? Int(row) : vectors.rowCount
        x += (0..<statistics).map { Double(vectors.statistics[known * statistics + $0]) }
        if configuration.numbers.hasPositions {
            x += (0..<3).map { embedding.positions[token] >> $0 & 1 == 1 ? 1 : 0 }
        }
        for (index, feature) in configuration.features.enumerated() {
            let bucket = Int(embedding.features[token * configuration.features.count + index]) % feature.buckets
            let start = offsets["features.\(feature.name).weight"]! + bucket * feature.width
            x += parameters[start..<start + feature.width]
        }
        return x
    }

    private func linear(_ name: String, _ x: [Double], width: Int) -> [Double] {
        let weight = offsets["\(name).weight"]!, bias = offsets["\(name).bias"]!
        var y = Array(parameters[bias..<bias + width])
        parameters.withUnsafeBufferPointer { p in
            for i in x.indices where x[i] != 0 { for o in 0..<width { y[o] += x[i] * p[weight + i * width + o] } }
        }
        return y
    }

    /// LayerNorm(ReLU(W x + b))
    private func layer(_ name: String, _ x: [Double]) -> [Double] {
        let H = configuration.hiddenWidth
        let a = linear(name, x, width: H).map { max(0, $0) }
        let mean = a.reduce(0, +) / Double(H)
        let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(H)
        let gamma = offsets["\(name).norm.weight"]!, beta = offsets["\(name).norm.bias"]!
        return (0..<H).map {
            (a[$0] - mean) / (variance + 1e-5).squareRoot() * parameters[gamma + $0] + parameters[beta + $0]
        }
    }

    static func softmax(_ z: [Double]) -> [Double] {
        let top = z.max() ?? 0
        let e = z.map { exp($0 - top) }
        let sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }
}
