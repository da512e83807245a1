import Locks

/// The lock around a bounded stream's logic, and the continuations of those who wait.
final class BoundedStreamStorage<Element: Sendable>: Sendable {
    private typealias Machine = BoundedStreamStateMachine<
        Element, UnsafeContinuation<Void, any Error>, UnsafeContinuation<Element?, any Error>
    >

    private let machine: Locked<Machine>
    private let clocks = Locked((sending: WaitClock(), receiving: WaitClock()))
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        machine = Locked(Machine(capacity: capacity))
    }

    var count: Int { machine.withLock { $0.count } }
    var waits: StreamWaits {
        clocks.withLock { StreamWaits(sending: $0.sending.elapsed, receiving: $0.receiving.elapsed) }
    }

    func iterationBegan() { machine.withLock { $0.iterationBegan() } }

    func send(_ element: Element) async throws {
        try Task.checkCancellation()
        if let result = machine.withLock({ $0.elementOffered(element) }).result { return try result.get() }
        let identifier = machine.withLock { $0.makeIdentifier() }
        clocks.withLock { $0.sending.begin() }
        defer { clocks.withLock { $0.sending.end() } }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                // Asked again under the lock that lets it wait: the receiver may have made room in between.
                let action = machine.withLock { $0.elementOffered(element, identifier: identifier, waiter: waiter) }
                if let result = action.result {
                    waiter.resume(with: result)
                } else if Task.isCancelled {
                    cancelSender(identifier)
                }
            }
        } onCancel: {
            cancelSender(identifier)
        }
    }

    func next() async throws -> Element? {
        try Task.checkCancellation()
        if let result = machine.withLock({ $0.elementRequested() }).result { return try result.get() }
        clocks.withLock { $0.receiving.begin() }
        defer { clocks.withLock { $0.receiving.end() } }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                let action = machine.withLock { $0.elementRequested(waiter: waiter) }
                if let result = action.result {
                    waiter.resume(with: result)
                } else if Task.isCancelled {
                    cancelReceiver()
                }
            }
        } onCancel: {
            cancelReceiver()
        }
    }

    func finish(throwing failure: (any Error)?) {
        guard let receiver = machine.withLock({ $0.sendingFinished(failure) }) else { return }
        if let failure { receiver.resume(throwing: failure) } else { receiver.resume(returning: nil) }
    }

    func close() {
        let (senders, receiver) = machine.withLock { $0.receivingClosed() }
        for sender in senders { sender.resume(throwing: BrokenStream.noReceiver) }
        receiver?.resume(returning: nil)
    }

    private func cancelSender(_ identifier: UInt64) {
        machine.withLock { $0.senderCancelled(identifier) }?.resume(throwing: CancellationError())
    }

    private func cancelReceiver() {
        machine.withLock { $0.receiverCancelled() }?.resume(throwing: CancellationError())
    }
}

extension BoundedStreamStateMachine.SendAction
where Element: Sendable, ReceiveWaiter == UnsafeContinuation<Element?, any Error> {
    /// Wakes whom it concerns; nil when the sender has to wait.
    fileprivate var result: Result<Void, any Error>? {
        switch self {
        case .buffered: return .success(())
        case .delivered(let element, let receiver):
            receiver.resume(returning: element)
            return .success(())
        case .closed: return .failure(BrokenStream.noReceiver)
        case .suspend: return nil
        }
    }
}

extension BoundedStreamStateMachine.ReceiveAction
where Element: Sendable, SendWaiter == UnsafeContinuation<Void, any Error> {
    /// Wakes whom it concerns; nil when the receiver has to wait.
    fileprivate var result: Result<Element?, any Error>? {
        switch self {
        case .received(let element, let sender):
            sender?.resume()
            return .success(element)
        case .finished(let failure): return failure.map { .failure($0) } ?? .success(nil)
        case .suspend: return nil
        }
    }
}
