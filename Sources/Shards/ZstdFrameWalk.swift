import Diagnostics
import Glibc

/// Goes over the frames of zstd data by what stands in their headers (RFC 8878, sections 3.1.1 and 3.1.2). Nothing is
/// decompressed, and nothing is kept: 3 bytes are read for each block, of at most 128 KiB of content.
struct ZstdFrameWalk {
    struct Frame: Equatable {
        /// Bytes in the file.
        var range: Range<Int>
        /// nil when the header does not say it; 0 of a frame that is skipped.
        var contentByteCount: Int?
    }

    private let descriptor: Int32
    private let place: String
    private var offset = 0

    init(descriptor: Int32, place: String) { (self.descriptor, self.place) = (descriptor, place) }

    /// The next frame; nil at the end of the file.
    ///
    /// - Throws: When what stands there is no frame, or it is cut.
    mutating func next() throws -> Frame? {
        let start = offset
        guard let first = SeekTable.read(descriptor, at: start, count: 1), !first.isEmpty else { return nil }
        let magic = try read(4).withUnsafeBytes { $0.integer(at: 0, as: UInt32.self) }
        if magic & 0xFFFF_FFF0 == 0x184D_2A50 {
            offset += Int(try read(4).withUnsafeBytes { $0.integer(at: 0, as: UInt32.self) })
            return Frame(range: start..<offset, contentByteCount: 0)
        }
        guard magic == 0xFD2F_B528 else { throw Failure.noFrame(place, at: start) }
        let descriptor = try read(1)[0]
        let isSingleSegment = descriptor & 0x20 != 0
        offset += (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][Int(descriptor & 3)]
        let content = try contentByteCount([isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)])
        var isLast = false
        while !isLast {
            let head = try read(3), word = Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16
            isLast = word & 1 != 0
            switch word >> 1 & 3 {
            case 1: offset += 1
            case 3: throw Failure.noFrame(place, at: start)
            default: offset += word >> 3
            }
        }
        if descriptor & 4 != 0 { offset += 4 }
        return Frame(range: start..<offset, contentByteCount: content)
    }

    /// - Parameter width: Bytes of the field; that of two counts from 256.
    private mutating func contentByteCount(_ width: Int) throws -> Int? {
        guard width > 0 else { return nil }
        let value = try read(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: width == 2 ? value + 256 : value)
    }

    private mutating func read(_ count: Int) throws -> [UInt8] {
        guard let bytes = SeekTable.read(descriptor, at: offset, count: count) else { throw Failure.cutFrame(place) }
        offset += count
        return bytes
    }
}
