import Shards

/// Compressed content made without the programs that make it.
package enum PackedBytes {
    /// gzip without compression: RFC 1952 around stored blocks of RFC 1951.
    package static func gzip(_ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let count = min(content.count - start, 0xFFFF)
            bytes.append(start + count == content.count ? 1 : 0)
            bytes.appendInteger(UInt16(count))
            bytes.appendInteger(~UInt16(count))
            bytes += content[start..<start + count]
            start += count
        } while start < content.count
        bytes.appendInteger(crc32(content))
        bytes.appendInteger(UInt32(content.count))
        return bytes
    }

    private static func crc32(_ content: [UInt8]) -> UInt32 {
        ~content.reduce(0xFFFF_FFFF as UInt32) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
    }
}
