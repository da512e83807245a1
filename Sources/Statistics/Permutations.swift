package import Randomness

/// Orders of things.
package enum Permutations {
    /// Calls `body` with every order of the values, equal ones too (Heap 1963).
    package static func forEach<Value>(_ values: [Value], _ body: ([Value]) -> Void) {
        var values = values, counters = [Int](repeating: 0, count: values.count)
        body(values)
        var place = 1
        while place < values.count {
            guard counters[place] < place else {
                counters[place] = 0
                place += 1
                continue
            }
            values.swapAt(place.isMultiple(of: 2) ? 0 : counters[place], place)
            body(values)
            counters[place] += 1
            place = 1
        }
    }

    /// An order drawn from all (Fisher and Yates).
    package static func shuffle<Value>(_ values: inout [Value], by generator: inout SplitMix64) {
        for index in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(index, generator.index(below: index + 1))
        }
    }
}
