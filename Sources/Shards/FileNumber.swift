/// Numbers in file names, padded with zeros so that names sort as the numbers do.
package enum FileNumber {
    package static func text(_ number: Int, digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
