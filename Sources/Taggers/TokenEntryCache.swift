import Corpora
import Kernels

/// How many tokens' entries a thread keeps: time against memory.
package enum KeptEntries: Int, Sendable {
    /// 2,048: with the usual width 3 MB in full precision. Of natural text four tokens in five are found.
    case few = 9
    /// 16,384: 25 MB.
    case many = 12

    fileprivate var setBits: Int { rawValue }
}

/// What a frozen tagger has computed from tokens alone, by what they are made of: the hidden state behind the input layer
/// and what it adds to the first convolution of its left neighbour, of itself and of its right one.
///
/// The bound: so many entries as ``KeptEntries`` says, and as many as a piece has tokens. Sets of four places; of a full set the entry goes
/// that was not used for the longest time. An entry that was used in the piece under way stays, because rows point to it.
/// Whether an entry was there or is computed anew changes no bit of it.
final class TokenEntryCache {
    private static let wayCount = 4
    /// Tokens that a piece hardly ever exceeds.
    private static let usualPieceTokenCount = 1024
    /// The entry of all zeros, that of boundaries.
    static let boundary: UInt32 = 0

    /// Numbers of a part of an entry.
    let partStride: Int
    let precision: ArithmeticPrecision
    private var full: FloatBuffer
    private var reduced: HalfBuffer
    private let places: Places

    init(_ configuration: TaggerConfiguration, _ kept: KeptEntries, precision: ArithmeticPrecision) {
        partStride = Self.partStride(configuration)
        self.precision = precision
        places = Places(setBits: kept.setBits, featureBuckets: configuration.features.map { UInt32($0.buckets) })
        let count = Self.usualCount(configuration, kept)
        full = FloatBuffer(count: precision == .full ? count : 0)
        reduced = HalfBuffer(count: precision == .reduced ? count : 0)
    }

    deinit { places.deallocate() }

    private static func partStride(_ configuration: TaggerConfiguration) -> Int {
        (configuration.hiddenWidth + 15) / 16 * 16
    }

    private static func usualCount(_ configuration: TaggerConfiguration, _ kept: KeptEntries) -> Int {
        (1 + wayCount << kept.setBits + usualPieceTokenCount) * 4 * partStride(configuration)
    }

    /// Bytes of a cache's entries, with pieces of the usual size.
    static func byteCount(_ configuration: TaggerConfiguration, _ kept: KeptEntries, precision: ArithmeticPrecision)
        -> Int
    {
        usualCount(configuration, kept) * (precision == .full ? MemoryLayout<Float>.size : MemoryLayout<UInt16>.size)
    }

    /// Begins a piece of at most so many tokens: entries of the piece before it may be given away.
    ///
    /// - Returns: Finds the entries of the piece's tokens; valid until the next piece.
    func beginPiece(tokenCount: Int) -> Places {
        places.beginPiece()
        let needed = (1 + places.entryCount + tokenCount) * 4 * partStride
        switch precision {
        case .full where full.count < needed:
            let larger = FloatBuffer(count: needed + tokenCount / 8 * 4 * partStride)
            larger.pointer.update(from: full.pointer, count: full.count)
            full = larger
        case .reduced where reduced.count < needed:
            let larger = HalfBuffer(count: needed + tokenCount / 8 * 4 * partStride)
            larger.pointer.update(from: reduced.pointer, count: reduced.count)
            reduced = larger
        default: break
        }
        return places
    }

    /// Where the entries of tokens are. Pointers only, because every token comes by: a class would be checked for access.
    struct Places {
        private let setBits: Int
        fileprivate let entryCount: Int
        private let bucketCounts: UnsafeMutableBufferPointer<UInt32>
        /// Words of a key: the first holds row, flags and the first feature's bucket, the others one more bucket each.
        private let keyWidth: Int
        private let keys: UnsafeMutablePointer<UInt64>
        /// Piece in which an entry was used last; 0: never.
        private let stamps: UnsafeMutablePointer<UInt32>
        /// Number of the piece under way, and its entries behind the kept ones: of tokens that found no place.
        private let piece: UnsafeMutablePointer<UInt32>
        private let overflowCount: UnsafeMutablePointer<Int>

