import Corpora
import Kernels

/// What a tagger reads of some tokens, one row each: the row of the table or a composed vector, hashes of features, flags
/// of the position.
///
/// `N` rows, `D` vector width, `S` statistics, `P` flags, `F` features.
struct TokenInputs {
    /// `[N]`: row of the table; absent for composed vectors, and where there is no token.
    private(set) var tableRows: [UInt32] = []
    /// Rows whose vector is composed: f16 patterns in ``composedVectors``, one after the other.
    private(set) var composedRows: [Int32] = []
    private(set) var composedVectors: [UInt16] = []
    /// `[N, F]`: feature hashes.
    private(set) var features: [UInt32] = []
    /// `[N]`: `PositionFlags`; empty when tokens have none.
    private(set) var positions: [UInt8] = []
    let featureCount: Int
    let hasPositions: Bool

    init(featureCount: Int, hasPositions: Bool) {
        self.featureCount = featureCount
        self.hasPositions = hasPositions
    }

    var count: Int { tableRows.count }

    mutating func removeAll() {
        tableRows.removeAll(keepingCapacity: true)
        composedRows.removeAll(keepingCapacity: true)
        composedVectors.removeAll(keepingCapacity: true)
        features.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }

    /// Leaves the first `count` rows.
    mutating func keepFirst(_ count: Int) {
        while let last = composedRows.last, Int(last) >= count {
            composedVectors.removeLast(composedVectors.count / composedRows.count)
            composedRows.removeLast()
        }
        tableRows.removeLast(tableRows.count - count)
        features.removeLast(features.count - count * featureCount)
        if hasPositions { positions.removeLast(positions.count - count) }
    }

    /// Appends rows without a token: no vector, no flag; features that nobody reads.
    mutating func appendEmpty(_ count: Int) {
        tableRows.append(contentsOf: repeatElement(EmbeddedColumns.absent, count: count))
        features.append(contentsOf: repeatElement(0, count: count * featureCount))
        if hasPositions { positions.append(contentsOf: repeatElement(0, count: count)) }
    }

    /// Appends tokens of an embedded batch.
    mutating func append(_ embedding: EmbeddedColumns, tokens: Range<Int>) {
        for token in tokens {
            guard let vector = embedding.composedRange(ofToken: token) else {
                tableRows.append(embedding.rows[token])
                continue
            }
            composedRows.append(Int32(tableRows.count))
            composedVectors.append(contentsOf: embedding.composed[vector])
            tableRows.append(EmbeddedColumns.absent)
        }
        let F = embedding.featureCount
        if F == featureCount {
            features.append(contentsOf: embedding.features[tokens.lowerBound * F..<tokens.upperBound * F])
        } else {
            // The features behind the first ones are for other models.
            for token in tokens {
                features.append(contentsOf: embedding.features[token * F..<token * F + featureCount])
            }
        }
        if hasPositions { positions.append(contentsOf: embedding.positions[tokens]) }
    }

    /// Writes the rows `[scale * vector; statistics; flags; feature embeddings]`.
    ///
    /// - Parameters:
    ///   - range: Which rows.
    ///   - x: Receives them, the first at row 0.
    ///   - parameters: The tagger's, of which the feature embeddings are read.
    func write(
        _ range: Range<Int>, _ configuration: TaggerConfiguration, _ layout: ParameterLayout,
        parameters: UnsafePointer<Float>, vectors: any FrozenVectors, to x: RowsPointer
    ) {
        let D = configuration.vectorWidth
        tableRows.withUnsafeBufferPointer {
            let rows = UnsafeBufferPointer(rebasing: $0[range])
            vectors.gather(rows, scale: configuration.vectorScale, into: x.pointer, stride: x.stride)
            if !configuration.numbers.statistics.isEmpty {
                // Composed vectors belong to words without a row, and so do their statistics.
                vectors.gatherStatistics(rows, into: x.pointer + D, stride: x.stride)
            }
        }
        for (index, row) in composedRows.enumerated() where range.contains(Int(row)) {
            let out = x.from(row: Int(row) - range.lowerBound).pointer
            composedVectors.withUnsafeBufferPointer {
                if let source = $0.baseAddress { Kernel.halfToFloat(count: D, x: source + index * D, y: out) }
            }
            Kernel.scale(count: D, a: configuration.vectorScale, y: out)
        }
        if hasPositions {
            let flags = x.pointer + D + configuration.numbers.statistics.count
            for (index, bits) in positions[range].enumerated() {
                for bit in PositionFlags.names.indices {
                    flags[index * x.stride + bit] = Float(bits >> bit & 1)
                }
            }
        }
        var column = configuration.frozenWidth
        for (index, feature) in configuration.features.enumerated() {
            let table = parameters + layout.features[index]
            for row in range {
                let bucket = Int(features[row * featureCount + index] % UInt32(feature.buckets))
                (x.pointer + (row - range.lowerBound) * x.stride + column)
                    .update(from: table + bucket * feature.width, count: feature.width)
            }
            column += feature.width
        }
    }
}
