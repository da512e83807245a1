import Diagnostics

/// The instruction sets that a run was computed with, in its identity: sums are taken in another order by other ones, so
/// that the last bits differ.
package enum RunKernels {
    package static let key = "kernels"
    private static let separator = ", then "

    /// The identity that this process must have to continue what it found: its own, but for the instruction set when
    /// another one is accepted.
    ///
    /// - Parameter place: For the message.
    /// - Throws: When the instruction set is all that differs, and another one is not accepted.
    package static func accepted(
        _ found: [String: String], here: [String: String], place: String, _ acceptsOthers: Bool
    ) throws -> [String: String] {
        var accepted = here
        accepted[key] = found[key]
        guard acceptsOthers || accepted == here || accepted != found else {
            throw Failure(
                .mismatch,
                "\(place): computed with the kernels \(found[key] ?? "of another program"), this process uses \(here[key] ?? "none"); "
                    + "choose the same with NERPIPE_KERNELS on a CPU that has them, start over with --fresh, or say "
                    + "--accept-other-kernels to continue: the bytes will differ from those of a run with one kind")
        }
        return acceptsOthers ? accepted : here
    }

    /// The identity of a run that is continued with another instruction set; it names all, in order.
    package static func continued(_ found: [String: String], here: [String: String]) -> [String: String] {
        var identity = found
        let past = found[key] ?? "", now = here[key] ?? ""
        let isSame = past == now || past.hasSuffix(separator + now)
        identity[key] = isSame ? past : past + separator + now
        return identity
    }

    package static func warning(_ identity: [String: String]) -> String {
        "warning: computed with the kernels \(identity[key] ?? ""): the bytes differ from those of a run with one kind"
    }
}
