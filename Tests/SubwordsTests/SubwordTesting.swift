import Foundation

@testable import Subwords

/// Pieces of a word as `[id, start, end]`.
func pieces(_ tokenizer: SubwordTokenizer, _ word: some Sequence<UInt8>) -> [[Int]] {
    var workspace = SubwordWorkspace()
    Array(word).withUnsafeBufferPointer { tokenizer.encode($0, using: &workspace) }
    return workspace.pieces.map { [Int($0.id), Int($0.start), Int($0.end)] }
}

func makeTokenizer(_ json: String) throws -> SubwordTokenizer { try makeTokenizer(Array(json.utf8)) }

func makeTokenizer(_ json: [UInt8]) throws -> SubwordTokenizer {
    try json.withUnsafeBufferPointer { try SubwordTokenizer($0, path: "t.json") }
}

/// A Unigram tokenizer of these pieces.
func unigram(_ pieces: [(String, Double)], more: String = "") throws -> SubwordTokenizer {
    let vocabulary = pieces.map { "[\"\($0.0)\",\($0.1)]" }.joined(separator: ",")
    return try makeTokenizer("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[\(vocabulary)]}\(more)}")
}
