import Locks

/// Says how inputs are read, each once, however often it is read.
package final class ReadingNotes: Sendable {
    private let notify: @Sendable (String) -> Void
    private let said = Locked<Set<String>>([])

    package init(notify: @escaping @Sendable (String) -> Void = { _ in }) { self.notify = notify }

    package func say(_ name: String, _ reading: TextReading) { say("reading \(name) as \(reading.description)") }

    package func say(_ line: String) {
        if said.withLock({ $0.insert(line).inserted }) { notify(line) }
    }
}
