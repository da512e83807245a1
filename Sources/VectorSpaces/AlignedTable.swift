import Diagnostics
import Kernels
package import Shards
package import Vectors

/// Writes the table of two spaces that have become one: all rows of the target's table as they are, and the mapped rows
/// of the source language.
package struct AlignedTable {
    package let source: LanguageSpace
    /// Name of the source language in the table that is made.
    package let sourceName: String
    package let target: LanguageSpace
    package let targetName: String
    /// The map of prepared source rows, row-major `[dimension, dimension]`.
    package let matrix: [Float]

    package init(
        source: LanguageSpace, sourceName: String, target: LanguageSpace, targetName: String, matrix: [Float]
    ) {
        self.source = source
        self.sourceName = sourceName
        self.target = target
        self.targetName = targetName
        self.matrix = matrix
    }

    /// Whose character n-grams the table keeps; it has room for one set of them.
    package enum Subwords: String, CaseIterable, Sendable { case source, target, none }

    var isOneTable: Bool { source.table === target.table }

    /// Wider maps would take minutes, and gigabytes for their decomposition.
    private static let maximumDimension = 4096

    /// Refuses what the table could not say, before time is spent on it.
    package static func check(
        source: VectorTable, sourceNumber: UInt16, sourceName: String, target: VectorTable, targetNumber: UInt16,
        targetName: String, subwords: Subwords?, preparation: RowPreparation
    ) throws {
        guard source.dimension == target.dimension else { throw Failure.dimensionsDiffer(source, target) }
        guard source.dimension <= maximumDimension else {
            throw Failure.tooManyDimensions(source, maximum: maximumDimension)
        }
        guard sourceName != targetName, source !== target || sourceNumber != targetNumber else {
            throw Failure.alignedWithItself(sourceName)
        }
        if source !== target, target.languageNumber(sourceName) != nil {
            throw Failure.isInTargetAlready(sourceName, target)
        }
        guard source.description.statistics == target.description.statistics else {
            throw Failure.statisticsDiffer(source, target)
        }
        if source !== target, subwords == nil,
            source.description.subwords != nil || target.description.subwords != nil
        {
            throw Failure.subwordsNotChosen()
        }
        for (table, choice) in [(source, Subwords.source), (target, .target)] where subwords == choice {
            guard table.description.subwords != nil else { throw Failure.noSubwordsToKeep(table, choice) }
        }
        for table in [source, target] where table.hasTransforms {
            guard preparation == .unit, table === target || subwords != .source else {
                throw Failure.movedAlready(table)
            }
        }
    }

    /// - Parameters:
    ///   - path: The table to make. Its words are folded as those of the table that folds more.
    ///   - rule: What becomes of a file that is there.
    ///   - subwords: Whose sub-words to keep, when there are two tables.
    ///   - progress: Called now and then with the number of rows written.
    package func write(
        to path: String, _ rule: OutputRule = OutputRule(), subwords: Subwords?, progress: (Int) -> Void
    ) throws -> VectorTableDescription {
        let description = target.table.description
        let writer = try VectorTableWriter(
            path: path, dimension: target.dimension, normalization: .unit, statistics: description.statistics,
            unseenStatistics: description.unseenStatistics, folding: max(source.table.folding, target.table.folding),
            rule: rule)
        var rows = RowBlock(dimension: target.dimension, statisticCount: description.statistics.count)
        let rotation = Rotation(matrix, dimension: target.dimension)
        for (space, isMapped) in [(target, false), (source, true)] {
            var next = 0
            while next < space.table.rowCount {
                try Interruption.check("stopped while the table was written, nothing is left of it")
                next = rows.fill(from: space.table, at: next) { language in
                    isMapped ? language == source.number : !isOneTable || language != source.number
                }
                LanguageSpace.prepare(
                    rows.vectors.pointer, count: rows.numbers.count, dimension: space.dimension, center: space.center)
                if isMapped { rotation.apply(to: rows.vectors.pointer, count: rows.numbers.count) }
                try rows.append(to: writer, from: space.table) { isMapped ? sourceName : nameOfTargetLanguage($0) }
                progress(writer.rowCount)
            }
        }
        writer.pivot = description.pivot.flatMap(target.table.languageNumber).map(nameOfTargetLanguage)
        try SubwordMapping(self, rotation, kept: isOneTable ? .target : subwords ?? .none).write(to: writer)
        return try writer.finish()
    }

    /// What a language of the target's table is called in the table that is made.
    func nameOfTargetLanguage(_ number: UInt16) -> String {
        if isOneTable && number == source.number { return sourceName }
        return number == target.number ? targetName : target.table.description.languages[Int(number)]
    }
}

/// Some rows on their way from one table to another.
private struct RowBlock {
    private static let capacity = 1024
    private let dimension: Int
    private(set) var numbers: [UInt32] = []
    /// `[numbers.count, dimension]`
    let vectors: FloatBuffer
    private let statistics: FloatBuffer
    private let statisticCount: Int

    init(dimension: Int, statisticCount: Int) {
        self.dimension = dimension
        self.statisticCount = statisticCount
        vectors = FloatBuffer(count: Self.capacity * dimension)
        statistics = FloatBuffer(count: Self.capacity * statisticCount)
    }

    /// Takes the rows from `start` on whose language is wanted, until the block is full; returns where to go on.
    mutating func fill(from table: VectorTable, at start: Int, where isWanted: (UInt16) -> Bool) -> Int {
        numbers.removeAll(keepingCapacity: true)
        var row = start
        while row < table.rowCount && numbers.count < Self.capacity {
            if isWanted(table.language(ofRow: row)) { numbers.append(UInt32(row)) }
            row += 1
        }
        numbers.withUnsafeBufferPointer {
            table.gather($0, scale: 1, into: vectors.pointer, stride: dimension)
            table.gatherStatistics($0, into: statistics.pointer, stride: statisticCount)
        }
        return row
    }

    func append(to writer: VectorTableWriter, from table: VectorTable, name: (UInt16) -> String) throws {
        for (index, number) in numbers.enumerated() {
            guard let word = table.bytes(ofWord: Int(number)) else {
                throw Failure.rowWithoutWord(number, table)
            }
            try writer.append(
                word: word, language: writer.addLanguage(name(table.language(ofRow: Int(number)))),
                vector: vectors.pointer + index * dimension,
                statistics: statisticCount == 0 ? nil : UnsafePointer(statistics.pointer + index * statisticCount))
        }
    }
}
