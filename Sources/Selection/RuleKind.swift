package import Teachers

/// A rule that is chosen by its name, before there is what it is made of.
///
/// **A rule is one file, and one name in ``KnownRules``.** Options, help, what must be there before a run begins and the memory
/// plan follow from what it says of itself here.
package struct RuleKind: Sendable {
    /// On the command line and in definitions.
    package let name: String
    /// For the help, which lists them.
    package let summary: String
    package var needs: RuleNeeds = []
    /// Bytes that it holds at most, by the numbers of a word's state.
    package var memoryByteCount: @Sendable (_ stateWidth: Int) -> Int = { _ in 0 }
    /// What is made has in it all that ``needs`` names.
    package let make: @Sendable (RuleInputs) -> any SelectionRule

    init(
        _ name: String, _ summary: String, needs: RuleNeeds = [],
        memoryByteCount: @escaping @Sendable (Int) -> Int = { _ in 0 },
        make: @escaping @Sendable (RuleInputs) -> any SelectionRule
    ) {
        (self.name, self.summary, self.needs) = (name, summary, needs)
        (self.memoryByteCount, self.make) = (memoryByteCount, make)
    }
}

/// What a rule cannot do without, besides scores.
package struct RuleNeeds: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// How many teachers agree on a token's label.
    package static let votes = RuleNeeds(rawValue: 1)
    /// The states that a model has of words: ``RuleInputs/encoder``.
    package static let states = RuleNeeds(rawValue: 2)
    /// Those that it has of words of the source: ``RuleInputs/source``.
    package static let source = RuleNeeds(rawValue: 4)
    /// To have seen the whole stream before: a ``SurveyingRule``.
    package static let survey = RuleNeeds(rawValue: 8)
}

/// What a rule is made of.
package struct RuleInputs: Sendable {
    /// Of the stream.
    package var labels: [String]
    package var seed: UInt64
    /// What a choice keeps.
    package var amount = KeptAmount.share(1)
    package var encoder: (any WordEncoder)?
    /// States of words of the source, and what names its text.
    package var source: (states: FeatureSample, identity: String)?

    package init(labels: [String], seed: UInt64) { (self.labels, self.seed) = (labels, seed) }

    /// - Precondition: it is there, because the rule said that it needs it.
    var requiredEncoder: any WordEncoder {
        guard let encoder else { preconditionFailure("a rule that needs states was made without a model") }
        return encoder
    }

    /// - Precondition: it is there, because the rule said that it needs it.
    var requiredSource: (states: FeatureSample, identity: String) {
        guard let source else { preconditionFailure("a rule that needs the source was made without it") }
        return source
    }
}

/// The rules that are chosen by name: the one place that a new one is written into. Help texts have this order.
package enum KnownRules {
    /// How much tokens count.
    package static let weightings: [RuleKind] = [.confidence, .agreement, .reliability]

    /// Which sentences stay; the first is the one that is taken when none is named.
    package static let choices: [RuleKind] = [
        .lowEntropy, .sureLabels, .chance, .independence, .highEntropy, .uncertainWords,
    ]

    /// Names of those that need something, for messages.
    package static func names(needing need: RuleNeeds) -> [String] {
        (weightings + choices).filter { $0.needs.contains(need) }.map(\.name)
    }
}