        fileprivate init(setBits: Int, featureBuckets: [UInt32]) {
            func filled<T>(_ count: Int, with value: T) -> UnsafeMutablePointer<T> {
                let pointer = UnsafeMutablePointer<T>.allocate(capacity: count)
                pointer.initialize(repeating: value, count: count)
                return pointer
            }
            self.setBits = setBits
            entryCount = wayCount << setBits
            bucketCounts = .allocate(capacity: featureBuckets.count)
            _ = bucketCounts.initialize(from: featureBuckets)
            keyWidth = max(1, featureBuckets.count)
            // No token has all flags of a position.
            keys = filled(entryCount * keyWidth, with: .max)
            stamps = filled(entryCount, with: 0)
            piece = filled(1, with: 0)
            overflowCount = filled(1, with: 0)
        }

        fileprivate func deallocate() {
            bucketCounts.deallocate()
            keys.deallocate()
            stamps.deallocate()
            piece.deallocate()
            overflowCount.deallocate()
        }

        fileprivate func beginPiece() {
            if piece.pointee == .max {
                stamps.update(repeating: 0, count: entryCount)
                piece.pointee = 0
            }
            piece.pointee += 1
            overflowCount.pointee = 0
        }

        /// The entry of a token, and whether it is still to be computed.
        ///
        /// - Parameters:
        ///   - row: Of the table; composed vectors have no entry that lasts.
        ///   - features: Hashes of the token's features.
        @inline(__always)
        func entry(row: UInt32, position: UInt8, features: UnsafePointer<UInt32>) -> (slot: UInt32, isNew: Bool) {
            if row != EmbeddedColumns.absent && row & EmbeddedColumns.composedBit != 0 {
                return (overflowEntry(), true)
            }
            // Buckets are below 2^24 (``TaggerConfiguration/validate(place:)``), so the first word is exact.
            var key = UInt64(row) << 32 | UInt64(position) << 24
            if bucketCounts.count > 0 { key |= bucket(0, features) }
            var hash = key &* 0x9E37_79B9_7F4A_7C15
            for feature in 1..<keyWidth {
                hash = (hash ^ hash >> 32 ^ bucket(feature, features)) &* 0x9E37_79B9_7F4A_7C15
            }
            let first = Int(truncatingIfNeeded: hash >> UInt64(64 - setBits)) &* wayCount
            // All places of the set at once: which one it is cannot be foretold, that it is one mostly can.
            var place = wayCount
            for way in 0..<wayCount {
                place = keys[(first &+ way) &* keyWidth] == key && hasBuckets(features, first &+ way) ? way : place
            }
            guard place == wayCount else {
                stamps[first &+ place] = piece.pointee
                return (UInt32(truncatingIfNeeded: 1 &+ first &+ place), false)
            }
            return replaceOldest(from: first, key, features)
        }

        @inline(never)
        private func replaceOldest(from first: Int, _ key: UInt64, _ features: UnsafePointer<UInt32>) -> (
            slot: UInt32, isNew: Bool
        ) {
            var oldest = first
            for place in first..<first + wayCount where stamps[place] < stamps[oldest] { oldest = place }
            guard stamps[oldest] != piece.pointee else { return (overflowEntry(), true) }
            stamps[oldest] = piece.pointee
            keys[oldest * keyWidth] = key
            for feature in 1..<keyWidth { keys[oldest * keyWidth + feature] = bucket(feature, features) }
            return (UInt32(1 + oldest), true)
        }

        @inline(__always)
        private func bucket(_ feature: Int, _ features: UnsafePointer<UInt32>) -> UInt64 {
            UInt64(features[feature] % bucketCounts[feature])
        }

        @inline(__always)
        private func hasBuckets(_ features: UnsafePointer<UInt32>, _ place: Int) -> Bool {
            for feature in 1..<keyWidth where keys[place &* keyWidth &+ feature] != bucket(feature, features) {
                return false
            }
            return true
        }

        private func overflowEntry() -> UInt32 {
            overflowCount.pointee += 1
            return UInt32(entryCount + overflowCount.pointee)
        }
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

    /// The sums of the first convolution, and the hidden states, of rows; see `WindowConvolution`.
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
