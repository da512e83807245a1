import Foundation
import NERPipeTesting
import Shards

@testable import Vectors

extension VectorTable {
    /// The row of a word given in its look-up form, as floats.
    func floats(_ word: String, language: String = "*") -> [Float]? {
        Array(word.utf8).withUnsafeBufferPointer { row(of: $0, languages: lookupOrder(for: language)) }
            .map { halfRow(Int($0)).map { Float(Float16(bitPattern: $0)) } }
    }

    func composed(_ word: String, language: UInt16? = nil) -> [Float]? {
        var out = [Float](repeating: .nan, count: dimension)
        let isComposed = out.withUnsafeMutableBufferPointer { out in
            Array(word.utf8).withUnsafeBufferPointer { compose($0, language: language, into: out.baseAddress!) }
        }
        return isComposed ? out : nil
    }
}

/// Imports texts of `.vec` files, each with its language, and opens the table.
func importedTable(
    _ sources: [(language: String, text: String)], in folder: ScratchFolder, normalization: VectorNormalization = .unit,
    rowFormat: VectorRowFormat = .f16, allowingWrongCount: Bool = false
) throws -> VectorTable {
    var list: [VectorImport.Source] = []
    for (index, source) in sources.enumerated() {
        list.append(.init("\(source.language)=\(try folder.write(source.text, as: "\(index).vec"))"))
    }
    var options = VectorImport.Options(normalization: normalization, rowFormat: rowFormat)
    options.allowsWrongCount = allowingWrongCount
    _ = try VectorImport.run(list, to: folder["t.vectors"], options)
    return try VectorTable(path: folder["t.vectors"])
}

func unit(_ values: [Double]) -> [Double] {
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / norm }
}

/// A fastText model, made by hand: `(word, row)` and the rows of the buckets. Its output matrix holds ones.
///
/// - Parameters:
///   - version: Of the format; nil is the one of 2016, without magic number and version.
///   - model: 1 CBOW, 2 skip-gram, 3 supervised.
func fastTextModel(
    words: [(String, [Float])], buckets: [[Float]], minimum: Int = 3, maximum: Int = 4, dimension: Int = 2,
    version: Int? = 12, model: Int = 2
) -> [UInt8] {
    var bytes: [UInt8] = []
    if let version {
        bytes.appendInteger(UInt32(793_712_314))
        bytes.appendInteger(Int32(version))
    }
    for argument in [dimension, 5, 1, 1, 5, 1, 2, model, buckets.count, minimum, maximum, 100] {
        bytes.appendInteger(Int32(argument))
    }
    bytes.appendInteger((1e-4).bitPattern)
    for count in [words.count, words.count, 0] { bytes.appendInteger(Int32(count)) }
    bytes.appendInteger(Int64(100))
    if version != nil { bytes.appendInteger(Int64(-1)) }
    for (word, _) in words {
        bytes += Array(word.utf8) + [0]
        bytes.appendInteger(Int64(3))
        bytes.append(0)
    }
    if version != nil { bytes.append(0) }
    bytes.appendInteger(Int64(words.count + buckets.count))
    bytes.appendInteger(Int64(dimension))
    for row in words.map(\.1) + buckets { for value in row { bytes.appendInteger(value.bitPattern) } }
    if version != nil { bytes.append(0) }
    bytes.appendInteger(Int64(words.count))
    bytes.appendInteger(Int64(dimension))
    for _ in 0..<words.count * dimension { bytes.appendInteger(Float(1).bitPattern) }
    return bytes
}
