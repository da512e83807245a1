import Vectors

/// The words of a table as they are written in text.
enum TableWord {
    /// A word with the capitals that it mostly has, as the table's statistics `case` and `upper` tell; without them, as the
    /// table has it, in small letters.
    ///
    /// - Returns: UTF-8; nothing where the table is damaged.
    static func form(_ table: VectorTable, row: Int) -> [UInt8] {
        guard let bytes = table.bytes(ofWord: row) else { return [] }
        func isMost(_ name: String) -> Bool { table.statistic(name, ofRow: UInt32(row)).map { $0 > 0 } ?? false }
        guard isMost("case") else { return Array(bytes) }
        let word = String(decoding: bytes, as: UTF8.self)
        if isMost("upper") { return Array(word.uppercased().utf8) }
        return Array((word.prefix(1).uppercased() + word.dropFirst()).utf8)
    }
}
