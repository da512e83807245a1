/// Minimizes a function of a few numbers without derivatives (Nelder and Mead 1965), begun again from what it found
/// until nothing is gained.
enum Simplex {
    private static let maximumStepCount = 5000

    /// - Parameter start: May be empty, where there is nothing to choose.
    static func minimum(from start: [Double], _ function: ([Double]) -> Double) -> [Double] {
        guard !start.isEmpty else { return start }
        var best = (place: start, value: function(start))
        for _ in 0..<8 {
            let found = descend(from: best.place, function)
            let gain = best.value - found.value
            if found.value < best.value { best = found }
            if !(gain > 1e-12 * max(1, best.value.magnitude)) { break }
        }
        return best.place
    }

    private typealias Corner = (place: [Double], value: Double)

    private static func descend(from start: [Double], _ function: ([Double]) -> Double) -> Corner {
        var corners: [Corner] = [(start, function(start))]
        for axis in start.indices {
            var place = start
            place[axis] += place[axis] == 0 ? 0.25 : 0.5 * place[axis].magnitude
            corners.append((place, function(place)))
        }
        for _ in 0..<maximumStepCount {
            corners.sort { $0.value < $1.value }
            let best = corners[0], worst = corners[corners.count - 1]
            let width = start.indices.map { axis in
                corners.map { ($0.place[axis] - best.place[axis]).magnitude }.max() ?? 0
            }
            if (width.max() ?? 0) < 1e-10 * (1 + (best.place.map(\.magnitude).max() ?? 0)) { break }
            func at(_ reach: Double) -> Corner {
                let place = start.indices.map { axis in
                    let centre = corners.dropLast().map { $0.place[axis] }.reduce(0, +) / Double(start.count)
                    return centre + reach * (worst.place[axis] - centre)
                }
                return (place, function(place))
            }
            let reflected = at(-1)
            if reflected.value < best.value {
                let expanded = at(-2)
                corners[corners.count - 1] = expanded.value < reflected.value ? expanded : reflected
            } else if reflected.value < corners[corners.count - 2].value {
                corners[corners.count - 1] = reflected
            } else {
                let contracted = reflected.value < worst.value ? at(-0.5) : at(0.5)
                if contracted.value < min(reflected.value, worst.value) {
                    corners[corners.count - 1] = contracted
                } else {
                    for index in corners.indices.dropFirst() {
                        let place = zip(best.place, corners[index].place).map { $0 + 0.5 * ($1 - $0) }
                        corners[index] = (place, function(place))
                    }
                }
            }
        }
        return corners.min { $0.value < $1.value } ?? corners[0]
    }
}
