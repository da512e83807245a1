import Glibc

/// Places for labels beside their points, where they cover least: nearest first, on rings around the point.
///
/// Greedy, in the order of how crowded the points are, so that those in the open do not take the room of those that have no other.
struct LabelLayout {
    struct Place {
        var x: Double, y: Double
        var anchor: String
        /// Whether a line must say to which point it belongs.
        var isFar = false
    }

    struct Box {
        var left: Double, top: Double, right: Double, bottom: Double

        func overlap(_ other: Box) -> Double {
            max(0, min(right, other.right) - max(left, other.left))
                * max(0, min(bottom, other.bottom) - max(top, other.top))
        }
    }

    private static let directions = 16
    private static let rings = [0.0, 10, 22, 36, 52, 70, 92, 118, 150, 190]
    /// Of what a letter takes, as a share of the size; fonts differ.
    private static let letterWidth = 0.62

    /// In the order of the labels.
    private(set) var places: [Place] = []
    /// What the labels take.
    private(set) var boxes: [Box] = []

    init(
        _ labels: [String], at points: [(x: Double, y: Double)], in size: (width: Double, height: Double),
        fontSize: Double
    ) {
        let dots = points.map { Box(left: $0.x - 5, top: $0.y - 5, right: $0.x + 5, bottom: $0.y + 5) }
        var placed = [(place: Place, box: Box)?](repeating: nil, count: labels.count)
        for index in Self.crowded(points, reach: 6 * fontSize) {
            let width = Double(labels[index].count) * fontSize * Self.letterWidth
            let taken = dots + placed.compactMap { $0?.box }
            var best: (cost: Double, place: Place, box: Box)?
            for (place, box) in Self.candidates(points[index], width: width, fontSize: fontSize) {
                let outside =
                    max(0, -box.left) + max(0, box.right - size.width) + max(0, -box.top)
                    + max(0, box.bottom - size.height)
                let cost = taken.reduce(outside * fontSize) { $0 + $1.overlap(box) }
                if best.map({ cost < $0.cost }) ?? true { best = (cost, place, box) }
                if cost == 0 { break }
            }
            placed[index] = best.map { ($0.place, $0.box) }
        }
        for entry in placed {
            guard let entry else { continue }
            places.append(entry.place)
            boxes.append(entry.box)
        }
    }

    /// The points with most neighbours first; of equal ones the first.
    private static func crowded(_ points: [(x: Double, y: Double)], reach: Double) -> [Int] {
        let neighbours = points.map { point in
            points.count { abs($0.x - point.x) < reach && abs($0.y - point.y) < reach }
        }
        return points.indices.sorted { (-neighbours[$0], $0) < (-neighbours[$1], $1) }
    }

    /// Right, left, above, below, and then around, further and further away.
    private static func candidates(_ point: (x: Double, y: Double), width: Double, fontSize: Double) -> [(Place, Box)] {
        rings.flatMap { ring -> [(Place, Box)] in
            (0..<directions).map { number in
                // From the right, alternately up and down.
                let step = Double(number.isMultiple(of: 2) ? -number / 2 : (number + 1) / 2)
                let angle = 2 * Double.pi * step / Double(directions)
                let x = point.x + (8 + ring) * cos(angle), y = point.y + (9 + ring) * sin(angle) + fontSize / 3
                let anchor = cos(angle) > 0.3 ? "start" : cos(angle) < -0.3 ? "end" : "middle"
                let left = anchor == "start" ? x : anchor == "end" ? x - width : x - width / 2
                let box = Box(left: left, top: y - fontSize + 2, right: left + width, bottom: y + 3)
                return (Place(x: x, y: y, anchor: anchor, isFar: ring >= 22), box)
            }
        }
    }
}
