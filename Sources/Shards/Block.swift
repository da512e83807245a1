import Diagnostics

/// What the sentences of a block, or of a stream, add up to.
package struct BlockCounts: Codable, Equatable, Sendable {
    /// Documents that begin here.
    package var documents = 0
    package var sentences = 0
    package var tokens = 0

    package init(documents: Int = 0, sentences: Int = 0, tokens: Int = 0) {
        self.documents = documents
        self.sentences = sentences
        self.tokens = tokens
    }

    /// Whether so many blocks can hold this; what a file says may be anything.
    func isPlausible(inBlocks count: Int) -> Bool {
        let range = 0...max(0, count) * Block.maximumPayloadByteCount
        return [documents, sentences, tokens].allSatisfy(range.contains)
    }

    package static func += (left: inout BlockCounts, right: BlockCounts) {
        left.documents += right.documents
        left.sentences += right.sentences
        left.tokens += right.tokens
    }
}

/// One record of a stream. A stream is a header block, data blocks, and an END block.
///
/// | offset | bytes | little-endian | meaning |
/// |---|---|---|---|
/// | 0 | 4 | text | `NPB1` |
/// | 4 | 4 | u32 | 1 header (JSON), 2 data (``Columns``), 3 END (JSON) |
/// | 8 | 8 | u64 | payload bytes, at most ``maximumPayloadByteCount`` |
/// | 16 | 8 | u64 | XXH3-64 of the payload |
/// | 24 | 8 | u64 | number of this block in its stream, the header being 0 |
/// | 32 | 4, 4, 8 | u32, u32, u64 | documents begun, sentences, tokens |
/// | 48 | 8 | u64 | XXH3-64 of the 48 bytes before |
/// | 56 | | | payload |
///
/// Compressed, each block is one zstd frame with its content size and zstd's own checksum.
package struct Block: Sendable {
    package enum Kind: UInt32, Sendable { case header = 1, data = 2, end = 3 }

    package static let headByteCount = 56
    package static let magic: [UInt8] = Array("NPB1".utf8)
    /// 1 GiB: a block of the largest line allowed with dense vectors stays below; anything larger is not ours.
    package static let maximumPayloadByteCount = 1 << 30

    package var kind: Kind
    package var index: Int
    package var counts: BlockCounts
    package var payload: [UInt8]

    package init(kind: Kind, index: Int, counts: BlockCounts = BlockCounts(), payload: [UInt8]) {
        self.kind = kind
        self.index = index
        self.counts = counts
        self.payload = payload
    }

    /// What stands before the payload in an uncompressed stream.
    ///
    /// - Parameter payloadHash: ``payloadHash``, which costs a pass over the payload.
    func head(payloadHash: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headByteCount)
        bytes += Self.magic
        bytes.appendInteger(kind.rawValue)
        bytes.appendInteger(UInt64(payload.count))
        bytes.appendInteger(payloadHash)
        bytes.appendInteger(UInt64(index))
        bytes.appendInteger(UInt32(counts.documents))
        bytes.appendInteger(UInt32(counts.sentences))
        bytes.appendInteger(UInt64(counts.tokens))
        bytes.appendInteger(Digest.xxh3(bytes))
        return bytes
    }

    /// The block as it stands in an uncompressed stream.
    package func encoded() -> [UInt8] { head(payloadHash: payloadHash) + payload }

    package var payloadHash: UInt64 { Digest.xxh3(payload) }

    /// The fixed part of a block, checked.
    struct Head {
        var kind: Kind
        var payloadByteCount: Int
        var payloadHash: UInt64
        var index: Int
        var counts: BlockCounts

        /// Reads the fixed part; `place` is where it stands, for messages.
        init(_ bytes: UnsafeRawBufferPointer, place: String) throws {
            guard bytes.count == headByteCount, bytes.prefix(4).elementsEqual(magic) else {
                throw Failure.noStream(place)
            }
            guard Digest.xxh3(.init(rebasing: bytes[..<48])) == bytes.integer(at: 48, as: UInt64.self),
                let kind = Kind(rawValue: bytes.integer(at: 4, as: UInt32.self)),
                let payloadByteCount = Int(exactly: bytes.integer(at: 8, as: UInt64.self)),
                payloadByteCount <= maximumPayloadByteCount,
                let index = Int(exactly: bytes.integer(at: 24, as: UInt64.self)),
                let tokens = Int(exactly: bytes.integer(at: 40, as: UInt64.self)),
                // Every token takes a byte at least; sums over blocks then never overflow.
                tokens <= maximumPayloadByteCount
            else {
                throw Failure.damagedHead(place)
            }
            self.kind = kind
            self.payloadByteCount = payloadByteCount
            payloadHash = bytes.integer(at: 16, as: UInt64.self)
            self.index = index
            counts = BlockCounts(
                documents: Int(bytes.integer(at: 32, as: UInt32.self)),
                sentences: Int(bytes.integer(at: 36, as: UInt32.self)), tokens: tokens)
        }

        func block(payload: [UInt8], place: String) throws -> Block {
            guard Digest.xxh3(payload) == payloadHash else {
                throw Failure.wrongChecksum(ofBlock: index, place)
            }
            return Block(kind: kind, index: index, counts: counts, payload: payload)
        }
    }
}

extension [UInt8] {
    package mutating func appendInteger<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// A little-endian integer; the caller has checked the bounds.
    package func integer<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T {
        T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
