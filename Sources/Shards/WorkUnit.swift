/// One of several equal parts of a work: `3/10`. What a unit has to do depends on its number, on how many there are, and
/// on the inputs; on nothing else, so that whoever does it, and how often, changes nothing.
package struct WorkUnit: Equatable, Sendable, CustomStringConvertible {
    /// All of it.
    package static let whole = WorkUnit(number: 1, of: 1)
    /// More than a cluster has processors.
    package static let maximumCount = 1_000_000

    /// From 1.
    package let number: Int
    package let count: Int

    private init(number: Int, of count: Int) { (self.number, self.count) = (number, count) }

    /// Parses `I/N`, with I from 1 to N.
    package init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, text.utf8.allSatisfy({ $0 == UInt8(ascii: "/") || (0x30...0x39).contains($0) }),
            let number = Int(numbers[0]), let count = Int(numbers[1]),
            (1...Self.maximumCount).contains(count), (1...count).contains(number)
        else { return nil }
        self.init(number: number, of: count)
    }

    /// The units of a work, in their order.
    ///
    /// - Parameter count: At least 1.
    package static func all(of count: Int) -> [WorkUnit] { (1...count).map { WorkUnit(number: $0, of: count) } }

    package var isWhole: Bool { count == 1 }
    package var isLast: Bool { number == count }
    /// The unit before it; nil for the first.
    package var predecessor: WorkUnit? { number > 1 ? WorkUnit(number: number - 1, of: count) : nil }
    package var description: String { "\(number)/\(count)" }

    /// Which of so many things in a row are the unit's; those of all units follow one another and are all of them.
    package func share(of total: Int) -> Range<Int> {
        // No product of it: what a file says of its size may be anything.
        let (each, rest) = total.quotientAndRemainder(dividingBy: count)
        func start(_ index: Int) -> Int { each * index + rest * index / count }
        return start(number - 1)..<start(number)
    }

    /// Which of the things in a row are the unit's when they have sizes: those of all units follow one another and are all of them, every
    /// unit has one, and none has more than its part of the sum and the largest.
    ///
    /// - Precondition: There are at least as many as units.
    package func share(ofSizes sizes: [Int]) -> Range<Int> {
        precondition(sizes.count >= count, "\(sizes.count) things for \(count) units")
        // What a file says of its size may be anything: sums of it are not of integers.
        let starts = sizes.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + Double($1)) }
        let each = starts[sizes.count] / Double(count)
        var start = 0, end = 0
        for unit in 1...number {
            (start, end) = (end, end + 1)
            let border = each * Double(unit), last = sizes.count - (count - unit)
            if unit == count { end = last }
            // The border between two things that is nearest to where the unit should end.
            while end < last, abs(starts[end + 1] - border) <= abs(starts[end] - border) { end += 1 }
        }
        return start..<end
    }
}
