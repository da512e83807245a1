import Corpora
import Kernels

/// What a tagger reads of some tokens, one row each: the row of the table or a composed vector, hashes of features, flags
/// of the position.
///
/// `N` rows, `D` vector width, `S` statistics, `P` flags, `F` features.
struct TokenInputs {
    /// `[N]`: row of the table; absent for composed vectors.
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

    /// Whether a token has the features, flags and row of an input whose vector is not composed.
    func has(_ embedding: EmbeddedColumns, token: Int, at number: Int) -> Bool {
        guard tableRows[number] == embedding.rows[token] else { return false }
        if hasPositions && positions[number] != embedding.positions[token] { return false }
        let mine = number * featureCount, its = token * embedding.featureCount
        return (0..<featureCount).allSatisfy { features[mine + $0] == embedding.features[its + $0] }
    }

    /// Of what ``has(_:token:at:)`` compares.
    func hash(_ embedding: EmbeddedColumns, token: Int) -> Int {
        Self.hash(
            embedding.rows[token], hasPositions ? embedding.positions[token] : 0,
            embedding.features[token * embedding.featureCount..<token * embedding.featureCount + featureCount])
    }

    func hash(_ number: Int) -> Int {
        Self.hash(
            tableRows[number], hasPositions ? positions[number] : 0,
            features[number * featureCount..<(number + 1) * featureCount])
    }

    private static func hash(_ row: UInt32, _ position: UInt8, _ features: ArraySlice<UInt32>) -> Int {
        var hash = UInt64(row) << 8 | UInt64(position)
        for feature in features { hash = (hash &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(feature) }
        return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    /// The same in another order.
    ///
    /// - Parameters:
    ///   - order: `[N]`: which input comes at each place.
    ///   - places: `[N]`: at which place each comes.
    func ordered(_ order: [Int32], _ places: [Int32]) -> TokenInputs {
        var result = self
        for (place, number) in order.enumerated() {
            let number = Int(number)
            result.tableRows[place] = tableRows[number]
            if hasPositions { result.positions[place] = positions[number] }
            for feature in 0..<featureCount {
                result.features[place * featureCount + feature] = features[number * featureCount + feature]
            }
        }
        for (index, row) in composedRows.enumerated() { result.composedRows[index] = places[Int(row)] }
        return result
    }

    /// Writes the rows `[scale * vector; statistics; flags; feature embeddings]`.
    ///
    /// - Parameters:
    ///   - range: Which rows.
    ///   - hasVectors: Whether vectors are written; otherwise their columns are left as they are.
    ///   - x: Receives them, the first at row 0.
    ///   - parameters: The tagger's, of which the feature embeddings are read.
    func write(
        _ range: Range<Int>, _ configuration: TaggerConfiguration, _ layout: ParameterLayout,
        parameters: UnsafePointer<Float>, vectors: any FrozenVectors, hasVectors: Bool = true, to x: RowsPointer
    ) {
        let D = configuration.vectorWidth
        tableRows.withUnsafeBufferPointer {
            let rows = UnsafeBufferPointer(rebasing: $0[range])
            if hasVectors {
                vectors.gather(rows, scale: configuration.vectorScale, into: x.pointer, stride: x.stride)
            }
            if !configuration.numbers.statistics.isEmpty {
                // Composed vectors belong to words without a row, and so do their statistics.
                vectors.gatherStatistics(rows, into: x.pointer + D, stride: x.stride)
            }
        }
        for (index, row) in composedRows.enumerated() where hasVectors && range.contains(Int(row)) {
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
