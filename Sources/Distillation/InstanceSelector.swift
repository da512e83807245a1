import Corpora
import Glibc
package import Kernels
import Randomness
import Taggers

/// What decides, update by update, which sentences a student learns from (RIKD: Liang et al., KDD 2021, section 3.3).
///
/// `policy`: a small network `pi(keep | s) = sigmoid(w2 . relu(W1 s + b1) + b2)` over what is known of a sentence, trained by
/// REINFORCE (Williams 1992): the reward of an update is by how much it lowers the student's cross-entropy on labelled text
/// of the *source*, standardized by a running mean and deviation. The paper's code is not public; states, reward and network
/// are a reconstruction.
package final class InstanceSelector {
    package enum Kind: Codable, Equatable, Sendable {
        case policy
        /// Each sentence with this probability: the control at the same rate.
        case random(rate: Double)
    }

    package struct Settings: Codable, Equatable, Sendable {
        package var kind = Kind.policy
        package var hiddenWidth = 64
        package var learningRate = 1e-3
        /// Weight of the policy's entropy, which keeps it from deciding everything early.
        package var entropyBonus = 0.01
        /// At least this share of the sentences of an update is kept: those the policy likes best.
        package var floor = 0.1
        package var momentum = 0.9
        package var seed: UInt64 = 1

        package init() {}
    }

    /// What a checkpoint holds besides the weights.
    package struct State: Codable, Equatable, Sendable {
        package var rewardMean = 0.0
        package var rewardVariance = 0.0
        package var rewardCount = 0
        /// Of the epoch: sentences offered and kept, their tokens, and the tokens that the teacher finds to be of an entity.
        package var offered = Kept(), kept = Kept()

        package struct Kept: Codable, Equatable, Sendable {
            package var sentences = 0, tokens = 0, entityTokens = 0
        }
    }

    package let settings: Settings
    /// Numbers that describe a sentence.
    package let stateWidth: Int
    /// `W1` `[S, H]`, `b1` `[H]`, `w2` `[H]`, `b2`; then their moments.
    package let arrays: FloatBuffer
    package var state = State()
    package let describer: SentenceDescriber
    /// Labelled text of the source, by which the policy's choices are rewarded.
    package let development: UpdateBatch?

    /// - Parameters:
    ///   - taggerWidth: Of the states that a student has of words.
    ///   - development: Labelled text of the source, for a policy.
    package init(_ settings: Settings, labelCount: Int, taggerWidth: Int, development: UpdateBatch? = nil) {
        self.settings = settings
        self.development = development
        describer = SentenceDescriber(labelCount: labelCount, taggerWidth: taggerWidth, seed: settings.seed)
        stateWidth = describer.stateWidth
        let H = settings.hiddenWidth
        parameterCount = stateWidth * H + 2 * H + 1
        arrays = FloatBuffer(count: 3 * parameterCount)
        var random = RandomSource(seed: settings.seed, stream: .selection, 0)
        // He's deviation for the first layer; the second begins at zero, so that every sentence is kept with probability 1/2.
        for index in 0..<stateWidth * H {
            arrays[index] = Float(random.nextNormal() * (2 / Double(stateWidth)).squareRoot())
        }
    }

    package let parameterCount: Int

    /// The policy's hidden layer and its probability of keeping a sentence.
    func decide(_ s: [Float]) -> (hidden: [Float], probability: Double) {
        let H = settings.hiddenWidth, S = stateWidth
        var hidden = [Float](repeating: 0, count: H)
        for j in 0..<H {
            var sum = arrays[S * H + j]
            for i in 0..<S { sum += s[i] * arrays[i * H + j] }
            hidden[j] = max(0, sum)
        }
        var logit = arrays[S * H + 2 * H]
        for j in 0..<H { logit += hidden[j] * arrays[S * H + H + j] }
        return (hidden, 1 / (1 + exp(-Double(logit))))
    }

    /// One update's decisions, to be rewarded when it is known what came of them.
    package struct Decision {
        package var isKept: [Bool]
        var states: [[Float]] = []
        var hidden: [[Float]] = []
        var probabilities: [Double] = []
    }

    package func choose(_ states: [[Float]], update: Int) -> Decision {
        var random = RandomSource(seed: settings.seed, stream: .selection, 1, UInt64(update))
        switch settings.kind {
        case .random(let rate):
            var decision = Decision(isKept: states.map { _ in random.nextUniform() < rate })
            if !decision.isKept.contains(true), !states.isEmpty {
                decision.isKept[random.below(states.count)] = true
            }
            return decision
        case .policy:
            let outputs = states.map(decide)
            var decision = Decision(
                isKept: outputs.map { random.nextUniform() < $0.probability }, states: states,
                hidden: outputs.map(\.hidden), probabilities: outputs.map(\.probability))
            let least = max(1, Int((settings.floor * Double(states.count)).rounded(.up)))
            if decision.isKept.count(where: { $0 }) < least {
                // Sorting is stable by the number, so that equal probabilities are no matter of chance.
                let best = states.indices.sorted {
                    (outputs[$1].probability, $0) < (outputs[$0].probability, $1)
                }
                for index in best.prefix(least) { decision.isKept[index] = true }
            }
            return decision
        }
    }

    /// One step of REINFORCE.
    ///
    /// - Parameter reward: By how much the update lowered the loss on the source.
    package func learn(_ decision: Decision, reward: Double) {
        guard settings.kind == .policy, !decision.states.isEmpty, reward.isFinite else { return }
        // The reward is counted before the step is numbered.
        let gradient = gradient(decision, advantage: standardized(reward))
        AdamW(
            learningRate: settings.learningRate, beta1: 0.9, beta2: 0.999, weightDecay: 0, maximumGradientNorm: 5
        ).apply(gradient, to: arrays, update: state.rewardCount)
    }

    /// The reward less its running mean, divided by its running deviation; then these are moved towards it.
    ///
    /// The first two rewards only say what a mean and a deviation are.
    func standardized(_ reward: Double) -> Double {
        let n = state.rewardCount, m = settings.momentum
        let deviation = n == 0 ? 0 : reward - state.rewardMean
        let advantage = n < 2 ? 0 : deviation / (state.rewardVariance.squareRoot() + 1e-6)
        state.rewardMean = n == 0 ? reward : m * state.rewardMean + (1 - m) * reward
        state.rewardVariance =
            n < 2 ? deviation * deviation : m * state.rewardVariance + (1 - m) * deviation * deviation
        state.rewardCount += 1
        return advantage
    }

    /// Of `-1/|b| sum_j (advantage log pi(a_j | s_j) + bonus H(pi_j))` by the policy's weights.
    func gradient(_ decision: Decision, advantage: Double) -> FloatBuffer {
        let H = settings.hiddenWidth, S = stateWidth
        let gradient = FloatBuffer(count: parameterCount)
        for (index, s) in decision.states.enumerated() {
            let p = decision.probabilities[index], hidden = decision.hidden[index]
            let action = decision.isKept[index] ? 1.0 : 0.0
            // d log pi / dz = a - p; dH/dz = p (1 - p) ln((1 - p) / p)
            let entropySlope = p > 0 && p < 1 ? p * (1 - p) * log((1 - p) / p) : 0
            let dz = Float(
                -(advantage * (action - p) + settings.entropyBonus * entropySlope)
                    / Double(decision.states.count))
            gradient[S * H + 2 * H] += dz
            for j in 0..<H where hidden[j] > 0 {
                gradient[S * H + H + j] += dz * hidden[j]
                let dh = dz * arrays[S * H + H + j]
                gradient[S * H + j] += dh
                for i in 0..<S { gradient[i * H + j] += dh * s[i] }
            }
        }
        return gradient
    }

    /// Counts what was decided, for the log.
    func count(_ batch: UpdateBatch, _ decision: Decision) {
        for sentence in batch.sentenceEnds.indices {
            let tokens = batch.tokens(ofSentence: sentence)
            let entities = batch.scores.map { scores in tokens.count { scores.label(ofToken: $0) > 0 } } ?? 0
            func add(_ kept: inout State.Kept) {
                kept.sentences += 1
                kept.tokens += tokens.count
                kept.entityTokens += entities
            }
            add(&state.offered)
            if decision.isKept[sentence] { add(&state.kept) }
        }
    }
}
