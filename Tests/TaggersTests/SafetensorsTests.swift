import Diagnostics
import Foundation
import Shards
import Taggers
import Testing

/// The entry of a tensor in the header.
private func tensorEntry(_ name: String, _ shape: String, _ offsets: String, _ type: String = "F32") -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#
}

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

    /// What the format forbids (README of huggingface/safetensors, "Format" and "Notes"), and what is said of it.
    @Test(
        arguments: [
            ("{\(tensorEntry("x", "2", "0,8"))}", 12, "4 bytes follow the last tensor"),
            ("{}", 1, "1 bytes follow the last tensor"),
            (
                "{\(tensorEntry("x", "1", "0,4")),\(tensorEntry("y", "2", "0,8"))}", 8,
                "tensor y begins at byte 0 of the data, *ends at 4"
            ),
            ("{\(tensorEntry("x", "1", "4,8"))}", 8, "tensor x begins at byte 4 of the data, the one before"),
            ("{\(tensorEntry("x", "1", "0,4")),\(tensorEntry("y", "1", "8,12"))}", 12, "tensor y begins at byte 8"),
            ("{\(tensorEntry("x", "1", "0,4")),\(tensorEntry("x", "1", "0,4"))}", 4, "the key x twice"),
            (#"{"x":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}"#, 4, "the key shape twice"),
            (#"{"__metadata__":{"a":"b","\u0061":"c"}}"#, 0, "the key a twice"),
            (#"{"__metadata__":{},"__metadata__":{}}"#, 0, "the key __metadata__ twice"),
            ("{\(tensorEntry("x", "1.0", "0,4"))}", 4, "not written as a whole one"),
            ("{\(tensorEntry("x", "1e0", "0,4"))}", 4, "not written as a whole one"),
            ("{\(tensorEntry("x", "1", "0.0,4"))}", 4, "not written as a whole one"),
            (" {\(tensorEntry("x", "1", "0,4"))}", 4, "does not begin with '{'"),
            ("{\(tensorEntry("x", "1", "0,4"))}\n", 4, "does not begin with '{' and end with '}' and spaces"),
            ("{\(tensorEntry("x", "1", "0,4"))}\u{0}", 4, "does not begin with '{' and end with '}' and spaces"),
            (#"{"__metadata__":{"a":1}}"#, 0, "not the JSON"),
            ("{\(tensorEntry("__metadata__", "1", "0,4"))}", 4, "is a map of strings"),
            (#"{"x":{"a":"b"}}"#, 0, "is a map of strings"),
            ("{\(tensorEntry("x", "1", "0,8", "F64"))}", 8, "tensor x is F64, and only F32, F16 and BF16 are read"),
            ("{\(tensorEntry("x", "2", "0,8", "F16"))}", 8, "not of the size of its shape"),
        ] as [(String, Int, String)])
    func whatTheFormatForbidsIsNamed(_ header: String, _ dataByteCount: Int, _ expected: String) throws {
        let failure = #expect(throws: Failure.self) {
            try Safetensors.decode(Self.file(header, dataByteCount: dataByteCount), path: "m")
        }
        let parts = expected.split(separator: "*")
        #expect(failure?.code == .badData && failure?.message.hasPrefix("m: not a usable safetensors file: ") == true)
        #expect(parts.allSatisfy { failure?.message.contains($0) == true }, "\(failure?.message ?? "")")
    }

    @Test func whatTheFormatAllowsIsRead() throws {
        // Any order in the header, padding, scalars, tensors without numbers, braces and quotes in names.
        let header =
            "{\(tensorEntry("b", "1", "4,8")),\(tensorEntry("a{\\\"", "", "0,4")),\(tensorEntry("e", "0,3", "4,4"))}    "
        let content = try Safetensors.decode(Self.file(header, dataByteCount: 8), path: "m")
        #expect(content.tensors.mapValues(\.shape) == ["b": [1], "a{\"": [], "e": [0, 3]])
        #expect(try Safetensors.decode(Self.file("{}", dataByteCount: 0), path: "m").tensors.isEmpty)
    }

    /// 1, -2.5, the largest and the smallest binary16; 1, -2.5, and what only bfloat16 of the two can hold.
    @Test func sixteenBitTensorsAreWidened() throws {
        let header = "{\(tensorEntry("h", "2,2", "0,8", "F16")),\(tensorEntry("b", "3", "8,14", "BF16"))}"
        var bytes = Self.file(header, dataByteCount: 0)
        for pattern: UInt16 in [0x3C00, 0xC100, 0x7BFF, 0x0001, 0x3F80, 0xC020, 0x7F7F] { bytes.appendInteger(pattern) }
        let tensors = try Safetensors.decode(bytes, path: "m").tensors
        #expect(tensors["h"] == .init(name: "h", shape: [2, 2], values: [1, -2.5, 65504, 5.9604645e-8]))
        #expect(tensors["b"] == .init(name: "b", shape: [3], values: [1, -2.5, 3.3895314e38]))
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
