import Locks
import NERPipeTesting
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct BoundedChannelTests {
    struct Broken: Error, Equatable {}

    /// A sender that counts what it got rid of.
    static func startSender(_ channel: BoundedChannel<Int>, _ values: Range<Int>, _ sent: Locked<Int>) -> Task<
        Void, any Error
    > {
        Task {
            for value in values {
                try await channel.send(value)
                sent.withLock { $0 += 1 }
            }
        }
    }

    @Test(arguments: [1, 2, 5])
    func sendSuspendsWhenThatManyElementsAreThere(_ capacity: Int) async throws {
        let channel = BoundedChannel<Int>(capacity: capacity)
        let sent = Locked(0)
        let sender = Self.startSender(channel, 0..<capacity + 3, sent)
        #expect(await eventually { sent.withLock { $0 } == capacity })
        for _ in 0..<200 { await Task.yield() }
        #expect(sent.withLock { $0 } == capacity)
        #expect(channel.count == capacity)
        // One element out lets exactly one more in.
        #expect(try await channel.next() == 0)
        #expect(await eventually { sent.withLock { $0 } == capacity + 1 })
        for _ in 0..<200 { await Task.yield() }
        #expect(sent.withLock { $0 } == capacity + 1)
        for value in 1..<capacity + 3 { #expect(try await channel.next() == value) }
        try await sender.value
    }

    @Test func finishDeliversTheRestThenTheEnd() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        for value in 0..<3 { try await channel.send(value) }
        channel.finish()
        channel.finish(throwing: Broken())  // too late
        for value in 0..<3 { #expect(try await channel.next() == value) }
        #expect(try await channel.next() == nil)
        #expect(try await channel.next() == nil)
        await #expect(throws: ChannelClosed.self) { try await channel.send(9) }
    }

    @Test func failureComesAfterTheElementsBeforeIt() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        try await channel.send(1)
        channel.finish(throwing: Broken())
        #expect(try await channel.next() == 1)
        await #expect(throws: Broken.self) { try await channel.next() }
    }

    @Test func finishWakesReceiversThatWait() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let receivers = (0..<3).map { _ in Task { try await channel.next() } }
        for _ in 0..<100 { await Task.yield() }
        channel.finish()
        for receiver in receivers { #expect(try await receiver.value == nil) }
    }

    @Test func closeMakesSuspendedSendersThrow() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let sent = Locked(0)
        let senders = (0..<3).map { _ in Self.startSender(channel, 0..<2, sent) }
        #expect(await eventually { sent.withLock { $0 } == 1 })
        channel.close()
        for sender in senders { await #expect(throws: ChannelClosed.self) { try await sender.value } }
        await #expect(throws: ChannelClosed.self) { try await channel.send(1) }
        #expect(try await channel.next() == nil)
    }

    @Test func cancelledReceiverThrowsAndTheNextOneGetsTheElement() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let receiver = Task { try await channel.next() }
        for _ in 0..<100 { await Task.yield() }
        receiver.cancel()
        await #expect(throws: CancellationError.self) { try await receiver.value }
        try await channel.send(7)
        #expect(try await channel.next() == 7)
    }

    @Test func cancelledSenderThrowsAndItsElementIsNotDelivered() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        let sender = Task { try await channel.send(2) }
        for _ in 0..<100 { await Task.yield() }
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
        channel.finish()
        #expect(try await channel.next() == 1)
        #expect(try await channel.next() == nil)
    }

    @Test func taskCancelledBeforeItCallsThrowsAtOnce() async {
        let channel = BoundedChannel<Int>(capacity: 1)
        let gate = Gate()
        let tasks = [
            Task {
                await gate.pass(); try await channel.send(1)
            },
            Task {
                await gate.pass(); _ = try await channel.next()
            },
        ]
        for task in tasks { task.cancel() }
        await gate.open()
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(channel.count == 0)
    }

    /// Several senders and receivers, some cancelled at random moments: what a sender was told is sent is received
    /// exactly once, unless its receiver was cancelled while it held it, which this channel excludes.
    @Test(arguments: 0..<60)
    func nothingIsLostOrDoubledUnderRandomCancellation(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let channel = BoundedChannel<Int>(capacity: Int.random(in: 1...5, using: &random))
        let sent = Locked<[Int]>([]), received = Locked<[Int]>([])
        let senderCount = Int.random(in: 1...4, using: &random), receiverCount = Int.random(in: 1...4, using: &random)
        let senders = (0..<senderCount).map { sender in
            Task {
                for value in 0..<100 {
                    do { try await channel.send(sender * 1000 + value) } catch { return }
                    sent.withLock { $0.append(sender * 1000 + value) }
                }
            }
        }
        func startReceiver() -> Task<Void, Never> {
            Task {
                while let value = try? await channel.next() { received.withLock { $0.append(value) } }
            }
        }
        let receivers = (0..<receiverCount).map { _ in startReceiver() }
        for task in senders.dropFirst() where Bool.random(using: &random) {
            for _ in 0..<Int.random(in: 0..<60, using: &random) { await Task.yield() }
            task.cancel()
        }
        for task in receivers.dropFirst() where Bool.random(using: &random) {
            for _ in 0..<Int.random(in: 0..<60, using: &random) { await Task.yield() }
            task.cancel()
        }
        for task in senders { await task.value }
        channel.finish()
        for task in receivers { await task.value }
        #expect(sent.withLock { $0.sorted() } == received.withLock { $0.sorted() })
        // Of each sender in its order, when one receiver noted them all.
        if receiverCount == 1 {
            for sender in 0..<senderCount {
                let values = received.withLock { $0.filter { $0 / 1000 == sender } }
                #expect(values == values.sorted())
            }
        }
    }
}
