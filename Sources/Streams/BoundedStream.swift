/// One side of a stream is gone, and the other one learns it.
package enum BrokenStream: Error, Equatable {
    /// Nobody receives any more, so sending makes no sense.
    case noReceiver
    /// The sender was dropped without ``BoundedStream/Sender/finish(throwing:)``: what came before it is not the whole.
    case noSender
}

/// A first-in first-out stream between tasks that holds at most `capacity` elements; the receiving side.
///
/// The bound: `capacity` elements are buffered; a sender beyond that suspends in ``Sender/send(_:)`` (with its one
/// element) until the receiver makes room. The receiver suspends while the stream is empty. Any number of tasks may
/// send; one receives, and goes through the stream once.
///
/// Ends: ``Sender/finish(throwing:)`` delivers what is buffered, then nil (or the error). A sender that is dropped
/// without it ends the stream with ``BrokenStream/noSender``. Leaving the loop, or dropping the stream, drops what is
/// buffered and makes every sender throw ``BrokenStream/noReceiver``. A cancelled task that is suspended here throws
/// `CancellationError` at once; its element, if it was sending, was not delivered.
///
/// Face, logic (``BoundedStreamStateMachine``) and storage (``BoundedStreamStorage``) are apart, as in the buffers of
/// swift-async-algorithms.
package struct BoundedStream<Element: Sendable>: AsyncSequence, Sendable {
    private let receiver: Receiver

    /// Both sides of a new stream.
    package static func make(capacity: Int) -> (sender: Sender, stream: BoundedStream) {
        let storage = BoundedStreamStorage<Element>(capacity: capacity)
        return (Sender(storage), BoundedStream(receiver: Receiver(storage)))
    }

    /// How many elements are buffered now, and how many may be; for progress displays, which do not keep the stream.
    package var fill: @Sendable () -> (count: Int, capacity: Int) {
        { [storage = receiver.storage] in (storage.count, storage.capacity) }
    }

    /// How long both sides have waited so far; for displays, too.
    package var waits: @Sendable () -> StreamWaits { { [storage = receiver.storage] in storage.waits } }

    /// - Precondition: Called once.
    package func makeAsyncIterator() -> Iterator {
        receiver.storage.iterationBegan()
        return Iterator(iteration: Iteration(receiver))
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let iteration: Iteration

        package mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> Element? {
            try await iteration.receiver.storage.next()
        }
    }

    /// The sending side; the last reference that goes ends the stream.
    package final class Sender: Sendable {
        private let storage: BoundedStreamStorage<Element>

        fileprivate init(_ storage: BoundedStreamStorage<Element>) { self.storage = storage }

        deinit { storage.finish(throwing: BrokenStream.noSender) }

        package func send(_ element: Element) async throws { try await storage.send(element) }

        /// Ends the stream. Later calls change nothing.
        package func finish(throwing failure: (any Error)? = nil) { storage.finish(throwing: failure) }

        /// Runs `body`, which sends, and ends the stream: with the error that `body` throws, if it does.
        package func finishing(_ body: () async throws -> Void) async throws {
            do {
                try await body()
                finish()
            } catch {
                finish(throwing: error)
                throw error
            }
        }
    }

    /// Lives as long as somebody may still receive.
    fileprivate final class Receiver: Sendable {
        let storage: BoundedStreamStorage<Element>
        init(_ storage: BoundedStreamStorage<Element>) { self.storage = storage }
        deinit { storage.close() }
    }

    /// Lives as long as a loop over the stream, which others may keep longer.
    fileprivate final class Iteration {
        let receiver: Receiver
        init(_ receiver: Receiver) { self.receiver = receiver }
        deinit { receiver.storage.close() }
    }
}
