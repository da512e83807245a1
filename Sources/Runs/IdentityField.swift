import Shards

/// What must be the same when a run is continued: a field of it, and the fields within.
///
/// Every kind of run declares a value of its own for that. Here it has no type any more, so that two can be compared, and what
/// differs be named, by whoever knows neither: the folder of a run may hold another kind of run.
package enum IdentityField: Codable, Equatable, Sendable {
    case nothing
    case flag(Bool)
    case count(UInt64)
    case number(Double)
    case text(String)
    case list([IdentityField])
    case fields([String: IdentityField])

    /// The encoded fields of a value.
    package init(of value: some Encodable) throws {
        self = try JSON.decode(IdentityField.self, from: JSON.encode(value))
    }

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let count = try? value.decode(UInt64.self) {
            self = .count(count)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([IdentityField].self) {
            self = .list(list)
        } else {
            self = .fields(try value.decode([String: IdentityField].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .nothing: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .count(let count): try value.encode(count)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .fields(let fields): try value.encode(fields)
        }
    }

    /// A field within it; nil where it has none of this name.
    package subscript(name: String) -> IdentityField? {
        if case .fields(let fields) = self { fields[name] } else { nil }
    }

    /// The field without some of those within.
    func without(_ names: Set<String>) -> IdentityField {
        if case .fields(let fields) = self { .fields(fields.filter { !names.contains($0.key) }) } else { self }
    }

    /// The field as a person reads it, without its name.
    package var text: String {
        switch self {
        case .nothing: "nothing"
        case .flag(let flag): "\(flag)"
        case .count(let count): "\(count)"
        case .number(let number): "\(number)"
        case .text(let text): text
        case .list(let list): list.map(\.text).joined(separator: " ")
        case .fields: lines.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        }
    }

    /// All fields within that have none themselves, by their path, in order of the names.
    package var lines: [(name: String, text: String)] {
        guard case .fields(let fields) = self else { return [("", text)] }
        return fields.sorted { $0.key < $1.key }.flatMap { name, field in
            field.lines.map { (Self.path([Self.words(of: name), $0.name]), $0.text) }
        }
    }

    /// The first field that is not the same, by its path; nil when all are.
    func difference(from other: IdentityField) -> (name: String, mine: String, theirs: String)? {
        func first(_ pairs: some Sequence<(String, IdentityField, IdentityField)>) -> (String, String, String)? {
            for (name, mine, theirs) in pairs {
                if let found = mine.difference(from: theirs) {
                    return (Self.path([name, found.name]), found.mine, found.theirs)
                }
            }
            return nil
        }
        switch (self, other) {
        case (.fields(let mine), .fields(let theirs)):
            return first(
                Set(mine.keys).union(theirs.keys).sorted().lazy.map {
                    (Self.words(of: $0), mine[$0] ?? .nothing, theirs[$0] ?? .nothing)
                })
        case (.list(let mine), .list(let theirs)) where mine.count == theirs.count:
            return first(mine.indices.lazy.map { ("\($0 + 1)", mine[$0], theirs[$0]) })
        default: return self == other ? nil : ("", text, other.text)
        }
    }

    private static func path(_ names: [String]) -> String { names.filter { !$0.isEmpty }.joined(separator: ".") }

    /// `batch tokens` of `batchTokens`.
    private static func words(of name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
    }
}
