package import Diagnostics
import FoundationEssentials
import Kernels
import Shards

/// Reads and writes the safetensors format (github.com/huggingface/safetensors, "Format"): u64 header length, JSON
/// header, data.
///
/// A file is read by the rules of the format, and not more generously: the header begins with `{` and ends with `}`
/// and spaces, no key comes twice, shapes and offsets are whole numbers, and the tensors fill the data without a hole,
/// an overlap or a byte behind them. So what is read has one meaning, and no bytes hide between tensors.
package enum Safetensors {
    package struct Tensor: Equatable, Sendable {
        package var name: String
        package var shape: [Int]
        package var values: [Float]

        package init(name: String, shape: [Int], values: [Float]) {
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    private static let metadataName = "__metadata__"
    /// Limit of the reference implementation.
    private static let maximumHeaderByteCount = 100_000_000

    /// Encodes F32 tensors in the order given; the header is padded with spaces to a multiple of 8.
    ///
    /// - Parameter metadata: Stored under the name `__metadata__`, as the format says.
    package static func encode(_ tensors: [Tensor], metadata: [String: String] = [:]) throws -> [UInt8] {
        var entries = metadata.isEmpty ? [] : [try JSON.encode(metadataName) + Array(":".utf8) + JSON.encode(metadata)]
        var offset = 0
        for tensor in tensors {
            let size = tensor.values.count * 4
            let entry = Entry(dtype: "F32", shape: tensor.shape, data_offsets: [offset, offset + size])
            entries.append(try JSON.encode(tensor.name) + Array(":".utf8) + JSON.encode(entry))
            offset += size
        }
        return assemble(entries, dataByteCount: offset) { bytes in
            for tensor in tensors {
                for value in tensor.values { bytes.appendInteger(value.bitPattern) }
            }
        }
    }

    /// Puts a file together.
    ///
    /// - Parameters:
    ///   - entries: Of the header, each `"NAME":{...}`.
    ///   - append: Appends the data, of `dataByteCount` bytes.
    package static func assemble(_ entries: [[UInt8]], dataByteCount: Int, _ append: (inout [UInt8]) -> Void) -> [UInt8]
    {
        var header: [UInt8] = Array("{".utf8) + entries.joined(separator: Array(",".utf8)) + Array("}".utf8)
        header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + dataByteCount)
        bytes.appendInteger(UInt64(header.count))
        bytes += header
        append(&bytes)
        return bytes
    }

    /// What a file holds.
    package struct Content {
        package var tensors: [String: Tensor]
        package var metadata: [String: String]
    }

    /// How the numbers of a tensor are stored.
    package enum NumberType: String, CaseIterable, Sendable {
        case float = "F32"
        case half = "F16"
        case bfloat = "BF16"

        package var byteCount: Int { self == .float ? 4 : 2 }

        /// Widens `count` numbers to 32 bits, which loses nothing. The bytes need no alignment.
        package func widen(_ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>) {
            switch self {
            case .float: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: 4 * count)
            case .half: Kernel.halfToFloat(count: count, x: source.assumingMemoryBound(to: UInt16.self), y: target)
            case .bfloat:
                for index in 0..<count {
                    let bits = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                    target[index] = Float(bitPattern: UInt32(bits) << 16)
                }
            }
        }

        fileprivate func values(_ bytes: UnsafeRawBufferPointer) -> [Float] {
            let count = bytes.count / byteCount
            return [Float](unsafeUninitializedCapacity: count) { buffer, written in
                if let source = bytes.baseAddress, let target = buffer.baseAddress {
                    widen(source, count: count, to: target)
                }
                written = count
            }
        }
    }

    /// Where a tensor lies in its file.
    package struct Location: Sendable {
        package let name: String
        /// As the file names its type; others than those of ``NumberType`` are numbers that nothing here reads.
        package let typeName: String
        package let shape: [Int]
        /// Bytes of the file, all inside it and as many as the shape asks for.
        package let bytes: Range<Int>

        package var type: NumberType? { NumberType(rawValue: typeName) }
    }

    /// Bytes of one number of the types of the format; those of parts of a byte are not read.
    private static let byteCounts = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4,
        "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
    ]

    /// Where the tensors of a file lie, in the order of their bytes; everything the header says is checked against the
    /// size of the file.
    package static func locations(in bytes: UnsafeRawBufferPointer, path: String) throws
        -> (tensors: [Location], metadata: [String: String])
    {
        let (entries, metadata, start) = try header(of: bytes, path)
        var locations: [Location] = []
        var end = 0
        for (name, entry) in entries.sorted(by: {
            $0.value.data_offsets.lexicographicallyPrecedes($1.value.data_offsets)
        }) {
            guard var size = byteCounts[entry.dtype] else { throw unreadable(name, entry.dtype, path) }
            for extent in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflow else { throw damaged(path, "the shape of \(name) is impossible") }
                size = product
            }
            guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
                entry.data_offsets[0] <= entry.data_offsets[1], entry.data_offsets[1] <= bytes.count - start,
                entry.data_offsets[1] - entry.data_offsets[0] == size
            else { throw damaged(path, "tensor \(name) lies outside of the file, or is not of the size of its shape") }
            // Also: tensors that share bytes would let a small file ask for any amount of memory.
            guard entry.data_offsets[0] == end else {
                throw damaged(
                    path,
                    "tensor \(name) begins at byte \(entry.data_offsets[0]) of the data, the one before it ends at \(end); "
                        + "tensors must lie end to end")
            }
            locations.append(
                Location(name: name, typeName: entry.dtype, shape: entry.shape, bytes: start + end..<start + end + size)
            )
            end += size
        }
        guard end == bytes.count - start else {
            throw damaged(path, "\(bytes.count - start - end) bytes follow the last tensor; was something appended?")
        }
        return (locations, metadata)
    }

    /// Decodes a file of F32, F16 and BF16 tensors.
    package static func decode(_ bytes: [UInt8], path: String) throws -> Content {
        try bytes.withUnsafeBytes { bytes in
            let (locations, metadata) = try locations(in: bytes, path: path)
            var tensors: [String: Tensor] = [:]
            for tensor in locations {
                guard let type = tensor.type else { throw unreadable(tensor.name, tensor.typeName, path) }
                tensors[tensor.name] = Tensor(
                    name: tensor.name, shape: tensor.shape,
                    values: type.values(UnsafeRawBufferPointer(rebasing: bytes[tensor.bytes])))
            }
            return Content(tensors: tensors, metadata: metadata)
        }
    }

    /// A tensor of a type that cannot be used where it is.
    package static func unreadable(_ name: String, _ type: String, _ path: String) -> Failure {
        damaged(path, "tensor \(name) is \(type), and only F32, F16 and BF16 are read; convert it before")
    }

    /// What the header says, and where the data begin.
    private static func header(of bytes: UnsafeRawBufferPointer, _ path: String) throws
        -> (entries: [String: Entry], metadata: [String: String], end: Int)
    {
        guard bytes.count >= 8 else { throw damaged(path, "it has only \(bytes.count) bytes") }
        let length = bytes.integer(at: 0, as: UInt64.self)
        guard length <= maximumHeaderByteCount, Int(length) <= bytes.count - 8 else {
            throw damaged(path, "the header is longer than the file")
        }
        let end = 8 + Int(length)
        let padding = bytes[8..<end].reversed().prefix { $0 == UInt8(ascii: " ") }.count
        let text = Array(bytes[8..<end - padding])
        guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else {
            throw damaged(path, "its header does not begin with '{' and end with '}' and spaces")
        }
        let form = JSONForm(text)
        if let key = form.repeatedKey { throw damaged(path, "its header has the key \(key) twice") }
        guard !form.hasFraction else { throw damaged(path, "a number in its header is not written as a whole one") }
        let raw: [String: MetadataOrEntry]
        do { raw = try JSON.decode([String: MetadataOrEntry].self, from: text) } catch {
            throw damaged(path, "its header is not the JSON that the format asks for")
        }
        let entries = raw.compactMapValues { $0.entry }
        guard entries[metadataName] == nil, raw.count == entries.count + (raw[metadataName] == nil ? 0 : 1) else {
            throw damaged(path, "\(metadataName) is a map of strings and all else is a tensor, but here it is not so")
        }
        return (entries, raw[metadataName]?.metadata ?? [:], end)
    }

    /// `__metadata__` is a map of strings, all others are tensors.
    private struct MetadataOrEntry: Decodable {
        let entry: Entry?
        let metadata: [String: String]?

        init(from decoder: any Decoder) throws {
            entry = try? Entry(from: decoder)
            metadata = try entry == nil ? [String: String](from: decoder) : nil
        }
    }
}
