import Corpora
import Kernels

/// What a frozen tagger has computed from tokens alone, by what they are made of: the hidden state behind the input layer
/// and what it adds to the first convolution of its left neighbour, of itself and of its right one.
///
/// The bound: ``entryCount`` entries and as many as a piece has tokens. Sets of four places; of a full set the entry goes
/// that was not used for the longest time. An entry that was used in the piece under way stays, because rows point to it.
/// Whether an entry was there or is computed anew changes no bit of it.
final class TokenEntryCache {
    private static let setBits = 12
    private static let wayCount = 4
    /// Entries that are kept: with the usual width 25 MB in full precision.
    static let entryCount = wayCount << setBits
    /// The entry of all zeros, that of boundaries.
    static let boundary: UInt32 = 0

    /// Numbers of a part of an entry.
    let partStride: Int
    let precision: ArithmeticPrecision
    private var full: FloatBuffer
    private var reduced: HalfBuffer
    /// Entries behind the kept ones, for tokens that found no place; they are those of the piece under way.
    private var overflowCapacity = 0
    private var overflowCount = 0

    private let featureBuckets: [UInt32]
    /// Words of a key: the first holds row, flags and the first feature's bucket, the others one more bucket each.
    private let keyWidth: Int
    private let keys: UnsafeMutablePointer<UInt64>
    /// Piece in which an entry was used last; 0: never.
    private let stamps: UnsafeMutablePointer<UInt32>
    private var piece: UInt32 = 0

    init(_ configuration: TaggerConfiguration, precision: ArithmeticPrecision) {
        partStride = (configuration.hiddenWidth + 15) / 16 * 16
        self.precision = precision
        featureBuckets = configuration.features.map { UInt32($0.buckets) }
        keyWidth = max(1, featureBuckets.count)
        keys = .allocate(capacity: Self.entryCount * keyWidth)
        keys.initialize(repeating: 0, count: Self.entryCount * keyWidth)
        stamps = .allocate(capacity: Self.entryCount)
        stamps.initialize(repeating: 0, count: Self.entryCount)
        let count = (1 + Self.entryCount) * 4 * partStride
        full = FloatBuffer(count: precision == .full ? count : 0)
        reduced = HalfBuffer(count: precision == .reduced ? count : 0)
    }

    deinit {
        keys.deallocate()
        stamps.deallocate()
    }

    /// Begins a piece of at most so many tokens: entries of the piece before it may be given away.
    func beginPiece(tokenCount: Int) {
        if piece == .max {
            stamps.update(repeating: 0, count: Self.entryCount)
            piece = 0
        }
        piece += 1
        overflowCount = 0
        guard tokenCount > overflowCapacity else { return }
        overflowCapacity = tokenCount + tokenCount / 8
        let count = (1 + Self.entryCount + overflowCapacity) * 4 * partStride
        switch precision {
        case .full:
            let larger = FloatBuffer(count: count)
            larger.pointer.update(from: full.pointer, count: min(full.count, count))
            full = larger
        case .reduced:
            let larger = HalfBuffer(count: count)
            larger.pointer.update(from: reduced.pointer, count: min(reduced.count, count))
            reduced = larger
        }
    }

    /// The entry of a token, and whether it is still to be computed.
    ///
    /// - Parameters:
    ///   - row: Of the table; composed vectors have no entry that lasts.
    ///   - features: Hashes of the token's features.
    @inline(__always)
    func entry(row: UInt32, position: UInt8, features: UnsafePointer<UInt32>) -> (slot: UInt32, isNew: Bool) {
        if row != EmbeddedColumns.absent && row & EmbeddedColumns.composedBit != 0 { return (overflowEntry(), true) }
        // Buckets are below 2^24 (``TaggerConfiguration/validate(place:)``), so the first word is exact.
        var key = UInt64(row) << 32 | UInt64(position) << 24
        if keyWidth == featureBuckets.count { key |= UInt64(features[0] % featureBuckets[0]) }
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        for feature in 1..<max(1, featureBuckets.count) {
            hash = (hash ^ UInt64(features[feature] % featureBuckets[feature])) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        let set = Int(truncatingIfNeeded: hash >> UInt64(64 - Self.setBits))
        var oldest = set * Self.wayCount
        for place in set * Self.wayCount..<(set + 1) * Self.wayCount {
            if keys[place * keyWidth] == key && stamps[place] != 0 && hasBuckets(features, place) {
                stamps[place] = piece
                return (UInt32(truncatingIfNeeded: 1 &+ place), false)
            }
            if stamps[place] < stamps[oldest] { oldest = place }
        }
        guard stamps[oldest] != piece else { return (overflowEntry(), true) }
        stamps[oldest] = piece
        keys[oldest * keyWidth] = key
        for feature in 1..<max(1, featureBuckets.count) {
            keys[oldest * keyWidth + feature] = UInt64(features[feature] % featureBuckets[feature])
        }
        return (UInt32(truncatingIfNeeded: 1 &+ oldest), true)
    }

    @inline(__always)
    private func hasBuckets(_ features: UnsafePointer<UInt32>, _ place: Int) -> Bool {
        for feature in 1..<keyWidth
        where keys[place * keyWidth + feature] != UInt64(features[feature] % featureBuckets[feature]) { return false }
        return true
    }

    private func overflowEntry() -> UInt32 {
        precondition(overflowCount < overflowCapacity, "more than \(overflowCapacity) tokens in a piece")
        overflowCount += 1
        return UInt32(Self.entryCount + overflowCount)
    }

    /// Writes a part (0 hidden state, 1 to 3 the taps) of entries.
    func write(_ part: Int, of slots: ArraySlice<UInt32>, from rows: RowsPointer) {
        var source = rows.pointer
        for slot in slots {
            let offset = (Int(slot) * 4 + part) * partStride
            switch precision {
            case .full: (full.pointer + offset).update(from: source, count: partStride)
            case .reduced: Kernel.floatToHalf(count: partStride, x: source, y: reduced.pointer + offset)
            }
            source += rows.stride
        }
    }

    /// The sums of the first convolution, and the hidden states, of rows; see ``WindowConvolution``.
    func lookUp(rowCount: Int, columnCount: Int, slots: UnsafePointer<UInt32>, z: RowsPointer, hidden: RowsPointer) {
        switch precision {
        case .full:
            WindowConvolution.lookUp(
                rowCount: rowCount, columnCount: columnCount, entries: full.pointer, partStride: partStride,
                slots: slots, z: z, hidden: hidden)
        case .reduced:
            WindowConvolution.lookUp(
                rowCount: rowCount, columnCount: columnCount, entries: reduced.pointer, partStride: partStride,
                slots: slots, z: z, hidden: hidden)
        }
    }
}
