import Evaluation
import Shards
import VectorSpaces

extension TranslationReport {
    /// Prints the report on standard output.
    func write(asJSON: Bool) throws {
        guard asJSON else { return try StandardOutput.write(table) }
        try JSON.encode(self).withUnsafeBytes { try StandardOutput.write($0) }
        try StandardOutput.write("\n")
    }

    private var table: String {
        func line(_ name: String, _ precision: Precision) -> String {
            name + number(precision.at1) + number(precision.at5) + "\n"
        }
        return "                       P@1      P@5\n" + line("nearest neighbour", nearestNeighbour)
            + line("CSLS             ", csls)
            + "coverage         \(number(coverage))  (\(wordCount) of \(dictionaryWordCount) words)\n"
    }

    /// A percentage, right-aligned in nine columns.
    private func number(_ value: Double) -> String {
        let text = FixedDecimal.text(value, decimals: 2)
        return String(repeating: " ", count: max(1, 9 - text.utf8.count)) + text
    }
}
