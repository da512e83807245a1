import Corpora
import Diagnostics
import Distillation
import Kernels
import Runs
import Shards
import Taggers

/// Whether a unit goes on with the moments that its own AdamW has after the round before, or begins with none.
package enum InnerMoments: String, CaseIterable, Codable, Sendable { case keep, reset }

/// What must be the same of all units of a round. Of two rounds, all but the first two fields.
struct RoundIdentity: Encodable {
    static let ofOneRound: Set<String> = ["round", "weightsOfTheRound"]

    /// `5/40`.
    var round: String
    /// Digest of the model that it begins with.
    var weightsOfTheRound: String
    var units: Int
    var moments: InnerMoments
    var student: StudentIdentity<UpdateStage.Inputs>
}

/// What a unit made of the weights of a round, as a file.
///
/// The weights that it ended with, not their difference: so the mean over one unit is what `update` would have made, to the bit. The bytes
/// depend on nothing that changes when the unit is done again, on another machine or later; they are not compressed, because of weights
/// little would be saved, and releases of zstd would make different bytes.
struct RoundDelta {
    static let kind = "round of a student"
    private static let arrayName = "parameters"

    struct Content: Codable, Sendable {
        var unit: Int
        /// Digest of its stream.
        var data: String
        /// Tokens of its stream: how much it counts.
        var tokens: Int
        /// Done in all rounds until now, and their tokens.
        var updates: Int
        var tokensLearnt: Int
        var epochs: [TrainingRun.EpochReport]
        /// Mean loss in the epoch that it is in.
        var loss: Double
        /// Digest of the weights.
        var weights: String
        /// Of the network, and what the model's card says of the stream.
        var configuration: TaggerConfiguration
        var header: StreamHeader
        /// Of fresh weights.
        var seed: UInt64
    }

    /// All but the weights.
    struct Head: Sendable {
        let path: String
        let signature: RunSignature
        let content: Content
        let unit: WorkUnit
        let round: String
        let weightsOfTheRound: String
    }

    let head: Head
    private let file: CheckpointFile

    /// Reads all but the weights.
    init(path: String) throws {
        file = try CheckpointFile(path: path)
        let signature = file.checkpoint.signature
        guard signature.kind == Self.kind,
            let content = try? JSON.decode(Content.self, from: file.checkpoint.state), content.isPossible,
            case .count(let units)? = signature.identity["units"], let unit = WorkUnit("\(content.unit)/\(units)"),
            case .text(let round)? = signature.identity["round"],
            case .text(let weights)? = signature.identity["weightsOfTheRound"]
        else { throw Failure.noDelta(path) }
        try content.configuration.validate(place: path)
        // Before memory is taken for what it says of itself.
        let count = ParameterLayout(content.configuration).count
        guard file.checkpoint.count(of: Self.arrayName) == count,
            try Directory.byteCount(of: path) / MemoryLayout<Float>.size >= count
        else { throw Failure.noDelta(path) }
        head = Head(
            path: path, signature: signature, content: content, unit: unit, round: round, weightsOfTheRound: weights)
    }

    static func write(
        _ content: Content, of signature: RunSignature, _ parameters: FloatBuffer, to path: String, _ rule: OutputRule
    ) throws {
        try Checkpoint.write(
            content.updates, of: signature, state: JSON.encode(content), [NamedFloats(arrayName, parameters)], to: path,
            compressor: nil, rule)
    }

    /// Reads the weights; to be called once.
    ///
    /// - Parameter expected: What was read of the file before; another one may have taken its place.
    func read(into parameters: FloatBuffer, expecting expected: Head) throws {
        guard head.content.weights == expected.content.weights, head.unit == expected.unit,
            head.content.tokens == expected.content.tokens
        else { throw Failure.deltaHasChanged(head.path) }
        try file.read(into: [NamedFloats(Self.arrayName, parameters)])
        guard Self.digest(parameters) == head.content.weights,
            (0..<parameters.count).allSatisfy({ parameters[$0].isFinite })
        else { throw Failure.damagedDelta(head.path) }
    }

    static func digest(_ parameters: FloatBuffer) -> String {
        Digest.hex(UnsafeRawBufferPointer(start: parameters.pointer, count: parameters.count * 4))
    }
}

extension RunSignature {
    /// The first thing in which two units of rounds are not the same, the kernels too, by its name; nil when there is none.
    ///
    /// - Parameter ignored: Fields that may differ.
    func namedDifference(from other: RunSignature, ignoring ignored: Set<String> = []) -> String? {
        if let (name, mine, theirs) = difference(from: other, ignoring: ignored) {
            return "\(name): \(mine) against \(theirs)"
        }
        return kernels == other.kernels ? nil : "kernels: \(kernels) against \(other.kernels)"
    }
}

extension RoundDelta.Content {
    /// Whether its numbers can be what they are called; those of a million units can be added.
    fileprivate var isPossible: Bool {
        let counts = [updates, tokensLearnt] + epochs.flatMap { [$0.predictedEntityTokens, $0.targetEntityTokens] }
        let maximum = 1 << 42
        return (1...maximum).contains(tokens) && counts.allSatisfy((0...maximum).contains)
    }
}
