package import Diagnostics
import Locks
import Shards

/// What happens with a record that a reader cannot use.
package enum BadRecordPolicy: Equatable, Sendable {
    /// The run stops there.
    case fail
    /// It is left out, and counted.
    case skip
    /// It is left out, counted, and written to a file as it was, so that it can be mended and read again.
    case quarantine(String)

    /// The policy for a unit of a work: a quarantine that is a folder, `FOLDER/`, has a file for each unit.
    package func forUnit(_ name: String) -> BadRecordPolicy {
        guard case .quarantine(let path) = self, path.hasSuffix("/") else { return self }
        return .quarantine(path + name + Self.quarantineEnding)
    }

    private static let quarantineEnding = ".bad"
    static let reasonsEnding = ".reasons"

    /// What a quarantine in a folder may have of a unit.
    package static func quarantineFiles(of name: String, in folder: String) -> [String] {
        ["", reasonsEnding].map { "\(folder)/\(name)\(quarantineEnding)\($0)" }
    }

    /// Whether readers go on after a bad record.
    package var isTolerant: Bool { self != .fail }

    /// Parses `fail`, `skip`, `quarantine:FILE` or `quarantine:FOLDER/`.
    package init?(_ text: String) {
        switch text {
        case "fail": self = .fail
        case "skip": self = .skip
        default:
            let prefix = "quarantine:"
            guard text.hasPrefix(prefix), text.count > prefix.count else { return nil }
            self = .quarantine(String(text.dropFirst(prefix.count)))
        }
    }
}

/// A record that was refused, or a piece of it where it is too long to be held.
package struct RejectedRecord: Sendable {
    /// What is wrong with it; nil in the pieces after the first.
    package var failure: Failure?
    /// Its bytes as they were, with the ends of its lines.
    package var bytes: [UInt8]
    /// What must be written after it only where another record follows: it was the last of its file and has no end.
    package var separator: [UInt8]

    package init(failure: Failure?, bytes: [UInt8], separator: [UInt8] = []) {
        self.failure = failure
        self.bytes = bytes
        self.separator = separator
    }
}

/// The records of one kind of input that were refused in one run: counts them, says the first few, and keeps them where
/// the policy asks for it.
///
/// An input that is read several times is counted once: what was refused before is passed over in silence. Memory: the
/// messages of at most ``maximumCount`` records.
package final class BadRecords: Sendable {
    package static let defaultMaximumCount = 1000
    /// How many are named one by one.
    private static let namedCount = 10
    private static let keptCount = 100

    package let policy: BadRecordPolicy
    package let maximumCount: Int
    private let notify: @Sendable (String) -> Void
    private let state = Locked(State())

    private struct State {
        var seen: Set<String> = []
        /// What is wrong with the first of them, in the order of the input.
        var first: [String] = []
        /// Whether the record that comes in pieces was refused before.
        var isRepeated = false
        var isFinished = false
        var quarantine: AtomicFile?
        var reasons: AtomicFile?
        /// Of the record written last.
        var separator: [UInt8] = []
        /// Records that were understood, in the first pass.
        var acceptedCount = 0
    }

    /// - Parameter notify: Is told what a user should know, as one line.
    package init(
        _ policy: BadRecordPolicy = .fail, maximumCount: Int = defaultMaximumCount,
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.policy = policy
        self.maximumCount = maximumCount
        self.notify = notify
    }

    package var isTolerant: Bool { policy.isTolerant }
    package var count: Int { state.withLock { $0.seen.count } }
    /// What is wrong with the first hundred, in the order of the input.
    package var firstMessages: [String] { state.withLock { $0.first } }

    /// Deals with a record that cannot be used.
    ///
    /// - Throws: Its failure when the run is to stop there; a failure when there are too many.
    package func reject(_ record: RejectedRecord) throws {
        guard isTolerant else {
            if let failure = record.failure { throw failure }
            return
        }
        try state.withLock { state in
            if let failure = record.failure {
                state.isRepeated = !state.seen.insert(failure.message).inserted
                if !state.isRepeated { try note(failure, &state) }
            }
            guard !state.isRepeated, !state.isFinished, let file = state.quarantine else { return }
            if !record.bytes.isEmpty {
                try file.write(state.separator + record.bytes)
                state.separator = []
            }
            state.separator += record.separator
        }
    }

    /// Counts records that were understood, so that the end can say how many were not.
    package func accept(_ count: Int) {
        guard isTolerant else { return }
        state.withLock { if !$0.isFinished { $0.acceptedCount += count } }
    }

    private func note(_ failure: Failure, _ state: inout State) throws {
        let count = state.seen.count
        guard count <= maximumCount else {
            throw Failure.tooManyBadRecords(failure, maximum: maximumCount)
        }
        if count <= Self.keptCount { state.first.append(failure.message) }
        if count <= Self.namedCount { notify("left out: \(failure.message)") }
        if count == Self.namedCount + 1 { notify("left out: more bad records, counted at the end") }
        guard case .quarantine(let path) = policy, !state.isFinished else { return }
        if state.quarantine == nil {
            try Directory.make(Directory.parent(of: path))
            state.quarantine = try AtomicFile(path)
            state.reasons = try AtomicFile(path + BadRecordPolicy.reasonsEnding)
        }
        try state.reasons?.write(Array((failure.message + "\n").utf8))
    }

    /// Ends the first pass over the input: a quarantine gets its name, and nothing is added to it any more.
    package func finish() throws {
        try state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            try state.quarantine?.commit()
            try state.reasons?.commit()
            (state.quarantine, state.reasons) = (nil, nil)
            guard !state.seen.isEmpty else { return }
            var count = "\(state.seen.count) bad record\(state.seen.count == 1 ? "" : "s") left out"
            if state.seen.count > state.acceptedCount {
                count += ", more than the \(state.acceptedCount) that were understood"
            }
            if case .quarantine(let path) = policy {
                notify("\(count), kept in \(path), the reasons in \(path).reasons")
            } else {
                notify(count)
            }
        }
    }
}
