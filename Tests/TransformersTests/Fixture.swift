import Diagnostics
import Foundation
import Kernels
import Shards
import Taggers
import Testing
import Transformers

/// A tiny random model that PyTorch has run: see `tools/reference/transformer_logits.py`.
struct Fixture {
    static let names = ["bert", "bert-without-head", "xlm-roberta", "distilbert"]

    /// One sequence, and what the network gives for it alone.
    struct Expected: Decodable {
        var pieces: [Int32]
        /// Of the first layer and of the last.
        var first: [[Double]], states: [[Double]]
        var logits: [[Double]]?
    }

    let folder: String
    let expected: [Expected]

    init(_ name: String) throws {
        folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/\(name)"
        expected = try JSON.decode([Expected].self, from: Directory.contents(of: "\(folder)/expected.json"))
    }

    var sequences: EncoderSequences {
        var sequences = EncoderSequences()
        for sequence in expected { sequences.append(sequence.pieces) }
        return sequences
    }
}

/// A folder that is gone afterwards, with a copy of a model to be changed.
func withCopy(of name: String, _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/nerpipe-transformer-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(atPath: Fixture(name).folder, toPath: folder)
    try body(folder)
}

/// Replaces text of the configuration in a folder.
func change(_ old: String, to new: String, in folder: String) throws {
    let path = "\(folder)/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(old), "\(old) is not in \(text)")
    try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
}

/// Changes the tensors in a folder, which become F32.
func changeTensors(in folder: String, _ body: (inout [String: Safetensors.Tensor]) -> Void) throws {
    let path = "\(folder)/model.safetensors"
    var tensors = try Safetensors.decode(Directory.contents(of: path), path: path).tensors
    body(&tensors)
    let bytes = try Safetensors.encode(tensors.sorted { $0.key < $1.key }.map(\.value))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// Runs `body` on every path of this CPU.
func onEveryPath(_ body: (KernelPath) throws -> Void) rethrows {
    for path in KernelPath.available { try path.run { try body(path) } }
}

/// The message of the failure that `body` ends with.
func failure(_ body: () throws -> Void) -> String {
    do { try body() } catch let failure as Failure { return failure.message } catch { return "\(error)" }
    return "no failure"
}
