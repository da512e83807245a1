/// Ranks of values, doubled so that they are whole numbers.
package enum Ranks {
    /// Twice the rank of each value, counted from 1; equal values share the mean of theirs.
    ///
    /// - Precondition: No value is NaN.
    package static func doubled(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var ranks = [Int](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // Ranks start + 1 ... end; twice their mean is the sum of the first and the last.
            for place in start..<end { ranks[order[place]] = start + 1 + end }
            start = end
        }
        return ranks
    }
}
