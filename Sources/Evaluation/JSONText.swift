/// The few kinds of JSON values a report needs.
///
/// Not `JSON` of the module `Shards`, which writes what conforms to `Codable` and reads it again: reports are compared byte for byte with files that are kept, so
/// their numbers have four decimals (Foundation writes the shortest that reads back), their keys are as they are spelt, and their bytes do not
/// depend on the version of Foundation. And scores know nothing of shards.
enum JSONText {
    case integer(Int)
    case unsigned(UInt64)
    /// Written with four decimals.
    case number(Double)
    case string(String)
    case list([JSONText])
    /// A list, not a dictionary: names that Unicode calls equivalent are different keys in JSON but equal as `String`.
    case object([(key: String, value: JSONText)])

    /// Compact JSON, object keys sorted by their UTF-8 bytes.
    var text: String {
        switch self {
        case .integer(let value): return "\(value)"
        case .unsigned(let value): return "\(value)"
        case .number(let value): return value.isFinite ? FixedDecimal.text(value, decimals: 4) : "null"
        case .string(let value): return Self.quoted(value)
        case .list(let values): return "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            let members = sorted.map { "\(Self.quoted($0.key)):\($0.value.text)" }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// A JSON string; control characters are escaped, everything else beyond quote and backslash is kept as UTF-8.
    static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
