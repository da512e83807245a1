import Testing

@testable import Streams

/// The logic alone, with numbers for waiters: no task, no lock.
@Suite struct BoundedStreamStateMachineTests {
    typealias Machine = BoundedStreamStateMachine<String, Int, Int>

    /// What happened, as a word.
    static func offer(_ machine: inout Machine, _ element: String, id: Int) -> String {
        switch machine.elementOffered(element, identifier: UInt64(id), waiter: id) {
        case .buffered: "buffered"
        case .delivered(let element, let receiver): "to \(receiver): \(element)"
        case .closed: "closed"
        case .suspend: "suspended"
        }
    }

    static func request(_ machine: inout Machine, id: Int) -> String {
        switch machine.elementRequested(waiter: id) {
        case .received(let element, let sender): element + (sender.map { " waking \($0)" } ?? "")
        case .finished(let failure): failure == nil ? "end" : "failure"
        case .suspend: "suspended"
        }
    }

    @Test func buffersUpToItsCapacityThenSuspendsSenders() {
        var machine = Machine(capacity: 2)
        #expect(Self.offer(&machine, "a", id: 1) == "buffered")
        #expect(Self.offer(&machine, "b", id: 2) == "buffered")
        #expect(Self.offer(&machine, "c", id: 3) == "suspended")
        #expect(Self.offer(&machine, "d", id: 4) == "suspended")
        #expect(machine.count == 2)
        #expect(Self.request(&machine, id: 9) == "a waking 3")
        #expect(machine.count == 2)
        #expect(Self.request(&machine, id: 9) == "b waking 4")
        #expect(Self.request(&machine, id: 9) == "c")
        #expect(Self.request(&machine, id: 9) == "d")
        #expect(Self.request(&machine, id: 9) == "suspended")
    }

    @Test func handsAnElementToTheReceiverThatWaits() {
        var machine = Machine(capacity: 1)
        #expect(Self.request(&machine, id: 1) == "suspended")
        #expect(Self.offer(&machine, "a", id: 3) == "to 1: a")
        #expect(Self.offer(&machine, "b", id: 4) == "buffered")
    }

    @Test func whoAsksWithoutAWaiterIsNotRemembered() {
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        guard case .suspend = machine.elementOffered("b") else {
            Issue.record("there was no room")
            return
        }
        #expect(Self.request(&machine, id: 9) == "a")
        guard case .suspend = machine.elementRequested() else {
            Issue.record("there was nothing")
            return
        }
        #expect(Self.offer(&machine, "c", id: 2) == "buffered")
    }

    @Test func finishDeliversWhatIsThereIncludingSuspendedSenders() {
        struct Broken: Error {}
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        _ = Self.offer(&machine, "b", id: 2)
        #expect(machine.sendingFinished(Broken()) == nil)
        #expect(Self.offer(&machine, "c", id: 3) == "closed")
        #expect(Self.request(&machine, id: 9) == "a waking 2")
        #expect(Self.request(&machine, id: 9) == "b")
        #expect(Self.request(&machine, id: 9) == "failure")
        #expect(Self.request(&machine, id: 9) == "failure")
        #expect(machine.sendingFinished(nil) == nil)
        #expect(Self.request(&machine, id: 9) == "failure", "a second finish changes nothing")
    }

    @Test func finishWakesTheReceiverOnce() {
        var machine = Machine(capacity: 1)
        _ = Self.request(&machine, id: 1)
        #expect(machine.sendingFinished(nil) == 1)
        #expect(machine.sendingFinished(nil) == nil)
        #expect(machine.receiverCancelled() == nil)
    }

    @Test func closeDropsWhatIsThereAndWakesEverybody() {
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        _ = Self.offer(&machine, "b", id: 2)
        let woken = machine.receivingClosed()
        #expect(woken.senders == [2] && woken.receiver == nil)
        #expect(machine.count == 0)
        #expect(Self.offer(&machine, "c", id: 3) == "closed")
        #expect(Self.request(&machine, id: 4) == "end")
        #expect(machine.receivingClosed().senders.isEmpty)
    }

    @Test func cancelledWaitersLeaveTheirPlaceAndTakeTheirElementBack() {
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        _ = Self.offer(&machine, "b", id: 2)
        _ = Self.offer(&machine, "c", id: 3)
        #expect(machine.senderCancelled(2) == 2)
        #expect(machine.senderCancelled(2) == nil)
        #expect(Self.request(&machine, id: 9) == "a waking 3")
        #expect(Self.request(&machine, id: 9) == "c")
        #expect(Self.request(&machine, id: 7) == "suspended")
        #expect(machine.receiverCancelled() == 7)
        #expect(machine.receiverCancelled() == nil)
        #expect(Self.offer(&machine, "d", id: 10) == "buffered")
    }
}
