import Locks

/// Starting other programs, one at a time: one that is started while another's pipes are made, and not yet closed to
/// strangers, would inherit them and hold them open.
package enum ProcessStart {
    private static let turn = Locked(())

    package static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        try turn.withLock { _ in try body() }
    }
}
