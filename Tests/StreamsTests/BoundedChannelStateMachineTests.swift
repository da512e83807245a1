import Testing

@testable import Streams

/// The logic alone, with numbers for waiters: no task, no lock.
@Suite struct BoundedChannelStateMachineTests {
    typealias Machine = BoundedChannelStateMachine<String, Int>

    /// What happened, as a word.
    static func offer(_ machine: inout Machine, _ element: String, id: UInt64) -> String {
        switch machine.elementOffered(element) {
        case .sent(let waiter, let element): return waiter.map { "to \($0): \(element ?? "nothing")" } ?? "buffered"
        case .closed: return "closed"
        case .suspend:
            machine.senderSuspended(id: id, element: element, waiter: Int(id))
            return "suspended"
        }
    }

    static func request(_ machine: inout Machine, id: UInt64) -> String {
        switch machine.elementRequested() {
        case .received(let element, let sender): return element + (sender.map { " waking \($0)" } ?? "")
        case .finished(let failure): return failure == nil ? "end" : "failure"
        case .suspend:
            machine.receiverSuspended(id: id, waiter: Int(id))
            return "suspended"
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

    @Test func handsElementsToReceiversInTheOrderTheyCame() {
        var machine = Machine(capacity: 1)
        #expect(Self.request(&machine, id: 1) == "suspended")
        #expect(Self.request(&machine, id: 2) == "suspended")
        #expect(Self.offer(&machine, "a", id: 3) == "to 1: a")
        #expect(Self.offer(&machine, "b", id: 4) == "to 2: b")
        #expect(Self.offer(&machine, "c", id: 5) == "buffered")
    }

    @Test func finishDeliversWhatIsThereIncludingSuspendedSenders() {
        struct Broken: Error {}
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        _ = Self.offer(&machine, "b", id: 2)
        #expect(machine.sendingFinished(Broken()).isEmpty)
        #expect(Self.offer(&machine, "c", id: 3) == "closed")
        #expect(Self.request(&machine, id: 9) == "a waking 2")
        #expect(Self.request(&machine, id: 9) == "b")
        #expect(Self.request(&machine, id: 9) == "failure")
        #expect(Self.request(&machine, id: 9) == "failure")
        #expect(machine.sendingFinished(nil).isEmpty)
        #expect(Self.request(&machine, id: 9) == "failure", "a second finish changes nothing")
    }

    @Test func finishWakesAllReceiversOnce() {
        var machine = Machine(capacity: 1)
        _ = Self.request(&machine, id: 1)
        _ = Self.request(&machine, id: 2)
        #expect(machine.sendingFinished(nil) == [1, 2])
        #expect(machine.sendingFinished(nil).isEmpty)
        #expect(machine.waiterCancelled(id: 1) == nil)
    }

    @Test func closeDropsWhatIsThereAndWakesEverybody() {
        var machine = Machine(capacity: 1)
        _ = Self.offer(&machine, "a", id: 1)
        _ = Self.offer(&machine, "b", id: 2)
        let woken = machine.receivingClosed()
        #expect(woken.senders == [2] && woken.receivers.isEmpty)
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
        #expect(machine.waiterCancelled(id: 2) == 2)
        #expect(machine.waiterCancelled(id: 2) == nil)
        #expect(Self.request(&machine, id: 9) == "a waking 3")
        #expect(Self.request(&machine, id: 9) == "c")
        #expect(Self.request(&machine, id: 7) == "suspended")
        #expect(Self.request(&machine, id: 8) == "suspended")
        #expect(machine.waiterCancelled(id: 7) == 7)
        #expect(Self.offer(&machine, "d", id: 10) == "to 8: d")
    }
}
