import ArgumentParser
package import Selection

/// A rule of `select --weigh-by`; names and help are those of `KnownRules`.
package struct WeightingName: ExpressibleByArgument, Sendable {
    package let kind: RuleKind

    package init?(argument: String) {
        guard let kind = KnownRules.weightings.first(where: { $0.name == argument }) else { return nil }
        self.kind = kind
    }

    package var defaultValueDescription: String { kind.name }
    package static var allValueStrings: [String] { KnownRules.weightings.map(\.name) }
}

/// A rule of `select --by`.
package struct ChoiceName: ExpressibleByArgument, Sendable {
    package let kind: RuleKind

    package static let standard = ChoiceName(KnownRules.choices[0])

    private init(_ kind: RuleKind) { self.kind = kind }

    package init?(argument: String) {
        guard let kind = KnownRules.choices.first(where: { $0.name == argument }) else { return nil }
        self.init(kind)
    }

    package var defaultValueDescription: String { kind.name }
    package static var allValueStrings: [String] { KnownRules.choices.map(\.name) }
}

extension [RuleKind] {
    /// For help texts: what they do, and their names.
    var summaries: String { map(\.summary).enumerated(by: ", or ") }
    var valueName: String { map(\.name).joined(separator: "|") }
}

extension [String] {
    /// "a, b" and `last` "c", for messages.
    func enumerated(by last: String) -> String {
        dropLast().joined(separator: ", ") + (count > 1 ? last : "") + (self.last ?? "")
    }
}
