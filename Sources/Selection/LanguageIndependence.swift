package import Corpora
import Kernels
import Randomness
import Taggers
package import Teachers

/// States that a tagger has of the tokens of a stream: a sample, each as probable as any other.
package struct StateSample: Sendable {
    package private(set) var states: FeatureSample
    private let encoder: any WordEncoder

    package init(_ encoder: any WordEncoder, limit: Int, seed: UInt64, number: Int) {
        self.encoder = encoder
        states = FeatureSample(dimension: encoder.stateWidth, limit: limit, seed: seed, number: number)
    }

    /// Of the source's words, for rules that hold the target's against them.
    package static func ofSource(_ encoder: any WordEncoder, seed: UInt64) -> StateSample {
        StateSample(encoder, limit: IndependenceChoice.Settings().sampleCount, seed: seed, number: 3 << 40)
    }

    package mutating func offer(_ batch: SentenceBatch) {
        var sample = states
        encoder.forEachSentence(of: batch) { sentence in
            for token in 0..<sentence.tokens.count {
                let state = UnsafeBufferPointer(
                    start: sentence.states.from(row: token).pointer, count: sample.dimension)
                sample.offer(Array(state)[...])
            }
        }
        states = sample
    }
}

/// Keeps the sentences whose words are hardest to tell from the source's: the score of AdvPicker (Chen et al., ACL 2021, section
/// 3.3), `1 - |P(source) - 0.5|` with the mean of P over the tokens of a sentence.
///
/// A discriminator (one hidden layer, rectified, sigmoid; binary cross-entropy) learns from samples of the states that a
/// tagger has of source and target tokens. The paper's tagger is trained against the discriminator before: `train --adversary`.
package final class IndependenceChoice: SurveyingRule, @unchecked Sendable {
    // `@unchecked Sendable`: written by the survey, one batch at a time, and read afterwards.
    package struct Settings: Sendable {
        package var sampleCount = 8192
        package var hiddenWidth = 64
        package var epochs = 5
        package var batchTokenCount = 32
        package var learningRate = 1e-3
        package var seed: UInt64 = 1

        package init() {}
    }

    package let amount: KeptAmount
    private let encoder: any WordEncoder
    private let source: FeatureSample
    private let sourceIdentity: String
    private let settings: Settings
    private var target: StateSample
    private let discriminator: LanguageDiscriminator
    /// Share of the sample that the discriminator told right, in the last epoch.
    package private(set) var accuracy = 0.0

    /// - Parameters:
    ///   - source: States that `encoder` has of tokens of the source.
    ///   - sourceIdentity: Names the source's text.
    package init(
        _ amount: KeptAmount, encoder: any WordEncoder, source: FeatureSample, sourceIdentity: String,
        settings: Settings
    ) {
        (self.amount, self.encoder, self.source) = (amount, encoder, source)
        (self.sourceIdentity, self.settings) = (sourceIdentity, settings)
        discriminator = LanguageDiscriminator(
            width: encoder.stateWidth, hiddenWidth: settings.hiddenWidth, seed: settings.seed)
        target = StateSample(encoder, limit: settings.sampleCount, seed: settings.seed, number: 1 << 40)
    }

    package var identity: String {
        "keep \(amount.identity) by independence of \(sourceIdentity), states of \(encoder.digest), "
            + "seed \(settings.seed)"
    }

    package var leavesSentencesOut: Bool { true }

    /// Bytes of the samples of both languages.
    package static func memoryByteCount(stateWidth: Int) -> Int {
        2 * Settings().sampleCount * stateWidth * MemoryLayout<Float>.stride
    }

    package func survey(_ batch: SentenceBatch) { target.offer(batch) }

    package func finishSurvey() { train() }

    package func apply(to batch: inout SentenceBatch) {
        // Sentences without tokens, which a stream of another program may have, would not be written.
        var values = [Float](repeating: -.infinity, count: batch.sentenceCount)
        encoder.forEachSentence(of: batch) { sentence in
            var sum = 0.0
            for token in 0..<sentence.tokens.count {
                sum += discriminator.output(sentence.states.from(row: token).pointer).source
            }
            values[sentence.number] = Float(1 - abs(sum / Double(sentence.tokens.count) - 0.5))
        }
        batch = batch.keeping(sentences: amount.keep(batch.order(byFalling: values), of: batch))
    }

    private func train() {
        let samples = [target.states, source]
        let tokens = samples.enumerated().flatMap { number, sample in (0..<sample.count).map { (number, $0) } }
        // The same say for both, whatever their numbers.
        let weights = samples.map { Float(tokens.count) / Float(2 * max(1, $0.count)) }
        let gradient = FloatBuffer(count: discriminator.parameterCount)
        var update = 0
        for epoch in 0..<settings.epochs {
            var random = RandomSource(seed: settings.seed, stream: .survey, 2, UInt64(epoch))
            let order = random.permutation(tokens.count)
            var right = 0
            for start in stride(from: 0, to: order.count, by: settings.batchTokenCount) {
                gradient.zero()
                let chosen = order[start..<min(order.count, start + settings.batchTokenCount)]
                for index in chosen {
                    let (label, token) = tokens[index]
                    samples[label].features.withUnsafeBufferPointer { features in
                        guard let state = features.baseAddress.map({ $0 + token * discriminator.width }) else { return }
                        let p = discriminator.learn(
                            state, isSource: label == 1, weight: weights[label] / Float(chosen.count),
                            gradient: gradient.pointer
                        ).source
                        if (p > 0.5) == (label == 1) { right += 1 }
                    }
                }
                update += 1
                discriminator.step(gradient, update: update, learningRate: settings.learningRate)
            }
            accuracy = Double(right) / Double(max(1, tokens.count))
        }
    }
}

extension RuleKind {
    static let independence = RuleKind(
        "independence", "hard to tell from the source's", needs: [.states, .source, .survey],
        memoryByteCount: IndependenceChoice.memoryByteCount
    ) { inputs in
        var settings = IndependenceChoice.Settings()
        settings.seed = inputs.seed
        let source = inputs.requiredSource
        return IndependenceChoice(
            inputs.amount, encoder: inputs.requiredEncoder, source: source.states, sourceIdentity: source.identity,
            settings: settings)
    }
}
