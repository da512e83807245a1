import Diagnostics
import Kernels
import Shards

/// To which run something belongs that stands in a file: a checkpoint, or the record of a folder.
package struct RunSignature: Codable, Equatable, Sendable {
    /// Number of the form that ``Checkpoint`` and ``RunFolder`` write; older ones, without a number, are refused.
    private static let currentForm = 2
    private static let separator = ", then "

    private var form = currentForm
    /// What kind of run it is.
    package let kind: String
    /// The instruction sets that it was computed with, in order: sums are taken in another order by other ones, so that the
    /// last bits differ.
    package private(set) var kernels = Kernel.pathName
    /// What must be the same when it is continued.
    package let identity: IdentityField

    /// The run of this process.
    ///
    /// - Parameter identity: What must be the same when it is continued; its fields are compared and named.
    package init(_ kind: String, identity: some Encodable) throws {
        self.kind = kind
        self.identity = try IdentityField(of: identity)
    }

    /// Reads what `JSON` wrote.
    ///
    /// - Throws: A mismatch when another version of nerpipe wrote it, bad data when it is not readable.
    package init(_ bytes: [UInt8], place: String) throws {
        struct Form: Decodable { var form: Int? }
        guard let form = try? JSON.decode(Form.self, from: bytes) else { throw Failure.damagedRecord(place) }
        guard form.form == Self.currentForm else { throw Failure.otherForm(place) }
        guard let signature = try? JSON.decode(RunSignature.self, from: bytes) else {
            throw Failure.damagedRecord(place)
        }
        self = signature
    }

    /// The signature with which this run continues what it found.
    ///
    /// - Parameters:
    ///   - found: Of what is there.
    ///   - holder: What it was found in, for the message: `the checkpoint`.
    ///   - acceptsOtherKernels: Whether what other instruction sets computed is continued; the signature then names all.
    ///   - refusal: Makes a message of what differs.
    /// - Throws: A mismatch when another run is there.
    package func continuing(
        _ found: RunSignature, in holder: String, place: String, acceptsOtherKernels: Bool,
        refusal: (_ difference: String) -> String
    ) throws -> RunSignature {
        if let difference = difference(from: found, in: holder) { throw Failure.anotherRun(refusal(difference)) }
        guard found.kernels != kernels else { return self }
        guard acceptsOtherKernels else {
            throw Failure.otherKernels(place, found: found.kernels, here: kernels)
        }
        var continued = found
        if !found.kernels.hasSuffix(Self.separator + kernels) { continued.kernels += Self.separator + kernels }
        return continued
    }

    /// What a user must know of the kernels; nil when there is one kind.
    package var warning: String? {
        guard kernels.contains(Self.separator) else { return nil }
        return "warning: computed with the kernels \(kernels): the bytes differ from those of a run with one kind"
    }

    private func difference(from found: RunSignature, in holder: String) -> String? {
        guard let (name, mine, theirs) = difference(from: found) else { return nil }
        return "\(name): \(holder) has \(theirs), this run has \(mine)"
    }

    /// The first thing but the kernels in which two runs are not the same, by its path; nil when there is none.
    ///
    /// - Parameter ignored: Fields that may differ.
    package func difference(from other: RunSignature, ignoring ignored: Set<String> = []) -> (
        name: String, mine: String, theirs: String
    )? {
        guard kind == other.kind else { return ("kind", kind, other.kind) }
        return identity.without(ignored).difference(from: other.identity.without(ignored))
    }
}
