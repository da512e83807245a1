import Kernels
package import Taggers

/// Makes the states of a tagger in training hard to tell by language (AdvPicker: Chen et al., ACL 2021, section 3.2).
///
/// Beside each update's labelled sentences of the source stand as many tokens of the target's text, without labels. A
/// discriminator learns to tell their states apart, and the tagger gets, besides its own, the gradient of the cross-entropy
/// with the other answer. The paper makes three updates one after the other with learning rates of their own; here the
/// gradients are of the same weights, and the tagger's are added with a weight, which with Adam is what the rates were for.
package final class LanguageAdversary: Sendable {
    package struct Settings: Codable, Equatable, Sendable {
        package var hiddenWidth = 64
        /// Of the discriminator, which must learn faster than the tagger runs away from it.
        package var learningRate = 5e-3
        /// Of the gradient against the discriminator, in the tagger's.
        package var weight = 0.01
        package var seed: UInt64 = 1

        package init() {}
    }

    package let settings: Settings
    package let discriminator: LanguageDiscriminator

    /// - Parameter width: Of the tagger's states.
    package init(_ settings: Settings, width: Int) {
        self.settings = settings
        discriminator = LanguageDiscriminator(width: width, hiddenWidth: settings.hiddenWidth, seed: settings.seed)
    }

    /// Adds the tokens of a slice to the discriminator's gradient, and what goes against it to the states' gradient.
    ///
    /// - Parameters:
    ///   - tokenCount: Of the update, source and target together.
    ///   - gradient: `[parameterCount]` of the discriminator.
    func learn(
        _ rows: [Int32], isSource: Bool, tokenCount: Int, in workspace: TaggerWorkspace,
        gradient: FloatBuffer
    ) {
        let share = 1 / Float(tokenCount)
        for row in rows {
            discriminator.learn(
                workspace.states.from(row: Int(row)).pointer, isSource: isSource, weight: share,
                gradient: gradient.pointer, against: workspace.stateGradient.from(row: Int(row)).pointer,
                againstWeight: share * Float(settings.weight))
        }
    }
}

/// Text of the target that an adversary compares the source's with.
package protocol UnlabelledText: Sendable {
    /// Whole sentences of about so many tokens; a function of the update's number.
    func sentences(update: Int, tokenCount: Int) throws -> UpdateBatch
}
