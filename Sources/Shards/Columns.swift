/// The payload of a data block: named columns of little-endian numbers.
///
/// | offset | bytes | meaning |
/// |---|---|---|
/// | 0 | u32, u32 | number of columns, 0 |
/// | 8 | 40 each | name (16 bytes, padded with zeros), u32 bytes per element, u32 0, u64 offset in the payload, u64 bytes |
/// | | | the columns, each at a multiple of 8 bytes |
package enum Columns {
    private static let entryByteCount = 40

    package struct Writer {
        private struct Entry {
            var name: String
            var elementByteCount: Int
            var byteCount: Int
            /// Copies the values.
            var append: (inout [UInt8]) -> Void
        }

        private var entries: [Entry] = []
        package init() {}

        /// Adds a column, whose values are kept until ``payload()``.
        package mutating func add<T: BitwiseCopyable>(_ name: String, _ values: [T]) {
            precondition(name.utf8.count <= 16, "column name \(name) is longer than 16 bytes")
            let stride = MemoryLayout<T>.stride
            entries.append(
                Entry(name: name, elementByteCount: stride, byteCount: values.count * stride) { payload in
                    values.withUnsafeBytes { payload.append(contentsOf: $0) }
                })
        }

        package func payload() -> [UInt8] {
            var offset = 8 + entries.count * entryByteCount
            let size = entries.reduce(offset) { $0 + ($1.byteCount + 7) & ~7 }
            var payload: [UInt8] = []
            payload.reserveCapacity(size)
            payload.appendInteger(UInt32(entries.count))
            payload.appendInteger(UInt32(0))
            for entry in entries {
                payload += entry.name.utf8
                payload += repeatElement(0, count: 16 - entry.name.utf8.count)
                payload.appendInteger(UInt32(entry.elementByteCount))
                payload.appendInteger(UInt32(0))
                payload.appendInteger(UInt64(offset))
                payload.appendInteger(UInt64(entry.byteCount))
                offset += (entry.byteCount + 7) & ~7
            }
            for entry in entries {
                entry.append(&payload)
                payload += repeatElement(0, count: (8 - entry.byteCount & 7) & 7)
            }
            return payload
        }
    }

    package struct Reader {
        private let payload: [UInt8]
        private let place: String
        private var columns: [String: (elementByteCount: Int, range: Range<Int>)] = [:]

        /// Reads the directory of columns and checks that each lies inside the payload.
        package init(_ payload: [UInt8], place: String) throws {
            self.payload = payload
            self.place = place
            columns = try payload.withUnsafeBytes { bytes in
                guard bytes.count >= 8 else { throw Self.damaged(place, "it is too short") }
                let count = Int(bytes.integer(at: 0, as: UInt32.self))
                guard count <= 64, 8 + count * entryByteCount <= bytes.count else {
                    throw Self.damaged(place, "the list of columns does not fit")
                }
                var columns: [String: (elementByteCount: Int, range: Range<Int>)] = [:]
                for entry in 0..<count {
                    let base = 8 + entry * entryByteCount
                    let name = String(decoding: bytes[base..<base + 16].prefix { $0 != 0 }, as: UTF8.self)
                    let element = Int(bytes.integer(at: base + 16, as: UInt32.self))
                    guard let offset = Int(exactly: bytes.integer(at: base + 24, as: UInt64.self)),
                        let length = Int(exactly: bytes.integer(at: base + 32, as: UInt64.self)),
                        offset <= bytes.count, length <= bytes.count - offset, element > 0, length % element == 0
                    else { throw Self.damaged(place, "column '\(name)' lies outside of the block") }
                    columns[name] = (element, offset..<offset + length)
                }
                return columns
            }
        }

        package func has(_ name: String) -> Bool { columns[name] != nil }

        /// A column as an array; fails when it is of another element size, has not `count` elements, or is absent: writers
        /// leave out optional columns without elements, as a block without tokens has them.
        package func column<T: BitwiseCopyable>(_ name: String, as type: T.Type, count: Int? = nil) throws -> [T] {
            guard let (element, range) = columns[name] else {
                if count == 0 { return [] }
                throw Self.damaged(place, "column '\(name)' is missing")
            }
            guard element == MemoryLayout<T>.stride else {
                throw Self.damaged(
                    place, "column '\(name)' has \(element)-byte elements instead of \(MemoryLayout<T>.stride)")
            }
            let found = range.count / element
            guard count == nil || found == count else {
                throw Self.damaged(place, "column '\(name)' has \(found) elements instead of \(count ?? 0)")
            }
            return [T](unsafeUninitializedCapacity: found) { buffer, initialized in
                payload.withUnsafeBytes {
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: .init(rebasing: $0[range]))
                }
                initialized = found
            }
        }
    }
}
