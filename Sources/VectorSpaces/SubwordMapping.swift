import Kernels
import Vectors

/// Carries the character n-grams of a table over to the table of two aligned spaces, so that a composed word lands where
/// the rows are.
///
/// A row is made unit, centred perhaps, and rotated; composing is a mean, and so commutes with the rotation but not with
/// the centring. N-grams of a space of their own are rotated with it; what they all are moved by is then a transform
/// that every language shares. N-grams of languages that were trained together stay, and each language has its own
/// transform.
struct SubwordMapping {
    private typealias Transform = (center: [Float], rotation: [Float])

    private let aligned: AlignedTable
    private let rotation: Rotation
    private let kept: AlignedTable.Subwords
    private let dimension: Int

    init(_ aligned: AlignedTable, _ rotation: Rotation, kept: AlignedTable.Subwords) {
        self.aligned = aligned
        self.rotation = rotation
        self.kept = kept
        dimension = rotation.dimension
    }

    /// Call after all rows.
    func write(to writer: VectorTableWriter) throws {
        let table = kept == .source ? aligned.source.table : aligned.target.table
        guard kept != .none, let subwords = table.description.subwords else { return }
        try writer.appendSubwords(subwords) { bucket, out in
            table.copySubword(bucket, into: out)
            if kept == .source { rotation.apply(to: out, count: 1) }
        }
        for (name, transform) in transforms() {
            writer.setTransform(
                language: writer.addLanguage(name), center: transform.center, rotation: transform.rotation)
        }
    }

    private func transforms() -> [(name: String, transform: Transform)] {
        let source = aligned.source, target = aligned.target
        var transforms: [(name: String, transform: Transform)] = []
        if kept == .source {
            guard var center = source.center else { return [] }
            center.withUnsafeMutableBufferPointer { rotation.apply(to: $0.baseAddress!, count: 1) }
            for name in targetNames + [aligned.sourceName] { transforms.append((name, (center, identity))) }
            return transforms
        }
        guard aligned.isOneTable || target.center != nil || target.table.hasTransforms else { return [] }
        for number in target.table.description.languages.indices.map({ UInt16($0) }) {
            var (center, rotation) = target.table.transform(ofLanguage: number) ?? unmoved
            if aligned.isOneTable && number == source.number {
                center = source.center ?? center
                rotation = rotated(rotation)
            } else {
                center = target.center ?? center
            }
            transforms.append((aligned.nameOfTargetLanguage(number), (center, rotation)))
        }
        if !aligned.isOneTable, let center = target.center {
            transforms.append((aligned.sourceName, (center, identity)))
        }
        return transforms
    }

    private var targetNames: [String] {
        aligned.target.table.description.languages.indices.map { aligned.nameOfTargetLanguage(UInt16($0)) }
    }

    private var unmoved: Transform { ([Float](repeating: 0, count: dimension), identity) }

    private var identity: [Float] {
        (0..<dimension * dimension).map { $0 % (dimension + 1) == 0 ? 1 : 0 }
    }

    /// The product of a rotation and the one of the source language.
    private func rotated(_ matrix: [Float]) -> [Float] {
        var matrix = matrix
        matrix.withUnsafeMutableBufferPointer { rotation.apply(to: $0.baseAddress!, count: dimension) }
        return matrix
    }
}
