import DequeModule

/// The logic of a bounded channel as a value: no lock, no task, no continuation is touched here.
///
/// `Waiter` is whatever the storage needs to wake somebody up. An element whose sender is suspended is kept with its
/// waiter, so a sender that is cancelled takes its element back and nothing is lost without its owner knowing.
struct BoundedChannelStateMachine<Element, Waiter> {
    enum SendAction {
        /// The element was buffered; `resume` is a receiver to hand it to, if one waits.
        case sent(deliverTo: Waiter?, Element?)
        case suspend
        case closed
    }
    enum ReceiveAction {
        /// An element is there; `resume` is a sender that was waiting for the room.
        case received(Element, resume: Waiter?)
        case suspend
        case finished((any Error)?)
    }

    private enum Phase { case open, finished((any Error)?), closed }

    let capacity: Int
    private var phase = Phase.open
    private var buffer = Deque<Element>()
    private var senders = Deque<(id: UInt64, element: Element, waiter: Waiter)>()
    private var receivers = Deque<(id: UInt64, waiter: Waiter)>()

    init(capacity: Int) {
        precondition(capacity > 0, "capacity (\(capacity)) must be greater than zero")
        self.capacity = capacity
    }

    var count: Int { buffer.count }

    mutating func elementOffered(_ element: Element) -> SendAction {
        guard case .open = phase else { return .closed }
        if let receiver = receivers.popFirst() { return .sent(deliverTo: receiver.waiter, element) }
        guard buffer.count < capacity else { return .suspend }
        buffer.append(element)
        return .sent(deliverTo: nil, nil)
    }

    mutating func senderSuspended(id: UInt64, element: Element, waiter: Waiter) {
        senders.append((id, element, waiter))
    }

    mutating func elementRequested() -> ReceiveAction {
        if let element = buffer.popFirst() {
            guard let sender = senders.popFirst() else { return .received(element, resume: nil) }
            buffer.append(sender.element)
            return .received(element, resume: sender.waiter)
        }
        switch phase {
        case .open: return .suspend
        case .finished(let failure): return .finished(failure)
        case .closed: return .finished(nil)
        }
    }

    mutating func receiverSuspended(id: UInt64, waiter: Waiter) {
        receivers.append((id, waiter))
    }

    /// The sending side is done; buffered elements are still delivered. Returns the receivers to wake: they get the
    /// end.
    mutating func sendingFinished(_ failure: (any Error)?) -> [Waiter] {
        guard case .open = phase else { return [] }
        phase = .finished(failure)
        defer { receivers.removeAll() }
        return receivers.map(\.waiter)
    }

    /// The receiving side is gone; buffered elements are dropped. Returns the senders to wake: they learn that it is
    /// closed.
    mutating func receivingClosed() -> (senders: [Waiter], receivers: [Waiter]) {
        phase = .closed
        buffer.removeAll()
        defer { senders.removeAll(); receivers.removeAll() }
        return (senders.map(\.waiter), receivers.map(\.waiter))
    }

    /// Returns the waiter of a suspended sender or receiver that was cancelled, or nil when it was woken before.
    mutating func waiterCancelled(id: UInt64) -> Waiter? {
        if let index = senders.firstIndex(where: { $0.id == id }) { return senders.remove(at: index).waiter }
        if let index = receivers.firstIndex(where: { $0.id == id }) { return receivers.remove(at: index).waiter }
        return nil
    }
}
