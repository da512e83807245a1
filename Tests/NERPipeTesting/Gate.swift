import Foundation

/// Holds tasks until a test lets them pass: what tests use instead of sleeping.
package actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init() {}

    package func open() {
        isOpen = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    package func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}

/// Waits for a condition that other tasks will make true; yields, never sleeps, and gives up after `seconds`.
///
/// - Returns: Whether it became true.
package func eventually(within seconds: Double = 120, _ condition: () async -> Bool) async -> Bool {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(seconds) {
        if await condition() { return true }
        await Task.yield()
    }
    return false
}
