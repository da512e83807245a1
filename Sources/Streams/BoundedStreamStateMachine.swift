import DequeModule

/// The logic of a bounded stream as a value: no lock, no task, no continuation is touched here.
///
/// Waiters are whatever the storage needs to wake somebody up. An element whose sender is suspended is kept with its
/// waiter, so a sender that is cancelled takes its element back and nothing is lost without its owner knowing.
struct BoundedStreamStateMachine<Element, SendWaiter, ReceiveWaiter> {
    enum SendAction {
        case buffered
        /// The receiver waits for it.
        case delivered(Element, to: ReceiveWaiter)
        case suspend
        case closed
    }
    enum ReceiveAction {
        /// An element is there; `resume` is a sender that was waiting for the room.
        case received(Element, resume: SendWaiter?)
        case suspend
        case finished((any Error)?)
    }

    private enum Phase { case open, finished((any Error)?), closed }

    let capacity: Int
    private var phase = Phase.open
    private var isIterated = false
    private var lastIdentifier: UInt64 = 0
    private var buffer = Deque<Element>()
    private var senders = Deque<(identifier: UInt64, element: Element, waiter: SendWaiter)>()
    private var receiver: ReceiveWaiter?

    init(capacity: Int) {
        precondition(capacity > 0, "capacity (\(capacity)) must be greater than zero")
        self.capacity = capacity
    }

    var count: Int { buffer.count }

    mutating func iterationBegan() {
        precondition(!isIterated, "a stream is gone through once, and this is the second time")
        isIterated = true
    }

    /// A name for a sender that may have to wait.
    mutating func makeIdentifier() -> UInt64 {
        lastIdentifier += 1
        return lastIdentifier
    }

    /// - Parameter waiter: Kept when the answer is `suspend`; without one the caller asks again.
    mutating func elementOffered(_ element: Element, identifier: UInt64 = 0, waiter: SendWaiter? = nil) -> SendAction {
        guard case .open = phase else { return .closed }
        if let waiting = receiver.take() { return .delivered(element, to: waiting) }
        guard buffer.count >= capacity else {
            buffer.append(element)
            return .buffered
        }
        if let waiter { senders.append((identifier, element, waiter)) }
        return .suspend
    }

    /// - Parameter waiter: Kept when the answer is `suspend`; without one the caller asks again.
    mutating func elementRequested(waiter: ReceiveWaiter? = nil) -> ReceiveAction {
        precondition(receiver == nil, "two receive from one stream")
        if let element = buffer.popFirst() {
            guard let sender = senders.popFirst() else { return .received(element, resume: nil) }
            buffer.append(sender.element)
            return .received(element, resume: sender.waiter)
        }
        switch phase {
        case .open:
            receiver = waiter
            return .suspend
        case .finished(let failure): return .finished(failure)
        case .closed: return .finished(nil)
        }
    }

    /// The sending side is done; buffered elements are still delivered. Returns the receiver to wake: it gets the end.
    mutating func sendingFinished(_ failure: (any Error)?) -> ReceiveWaiter? {
        guard case .open = phase else { return nil }
        phase = .finished(failure)
        return receiver.take()
    }

    /// The receiving side is gone; buffered elements are dropped. Returns those to wake: senders learn that it is closed.
    mutating func receivingClosed() -> (senders: [SendWaiter], receiver: ReceiveWaiter?) {
        phase = .closed
        buffer.removeAll()
        defer { senders.removeAll() }
        return (senders.map(\.waiter), receiver.take())
    }

    /// Returns the waiter of a suspended sender that was cancelled, or nil when it was woken before.
    mutating func senderCancelled(_ identifier: UInt64) -> SendWaiter? {
        senders.firstIndex { $0.identifier == identifier }.map { senders.remove(at: $0).waiter }
    }

    /// The same for the receiver.
    mutating func receiverCancelled() -> ReceiveWaiter? { receiver.take() }
}
