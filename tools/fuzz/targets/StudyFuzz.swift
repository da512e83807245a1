import Corpora
import Diagnostics
import Studies

enum StudyFuzz {
    /// A definition; of a small study also the cells, and their words.
    static func readDefinition(_ bytes: [UInt8]) throws {
        let study = try StudyDefinition(text: String(decoding: bytes, as: UTF8.self), path: "fuzz")
        guard study.axes.map(\.values.count).reduce(1, *) <= 1000 else { return }
        for cell in study.cells {
            precondition(
                !cell.title.contains("/") && cell.folder.hasPrefix(study.work), "\(cell.title) in \(cell.folder)")
        }
        _ = study.variants
    }

    static func readLanguages(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            let table = try LanguageTable(path: path)
            for column in table.columns {
                precondition(table.number(column, "es").map { $0.magnitude <= 1e15 } ?? true)
                _ = table.word(column, "es")
            }
        }
    }

    static func readMeasures(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            let table = try MeasureTable(path: path)
            precondition(Set(table.names).count == table.names.count && !table.names.isEmpty)
            for name in table.names {
                precondition(table.value(name, source: "en", target: "es").map { $0.magnitude <= 1e15 } ?? true)
            }
        }
    }

    static func readLines(_ bytes: [UInt8]) throws {
        try MemoryFile.with(bytes) { path in
            for line in try ScoreLine.all(in: path) {
                precondition(line.countsPath(in: "w").split(separator: "/").count == 3, "\(line)")
            }
        }
    }
}
