import Corpora
import Kernels
import NERPipeTesting
import Shards
import Vectors

@testable import VectorSpaces

/// A table made of words and rows; the rows are stored as they are unless `normalization` says otherwise.
func table(
    _ rows: [(language: String, word: String, vector: [Float])], named name: String, in folder: ScratchFolder,
    normalization: VectorNormalization = .none, subwords: (settings: SubwordDescription, rows: [[Float]])? = nil,
    statistics: [String] = []
) throws -> VectorTable {
    let writer = try VectorTableWriter(
        path: folder[name], dimension: rows[0].vector.count, normalization: normalization, statistics: statistics,
        unseenStatistics: statistics.map { _ in 0.5 })
    for (number, row) in rows.enumerated() {
        let numbers = statistics.indices.map { Float(number * 10 + $0) }
        try Array(row.word.utf8).withUnsafeBufferPointer { word in
            try writer.append(
                word: word, language: writer.addLanguage(row.language), vector: row.vector,
                statistics: statistics.isEmpty ? nil : numbers)
        }
    }
    if let subwords {
        try writer.appendSubwords(subwords.settings) { bucket, out in
            out.update(from: subwords.rows[bucket], count: rows[0].vector.count)
        }
    }
    _ = try writer.finish()
    return try VectorTable(path: folder[name])
}

extension LanguageSpace {
    convenience init(_ table: VectorTable, _ language: String, _ preparation: RowPreparation = .unit, limit: Int = 1000)
        throws
    {
        try self.init(
            table: table, number: LanguageSpace.number(of: language, in: table, option: "--from"),
            maximumWordCount: limit, preparation: preparation)
    }

    func vector(_ word: Int) -> [Float] { Array(vectors.array[word * dimension..<(word + 1) * dimension]) }
}

/// A dictionary from lines of text.
func dictionary(_ lines: [String], in folder: ScratchFolder) throws -> BilingualDictionary {
    try BilingualDictionary(path: folder.write(lines.joined(separator: "\n") + "\n", as: "dictionary.tsv"))
}

/// Two languages of which one is the other, rotated, with noise: `s0`... means `t0`..., most frequent first.
struct TwinSpaces {
    let rotation: [Double]
    let source: VectorTable
    let target: VectorTable

    init(words N: Int, dimension D: Int, noise: Float, offset: Float = 0, seed: UInt64, in folder: ScratchFolder) throws
    {
        var random = SeededGenerator(seed: seed)
        rotation = randomRotation(D, &random)
        var sources: [(language: String, word: String, vector: [Float])] = []
        var targets = sources
        for word in 0..<N {
            let x = random.floats(D).map { $0 + offset }
            let y = product(x.map(Double.init), rotation, 1, D, D)
            let shaken = zip(y, random.floats(D)).map { Float($0) + noise * $1 }
            sources.append(("ss", "s\(word)", x))
            targets.append(("tt", "t\(word)", shaken))
        }
        source = try table(sources, named: "source.vectors", in: folder)
        target = try table(targets, named: "target.vectors", in: folder)
    }
}

func unit(_ values: [Double]) -> [Double] {
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / norm }
}

func cosine(_ x: some Sequence<Float>, _ y: some Sequence<Float>) -> Double {
    let (x, y) = (unit(x.map(Double.init)), unit(y.map(Double.init)))
    return zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
}
