import Locks

/// The receiving side of a channel is gone, so sending makes no sense any more.
package struct ChannelClosed: Error {
    package init() {}
}

/// A first-in first-out channel between tasks that holds at most `capacity` elements.
///
/// The bound: `capacity` elements are buffered; a sender beyond that suspends in ``send(_:)`` (with its one element)
/// until a receiver makes room. A receiver suspends in ``next()`` while the channel is empty. Any number of senders and
/// receivers.
///
/// Ends: ``finish(throwing:)`` by the sending side delivers what is buffered, then nil (or the error). ``close()`` by
/// the receiving side drops what is buffered and makes every sender throw ``ChannelClosed``. A cancelled task that is
/// suspended here throws `CancellationError` at once; its element, if it was sending, was not delivered.
package final class BoundedChannel<Element: Sendable>: Sendable {
    private enum Wake: Sendable { case element(Element), sent, finished((any Error)?), cancelled, closed }
    private typealias Waiter = UnsafeContinuation<Wake, Never>
    private struct State {
        var machine: BoundedChannelStateMachine<Element, Waiter>
        var nextIdentifier: UInt64 = 0
    }

    private let state: Locked<State>
    package let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
        state = Locked(State(machine: BoundedChannelStateMachine(capacity: capacity)))
    }

    /// How many elements are buffered now; for progress displays only.
    package var count: Int { state.withLock { $0.machine.count } }

    package func send(_ element: Element) async throws {
        try Task.checkCancellation()
        switch await suspend({ machine, id, waiter in
            switch machine.elementOffered(element) {
            case .sent(let receiver, let element):
                if let receiver, let element { return (.sent, { receiver.resume(returning: .element(element)) }) }
                return (.sent, {})
            case .closed: return (.closed, {})
            case .suspend:
                guard let waiter else { return nil }
                machine.senderSuspended(id: id, element: element, waiter: waiter)
                return nil
            }
        }) {
        case .cancelled: throw CancellationError()
        case .closed, .finished: throw ChannelClosed()
        case .sent, .element: return
        }
    }

    package func next() async throws -> Element? {
        try Task.checkCancellation()
        switch await suspend({ machine, id, waiter in
            switch machine.elementRequested() {
            case .received(let element, let sender): return (.element(element), { sender?.resume(returning: .sent) })
            case .finished(let failure): return (.finished(failure), {})
            case .suspend:
                guard let waiter else { return nil }
                machine.receiverSuspended(id: id, waiter: waiter)
                return nil
            }
        }) {
        case .element(let element): return element
        case .finished(let failure):
            if let failure { throw failure }
            return nil
        case .cancelled: throw CancellationError()
        case .sent, .closed: return nil
        }
    }

    /// Ends the sending side. Later calls change nothing.
    package func finish(throwing failure: (any Error)? = nil) {
        for waiter in state.withLock({ $0.machine.sendingFinished(failure) }) {
            waiter.resume(returning: .finished(failure))
        }
    }

    /// Ends the receiving side: what is buffered is dropped and senders fail with ``ChannelClosed``.
    package func close() {
        let (senders, receivers) = state.withLock { $0.machine.receivingClosed() }
        for waiter in senders { waiter.resume(returning: .closed) }
        for waiter in receivers { waiter.resume(returning: .finished(nil)) }
    }

    /// Runs `step` under the lock, first without a waiter; if it returns nil, suspends and runs it again with one.
    ///
    /// The second run must happen under the same lock that registers the waiter, otherwise a wake-up in between would
    /// be lost; cancellation that comes before the registration is seen by asking the task after it.
    private func suspend(
        _ step: (inout BoundedChannelStateMachine<Element, Waiter>, UInt64, Waiter?) -> (Wake, () -> Void)?
    ) async -> Wake {
        let id = state.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        if let (wake, action) = state.withLock({ step(&$0.machine, id, nil) }) {
            action()
            return wake
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                let immediate = state.withLock { step(&$0.machine, id, waiter) }
                if let (wake, action) = immediate {
                    action()
                    waiter.resume(returning: wake)
                } else if Task.isCancelled {
                    state.withLock { $0.machine.waiterCancelled(id: id) }?.resume(returning: .cancelled)
                }
            }
        } onCancel: {
            state.withLock { $0.machine.waiterCancelled(id: id) }?.resume(returning: .cancelled)
        }
    }
}
