/// Rows of fields as text: the first column begins at the left, the others end at the right, two spaces between.
package enum TextTable {
    /// - Parameter rows: All with as many fields as the first.
    /// - Returns: A line for each row.
    package static func text(_ rows: [[String]]) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { fields in
            fields.enumerated().map { column, field in
                let space = String(repeating: " ", count: widths[column] - field.count)
                return column == 0 ? field + space : space + field
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
