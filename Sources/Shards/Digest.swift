import CXXHash

/// XXH3 hashes: 64 bits against accidents inside a block, 128 bits as the identity of a stream, table or model.
package struct Digest: Sendable {
    package static func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 { XXH3_64bits(bytes.baseAddress, bytes.count) }

    package static func xxh3(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes(xxh3) }

    /// The 128-bit XXH3 of `bytes` as 32 hexadecimal digits.
    package static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        return hexadecimal(hash.high64) + hexadecimal(hash.low64)
    }

    package static func hex(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes(hex) }

    package static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A 128-bit XXH3 over bytes that come in pieces.
package final class RunningDigest {
    private let state: OpaquePointer

    package init() {
        // The allocation is a few hundred bytes; without them nothing else works either.
        guard let state = XXH3_createState() else { preconditionFailure("no memory for a hash state") }
        self.state = state
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count > 0 { XXH3_128bits_update(state, bytes.baseAddress, bytes.count) }
    }

    package func update(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { update($0) }
    }

    package var hex: String {
        let hash = XXH3_128bits_digest(state)
        return Digest.hexadecimal(hash.high64) + Digest.hexadecimal(hash.low64)
    }
}
