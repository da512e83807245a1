import Diagnostics
import Foundation
import Shards
import Taggers
import Testing

@Suite struct SafetensorsTests {
    static let tensors = [
        Safetensors.Tensor(name: "a.weight", shape: [2, 3], values: [1, -2, 3.5, 0, .leastNonzeroMagnitude, 6]),
        Safetensors.Tensor(name: "quote\"\\ü", shape: [0], values: []),
        Safetensors.Tensor(name: "scalar", shape: [], values: [7]),
    ]

    @Test func whatIsWrittenIsReadBack() throws {
        let bytes = try Safetensors.encode(Self.tensors)
        let decoded = try Safetensors.decode(bytes, path: "m").tensors
        #expect(decoded == Dictionary(uniqueKeysWithValues: Self.tensors.map { ($0.name, $0) }))
    }

    @Test func layoutIsThatOfTheFormat() throws {
        let bytes = try Safetensors.encode([.init(name: "x", shape: [1, 2], values: [1, 2])])
        let length = bytes.withUnsafeBytes { Int($0.integer(at: 0, as: UInt64.self)) }
        #expect(length % 8 == 0)
        let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
        #expect(
            header.trimmingCharacters(in: .whitespaces) == #"{"x":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}}"#)
        #expect(Array(bytes[(8 + length)...]) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
    }

    static func file(_ header: String, dataByteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendInteger(UInt64(header.utf8.count))
        return bytes + Array(header.utf8) + [UInt8](repeating: 0, count: dataByteCount)
    }

    @Test func metadataIsAllowed() throws {
        let bytes = Self.file(
            #"{"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, dataByteCount: 4)
        #expect(try Safetensors.decode(bytes, path: "m").tensors.keys.sorted() == ["x"])
    }

    @Test(arguments: [
        #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775807,9223372036854775807]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[99999999999999999999,4]}}"#,
        #"{"x":5}"#, "[]", "", "{", "not json",
        // Two tensors over the same bytes: a small file could ask for any amount of memory.
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    ])
    func hostileHeaderIsRefused(_ header: String) {
        #expect(throws: Failure.self) { try Safetensors.decode(Self.file(header, dataByteCount: 4), path: "m") }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try Safetensors.encode([.init(name: "x", shape: [2], values: [1, 2])])
        for count in 0..<bytes.count {
            #expect(throws: Failure.self, "\(count) bytes") {
                try Safetensors.decode(Array(bytes[..<count]), path: "m")
            }
        }
        var lying = bytes
        for index in 0..<8 { lying[index] = 0xFF }
        #expect(throws: Failure.self) { try Safetensors.decode(lying, path: "m") }
    }
}
