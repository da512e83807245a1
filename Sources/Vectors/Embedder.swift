import CXXHash
package import Corpora
import Diagnostics
import Kernels
package import Shards
import UnicodeText

/// Turns the tokens of a batch into row numbers of a table, composed vectors and hashed features. A pure function of
/// the batch.
package struct Embedder: Sendable {
    package let table: VectorTable
    package let featureNames: [String]
    private let features: [FeatureTemplate]
    private let writesDenseVectors: Bool

    package init(table: VectorTable, features: [String], writesDenseVectors: Bool = false) throws {
        self.table = table
        featureNames = features
        self.features = try features.map(FeatureTemplate.init)
        self.writesDenseVectors = writesDenseVectors
    }

    /// The header of the embedded stream.
    package func header(for input: StreamHeader, place: String) throws -> StreamHeader {
        try input.require(.tokens, from: place, by: "embed")
        var header = input
        header.kind = .embedded
        header.table = table.reference
        header.features = featureNames
        header.numbers = []
        return header
    }

    /// How the tokens were found.
    package struct Coverage: Sendable {
        package var found = 0
        package var composed = 0
        package var absent = 0
    }

    /// - Parameter language: Code of the batch's language, for tables with rows per language.
    package func embed(_ batch: SentenceBatch, language: String) -> (SentenceBatch, Coverage) {
        let languages = table.lookupOrder(for: language)
        let ownLanguage = table.languageNumber(language)
        let F = features.count, D = table.dimension
        var coverage = Coverage()
        var rows: [UInt32] = []
        rows.reserveCapacity(batch.tokenCount)
        var hashes: [UInt32] = []
        hashes.reserveCapacity(batch.tokenCount * F)
        var composed: [UInt16] = []
        var composedNumbers: [UInt64: UInt32] = [:]
        var form: [UInt8] = []
        var scratch: [UInt8] = []
        let vector = FloatBuffer(count: D)
        batch.text.withUnsafeBufferPointer { text in
            for token in 0..<batch.tokenCount {
                let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                form.removeAll(keepingCapacity: true)
                LookupForm.append(lowercasedNFC: bytes, to: &form)
                form.withUnsafeBufferPointer { form in
                    for feature in features { hashes.append(feature.hash(token: bytes, form: form, scratch: &scratch)) }
                    if let row = table.row(of: form, languages: languages) {
                        rows.append(row)
                        coverage.found += 1
                        return
                    }
                    let hash = XXH3_64bits(form.baseAddress, form.count)
                    let number =
                        composedNumbers[hash]
                        ?? {
                            var number = EmbeddedColumns.absent
                            if table.compose(form, language: ownLanguage, into: vector.pointer) {
                                number = EmbeddedColumns.composedBit | UInt32(composed.count / D)
                                composed.append(contentsOf: repeatElement(0, count: D))
                                composed.withUnsafeMutableBufferPointer { buffer in
                                    if let base = buffer.baseAddress {
                                        Kernel.floatToHalf(count: D, x: vector.pointer, y: base + buffer.count - D)
                                    }
                                }
                            }
                            composedNumbers[hash] = number
                            return number
                        }()
                    rows.append(number)
                    if number == EmbeddedColumns.absent { coverage.absent += 1 } else { coverage.composed += 1 }
                }
            }
        }
        var result = batch
        result.embedding = EmbeddedColumns(
            dimension: D, rows: rows, composed: composed, featureCount: F, features: hashes,
            dense: writesDenseVectors ? denseVectors(rows, composed) : [])
        return (result, coverage)
    }

    private func denseVectors(_ rows: [UInt32], _ composed: [UInt16]) -> [UInt16] {
        let D = table.dimension
        var dense: [UInt16] = []
        dense.reserveCapacity(rows.count * D)
        for row in rows {
            if row == EmbeddedColumns.absent {
                dense.append(contentsOf: repeatElement(0, count: D))
            } else if row & EmbeddedColumns.composedBit != 0 {
                let start = Int(row & ~EmbeddedColumns.composedBit) * D
                dense.append(contentsOf: composed[start..<start + D])
            } else {
                dense.append(contentsOf: table.halfRow(Int(row)))
            }
        }
        return dense
    }
}
