import Diagnostics
import FoundationEssentials
import Shards

/// Reads and writes the safetensors format (github.com/huggingface/safetensors, "Format"): u64 header length, JSON
/// header, data.
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
        var header: [UInt8] = Array("{".utf8) + entries.joined(separator: Array(",".utf8)) + Array("}".utf8)
        header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + offset)
        bytes.appendInteger(UInt64(header.count))
        bytes += header
        for tensor in tensors {
            for value in tensor.values { bytes.appendInteger(value.bitPattern) }
        }
        return bytes
    }

    /// What a file holds.
    package struct Content {
        package var tensors: [String: Tensor]
        package var metadata: [String: String]
    }

    /// Decodes F32 tensors; everything the header says is checked against the size of the file.
    package static func decode(_ bytes: [UInt8], path: String) throws -> Content {
        func damaged(_ what: String) -> Failure { Failure(.badData, "\(path): not a usable safetensors file: \(what)") }
        guard bytes.count >= 8 else { throw damaged("it has only \(bytes.count) bytes") }
        let length = bytes.withUnsafeBytes { $0.integer(at: 0, as: UInt64.self) }
        guard length <= maximumHeaderByteCount, Int(length) <= bytes.count - 8 else {
            throw damaged("the header is longer than the file")
        }
        let start = 8 + Int(length)
        let entries: [String: Entry], metadata: [String: String]
        do {
            let raw = try JSON.decode([String: MetadataOrEntry].self, from: Array(bytes[8..<start]))
            entries = raw.compactMapValues { $0.entry }
            metadata = raw[metadataName]?.metadata ?? [:]
            guard raw.count == entries.count + (raw[metadataName]?.metadata == nil ? 0 : 1) else {
                throw damaged("it has metadata under another name than \(metadataName)")
            }
        } catch let failure as Failure {
            throw failure
        } catch { throw damaged("its header is not the JSON that the format asks for") }
        var tensors: [String: Tensor] = [:]
        var total = 0
        for (name, entry) in entries {
            guard entry.dtype == "F32" else { throw damaged("tensor \(name) is \(entry.dtype), only F32 is read") }
            var size = 4
            for extent in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflow else { throw damaged("the shape of \(name) is impossible") }
                size = product
            }
            guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
                entry.data_offsets[0] <= entry.data_offsets[1],
                entry.data_offsets[1] <= bytes.count - start, entry.data_offsets[1] - entry.data_offsets[0] == size
            else { throw damaged("tensor \(name) lies outside of the file") }
            // Tensors that share bytes would let a small file ask for any amount of memory.
            total += size
            guard total <= bytes.count - start else { throw damaged("its tensors overlap") }
            let from = start + entry.data_offsets[0]
            let values = bytes.withUnsafeBytes { buffer in
                (0..<size / 4).map { Float(bitPattern: buffer.integer(at: from + 4 * $0, as: UInt32.self)) }
            }
            tensors[name] = Tensor(name: name, shape: entry.shape, values: values)
        }
        return Content(tensors: tensors, metadata: metadata)
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
