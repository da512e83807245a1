import Diagnostics
import Glibc
import Shards

/// What the process that does a unit says of itself, now and then; or why it ended without the unit.
struct UnitAttempt: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        case running, failed
        /// It was told to stop: whoever starts it again does it.
        case interrupted
    }

    /// Somebody who has not said anything for so many seconds is gone: killed, or his machine is.
    static let patience = 60.0

    var state: State
    var host = Self.host
    var process = Int(getpid())
    /// Seconds since 1970, by the clock of the host.
    var began: Double
    var time = WallClock.now
    /// That have come out.
    var tokens = 0
    /// Whether the stream that lies there may be this unit's, or a beginning of it.
    var hasBegun = false
    /// Of what ended it, and the exit status.
    var message: String?
    var status: Int?

    init(state: State, began: Double, hasBegun: Bool) {
        (self.state, self.began, self.hasBegun) = (state, began, hasBegun)
    }

    init(failure: any Error, began: Double, hasBegun: Bool) {
        let code = (failure as? Failure)?.code ?? .bug
        self.init(state: code == .interrupted ? .interrupted : .failed, began: began, hasBegun: hasBegun)
        message = (failure as? Failure)?.message ?? "internal error"
        status = Int(code.rawValue)
    }

    /// What was said last; nil when nobody said anything, or it cannot be read.
    init?(at path: String) {
        guard Directory.fileExists(path), let bytes = try? Directory.contents(of: path),
            let attempt = try? JSON.decode(UnitAttempt.self, from: bytes)
        else { return nil }
        self = attempt
    }

    /// Whether another process is at it, by what it says.
    var isOfAnother: Bool {
        state == .running && !isSilent && (host != Self.host || process != Int(getpid()))
    }

    var isSilent: Bool { WallClock.now - time > Self.patience }

    static let host: String = {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()
}
