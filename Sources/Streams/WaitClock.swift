/// How long the two sides of a stream have waited for each other.
package struct StreamWaits: Sendable {
    /// In which the sender had an element that nobody took.
    package var sending = Duration.zero
    /// In which the receiver wanted one that was not there.
    package var receiving = Duration.zero
}

/// Time in which at least one waits, who may still be waiting.
struct WaitClock {
    private var total = Duration.zero
    private var waiterCount = 0
    private var start = ContinuousClock.now

    mutating func begin() {
        if waiterCount == 0 { start = .now }
        waiterCount += 1
    }

    mutating func end() {
        waiterCount -= 1
        if waiterCount == 0 { total += .now - start }
    }

    var elapsed: Duration { waiterCount == 0 ? total : total + (.now - start) }
}
