import Diagnostics
import Glibc

/// Several files in one, as they are: a ZIP archive (PKWARE APPNOTE.TXT 6.3) without compression, whose members can be mapped where they
/// lie.
///
/// `ARCHIVE/NAME` is the path of a member, wherever a small file is read or a table is mapped; any other program lists and unpacks the
/// archive. What is written begins its members at multiples of 64 bytes, has no dates, and so the same bytes for the same content.
/// Compressed members, folders within, more than 4 GiB (ZIP64) and archives of several volumes are refused.
package enum StoredArchive {
    /// Where a member lies.
    struct Member {
        let archive: String
        let bytes: Range<Int>
    }

    private static let alignment = 64
    private static let localHead: UInt32 = 0x0403_4B50, centralHead: UInt32 = 0x0201_4B50, endHead: UInt32 = 0x0605_4B50
    private static let localByteCount = 30, centralByteCount = 46, endByteCount = 22
    /// 1980-01-01, the first day that the form knows.
    private static let date: UInt16 = 0x21
    /// Extra field that fills the space before an aligned member, as Android's zipalign writes it: its alignment, then zeros.
    private static let alignmentField: UInt16 = 0xD935
    private static let maximumMemberCount = 1000

    // --- reading

    /// The member that a path names; nil when nothing in front of its last slash is a file.
    static func member(at path: String) throws -> Member? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let archive = String(path[..<slash]), name = String(path[path.index(after: slash)...])
        guard Directory.fileExists(archive), let members = try members(of: archive) else { return nil }
        return members[name].map { Member(archive: archive, bytes: $0) }
    }

    /// Whether a path is a file that begins as an archive does.
    package static func isArchive(_ path: String) -> Bool {
        guard Directory.fileExists(path), let file = try? MappedFile(path: path), file.bytes.count >= endByteCount
        else {
            return false
        }
        return file.bytes.integer(at: 0, as: UInt32.self) == localHead
    }

    /// The names of the members, sorted.
    package static func names(in path: String) throws -> [String] { try members(of: path)?.keys.sorted() ?? [] }

    /// The places of all members by their names; nil when the file is no archive.
    private static func members(of path: String) throws -> [String: Range<Int>]? {
        let file = try MappedFile(path: path), bytes = file.bytes
        guard bytes.count >= endByteCount, bytes.integer(at: 0, as: UInt32.self) == localHead else { return nil }
        // A comment may follow; what is written here has none.
        let last = bytes.count - endByteCount
        guard
            let end = stride(from: last, through: max(0, last - 0xFFFF), by: -1).first(where: {
                bytes.integer(at: $0, as: UInt32.self) == endHead
            })
        else { throw Failure.damagedArchive(path, "it has no end; was it cut off?") }
        let count = Int(bytes.integer(at: end + 10, as: UInt16.self))
        let size = Int(bytes.integer(at: end + 12, as: UInt32.self))
        let start = Int(bytes.integer(at: end + 16, as: UInt32.self))
        guard count <= maximumMemberCount, start <= end, size <= end - start else {
            throw Failure.damagedArchive(path, "its list of members lies outside of it")
        }
        var members: [String: Range<Int>] = [:], position = start
        for _ in 0..<count {
            let (name, range, next) = try member(at: position, in: bytes, listEnd: start + size, path)
            guard members.updateValue(range, forKey: name) == nil else {
                throw Failure.damagedArchive(path, "it has '\(name.prefix(100))' twice")
            }
            position = next
        }
        return members
    }

    /// An entry of the list.
    private static func member(at position: Int, in bytes: UnsafeRawBufferPointer, listEnd: Int, _ path: String) throws
        -> (
            name: String, bytes: Range<Int>, next: Int
        )
    {
        func short(_ offset: Int) -> Int { Int(bytes.integer(at: offset, as: UInt16.self)) }
        func long(_ offset: Int) -> Int { Int(bytes.integer(at: offset, as: UInt32.self)) }
        guard position + centralByteCount <= listEnd, long(position) == Int(centralHead) else {
            throw Failure.damagedArchive(path, "its list of members is not readable")
        }
        let nameEnd = position + centralByteCount + short(position + 28)
        let next = nameEnd + short(position + 30) + short(position + 32)
        guard next <= listEnd else { throw Failure.damagedArchive(path, "its list of members is not readable") }
        let name = String(decoding: bytes[position + centralByteCount..<nameEnd], as: UTF8.self)
        let size = long(position + 20), place = long(position + 42)
        guard short(position + 10) == 0, short(position + 8) & 1 == 0, size == long(position + 24) else {
            throw Failure.archiveIsPacked(path, member: name)
        }
        // The extra field in front of the content may be another one than that in the list.
        guard place + localByteCount <= bytes.count, long(place) == Int(localHead) else {
            throw Failure.damagedArchive(path, "'\(name.prefix(100))' lies outside of it")
        }
        let content = place + localByteCount + short(place + 26) + short(place + 28)
        guard content <= bytes.count, size <= bytes.count - content else {
            throw Failure.damagedArchive(path, "'\(name.prefix(100))' lies outside of it")
        }
        return (name, content..<content + size, next)
    }

    // --- writing

    /// Writes files of a folder into an archive, under their names there and in the order given.
    package static func write(_ names: [String], of folder: String, to path: String, _ rule: OutputRule) throws {
        let output = try AtomicFile(path, rule)
        var list: [UInt8] = []
        for name in names {
            let file = try MappedFile(path: "\(folder)/\(name)")
            let offset = output.byteCount
            var padding = (alignment - (offset + localByteCount + name.utf8.count) % alignment) % alignment
            if padding > 0, padding < 6 { padding += alignment }  // the field has a head of its own
            guard offset + padding + file.bytes.count < 0xFFFF_0000 else { throw Failure.archiveTooLarge(path) }
            let common = head(crc: CRC32.of(file.bytes), byteCount: file.bytes.count, nameByteCount: name.utf8.count)
            var local: [UInt8] = []
            local.appendInteger(localHead)
            local += common
            local.appendInteger(UInt16(padding))
            local += Array(name.utf8)
            if padding > 0 {
                local.appendInteger(alignmentField)
                local.appendInteger(UInt16(padding - 4))
                local.appendInteger(UInt16(alignment))
                local += [UInt8](repeating: 0, count: padding - 6)
            }
            try output.write(local)
            try output.write(file.bytes)
            list.appendInteger(centralHead)
            list.appendInteger(UInt16(10))
            list += common
            // No extra field, comment, further volume or attributes.
            list += [UInt8](repeating: 0, count: 12)
            list.appendInteger(UInt32(offset))
            list += Array(name.utf8)
        }
        let start = output.byteCount
        try output.write(list)
        var end: [UInt8] = []
        end.appendInteger(endHead)
        end.appendInteger(UInt32(0))
        end.appendInteger(UInt16(names.count))
        end.appendInteger(UInt16(names.count))
        end.appendInteger(UInt32(list.count))
        end.appendInteger(UInt32(start))
        end.appendInteger(UInt16(0))
        try output.write(end)
        try output.commit()
    }

    /// What stands in front of a member and in the list: version needed, flags (names are UTF-8), method, date, CRC, sizes, length of the name.
    private static func head(crc: UInt32, byteCount: Int, nameByteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for value: UInt16 in [10, 0x0800, 0, 0, date] { bytes.appendInteger(value) }
        bytes.appendInteger(crc)
        bytes.appendInteger(UInt32(byteCount))
        bytes.appendInteger(UInt32(byteCount))
        bytes.appendInteger(UInt16(nameByteCount))
        return bytes
    }
}

/// The checksum of ZIP (ISO 3309, polynomial EDB88320), which other programs compare; ours is XXH3.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        }
    }
}
