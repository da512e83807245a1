import Locks
import NERPipeTesting
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct BoundedStreamTests {
    struct Broken: Error, Equatable {}
    typealias Sender = BoundedStream<Int>.Sender

    /// A sender that counts what it got rid of.
    static func start(_ sender: Sender, _ values: Range<Int>, _ sent: Locked<Int> = Locked(0)) -> Task<Void, any Error>
    {
        Task {
            for value in values {
                try await sender.send(value)
                sent.withLock { $0 += 1 }
            }
        }
    }

    @Test(arguments: [1, 2, 5])
    func sendSuspendsWhenThatManyElementsAreThere(_ capacity: Int) async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: capacity)
        let sent = Locked(0)
        let task = Self.start(sender, 0..<capacity + 3, sent)
        #expect(await eventually { sent.withLock { $0 } == capacity })
        for _ in 0..<200 { await Task.yield() }
        #expect(sent.withLock { $0 } == capacity)
        #expect(stream.fill() == (capacity, capacity))
        // One element out lets exactly one more in.
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == 0)
        #expect(await eventually { sent.withLock { $0 } == capacity + 1 })
        for _ in 0..<200 { await Task.yield() }
        #expect(sent.withLock { $0 } == capacity + 1)
        for value in 1..<capacity + 3 { #expect(try await iterator.next() == value) }
        try await task.value
    }

    @Test func waitsAreCountedOnTheSideThatWaits() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        #expect(stream.waits().sending == .zero && stream.waits().receiving == .zero)
        let task = Self.start(sender, 0..<2)
        // While it still waits.
        #expect(await eventually { stream.waits().sending > .milliseconds(1) })
        #expect(stream.waits().receiving == .zero)
        var iterator = stream.makeAsyncIterator()
        for value in 0..<2 { #expect(try await iterator.next() == value) }
        try await task.value
        let before = stream.waits().sending
        #expect(before > .milliseconds(1))
        let receiver = Task { [iterator] in
            var iterator = iterator
            return try await iterator.next()
        }
        #expect(await eventually { stream.waits().receiving > .milliseconds(1) })
        sender.finish()
        #expect(try await receiver.value == nil)
        #expect(stream.waits().sending == before)
    }

    @Test func finishDeliversTheRestThenTheEnd() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 4)
        for value in 0..<3 { try await sender.send(value) }
        sender.finish()
        sender.finish(throwing: Broken())  // too late
        await #expect(throws: BrokenStream.noReceiver) { try await sender.send(9) }
        var iterator = stream.makeAsyncIterator()
        for value in 0..<3 { #expect(try await iterator.next() == value) }
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
    }

    @Test func failureComesAfterTheElementsBeforeIt() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 4)
        try await sender.send(1)
        sender.finish(throwing: Broken())
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == 1)
        await #expect(throws: Broken.self) { try await iterator.next() }
    }

    @Test func finishWakesTheReceiverThatWaits() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        let receiver = Task { try await stream.reduce(0, +) }
        for _ in 0..<100 { await Task.yield() }
        sender.finish()
        #expect(try await receiver.value == 0)
    }

    /// Leaving the loop is enough, although the stream is still held.
    @Test func leavingTheLoopMakesSuspendedSendersThrow() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        let tasks = (0..<3).map { _ in Self.start(sender, 0..<10) }
        for try await _ in stream { break }
        for task in tasks { await #expect(throws: BrokenStream.noReceiver) { try await task.value } }
        await #expect(throws: BrokenStream.noReceiver) { try await sender.send(1) }
        #expect(stream.fill().count == 0)
    }

    @Test func anErrorInTheLoopMakesSuspendedSendersThrow() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        let task = Self.start(sender, 0..<10)
        await #expect(throws: Broken.self) { for try await value in stream where value == 2 { throw Broken() } }
        await #expect(throws: BrokenStream.noReceiver) { try await task.value }
    }

    @Test func droppingTheStreamMakesSuspendedSendersThrow() async throws {
        var (sender, stream): (Sender, BoundedStream<Int>?) = BoundedStream<Int>.make(capacity: 1)
        let sent = Locked(0)
        let task = Self.start(sender, 0..<10, sent)
        #expect(await eventually { sent.withLock { $0 } == 1 })
        #expect(stream != nil)
        stream = nil
        await #expect(throws: BrokenStream.noReceiver) { try await task.value }
        sender = BoundedStream<Int>.make(capacity: 1).sender
    }

    /// A sender that goes without a word must not look like the end.
    @Test(arguments: [0, 3]) func droppingTheSenderEndsTheReceiverWithAnError(_ count: Int) async throws {
        var (sender, stream): (Sender?, BoundedStream<Int>) = BoundedStream<Int>.make(capacity: 4)
        for value in 0..<count { try await sender?.send(value) }
        let receiver = Task {
            var values: [Int] = []
            do { for try await value in stream { values.append(value) } } catch {
                return (values, error as? BrokenStream)
            }
            return (values, nil)
        }
        for _ in 0..<100 { await Task.yield() }
        sender = nil
        #expect(await receiver.value == (Array(0..<count), .noSender))
    }

    @Test func anErrorOfWhoSendsIsTheEndOfTheStream() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 4)
        await #expect(throws: Broken.self) {
            try await sender.finishing {
                try await sender.send(1)
                throw Broken()
            }
        }
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == 1)
        await #expect(throws: Broken.self) { try await iterator.next() }
    }

    @Test func cancelledReceiverThrowsAndSoDoesItsSender() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        let receiver = Task { for try await _ in stream {} }
        for _ in 0..<100 { await Task.yield() }
        receiver.cancel()
        await #expect(throws: CancellationError.self) { try await receiver.value }
        await #expect(throws: BrokenStream.noReceiver) { try await sender.send(7) }
    }

    @Test func cancelledSenderThrowsAndItsElementIsNotDelivered() async throws {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        try await sender.send(1)
        let task = Task { try await sender.send(2) }
        for _ in 0..<100 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        sender.finish()
        #expect(try await stream.reduce(into: []) { $0.append($1) } == [1])
    }

    @Test func taskCancelledBeforeItCallsThrowsAtOnce() async {
        let (sender, stream) = BoundedStream<Int>.make(capacity: 1)
        let gate = Gate()
        let tasks = [
            Task {
                await gate.pass(); try await sender.send(1)
            },
            Task {
                await gate.pass(); for try await _ in stream {}
            },
        ]
        for task in tasks { task.cancel() }
        await gate.open()
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(stream.fill().count == 0)
    }

    /// Several senders, some cancelled at random moments: what a sender was told is sent is received exactly once, and
    /// in its order.
    @Test(arguments: 0..<60)
    func nothingIsLostOrDoubledUnderRandomCancellation(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let (sender, stream) = BoundedStream<Int>.make(capacity: Int.random(in: 1...5, using: &random))
        let sent = Locked<[Int]>([])
        let senders = (0..<Int.random(in: 1...4, using: &random)).map { number in
            Task {
                for value in 0..<100 {
                    do { try await sender.send(number * 1000 + value) } catch { return }
                    sent.withLock { $0.append(number * 1000 + value) }
                }
            }
        }
        let receiver = Task { try await stream.reduce(into: [Int]()) { $0.append($1) } }
        for task in senders.dropFirst() where Bool.random(using: &random) {
            for _ in 0..<Int.random(in: 0..<60, using: &random) { await Task.yield() }
            task.cancel()
        }
        for task in senders { await task.value }
        sender.finish()
        let received = try await receiver.value
        #expect(sent.withLock { $0.sorted() } == received.sorted())
        for number in senders.indices {
            let values = received.filter { $0 / 1000 == number }
            #expect(values == values.sorted())
        }
    }
}
