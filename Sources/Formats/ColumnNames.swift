/// The names of columns: of a comment `# global.columns = ID FORM ...` (CoNLL-U Plus), or of the first line, when somebody
/// calls a column by a name that stands there.
///
/// - Note: https://universaldependencies.org/ext-format.html
struct ColumnNames {
    private let names: [String]
    private let columnCount: Int
    /// The line that has them, where it would be taken for a token.
    let head: [UInt8]?

    init(_ sample: TextSample, _ columns: ColumnSample, _ options: ColumnOptions) {
        columnCount = columns.columnCount
        let mark = Array("# global.columns =".utf8)
        if let line = sample.lines.first(where: { $0.starts(with: mark) }) {
            names = line.dropFirst(mark.count).split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            head = nil
            return
        }
        let asked = [options.token, options.tag].compactMap { if case .name(let name)? = $0 { name } else { nil } }
        let line = sample.lines.first { !$0.isBlank }
        let first = line.map { ColumnLayout.columns(of: $0).map { String(decoding: $0, as: UTF8.self) } } ?? []
        let isHead = !asked.isEmpty && asked.allSatisfy(first.contains)
        names = isHead ? first : []
        head = isHead ? line.map(Array.init) : nil
    }

    /// Number of a column, from 0.
    func column(_ choice: ColumnChoice?, _ option: String) throws -> Int? {
        switch choice {
        case nil: return nil
        case .number(let number):
            guard columnCount == 0 || number <= columnCount else {
                throw RecordProblem(what: "\(option) \(number): most lines have \(columnCount) columns")
            }
            return number - 1
        case .name(let name):
            guard let column = names.firstIndex(of: name) else {
                throw RecordProblem(
                    what: "\(option) \(name): "
                        + (names.isEmpty
                            ? "no line names the columns, neither the first one nor '# global.columns = ...'; give the number"
                            : "the columns are \(names.joined(separator: " "))"))
            }
            return column
        }
    }
}
