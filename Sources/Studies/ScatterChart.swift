import Evaluation
import Pipelines
import Statistics

/// Gains against a measure, a point for each language with its interval, as SVG.
struct ScatterChart {
    struct Point {
        let label: String
        let x, y: Double
        let interval: Interval
    }

    let title: String
    let points: [Point]

    private static let width = 440.0, height = 260.0, left = 44.0, right = 30.0, top = 14.0, bottom = 26.0

    /// Empty with fewer than two points.
    var svg: String {
        guard points.count > 1 else { return "" }
        let xs = points.map(\.x), ends = points.map(\.interval.low) + points.map(\.interval.high) + [0]
        let across = Scale(xs, from: Self.left, to: Self.width - Self.right)
        let upwards = Scale(ends, from: Self.height - Self.bottom, to: Self.top)
        let name = HTMLText.escaped(title)
        let size = "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\""
        var lines = [
            "<div><h3>\(name)</h3>", "<svg \(size) role=\"img\" aria-label=\"gain against \(name)\">",
        ]
        for value in Set([upwards.least, 0, upwards.most]).sorted() {
            let ends = "x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\"", y = upwards.place(value)
            lines.append("<line class=\"axis\" \(ends) y1=\"\(Self.text(y))\" y2=\"\(Self.text(y))\"/>")
            lines.append("<text x=\"4\" y=\"\(Self.text(y + 4))\">\(StudyTables.decimal(value, signed: true))</text>")
        }
        for (value, shift) in [(across.least, 0.0), (across.most, -30.0)] {
            let number = FixedDecimal.text(value, decimals: 3), x = Self.text(across.place(value) + shift)
            lines.append("<text x=\"\(x)\" y=\"\(Int(Self.height - 8))\">\(number)</text>")
        }
        for point in points { lines += Self.marks(point, across, upwards) }
        return lines.joined(separator: "\n") + "\n</svg></div>\n"
    }

    private static func marks(_ point: Point, _ across: Scale, _ upwards: Scale) -> [String] {
        let x = across.place(point.x), y = upwards.place(point.y), label = HTMLText.escaped(point.label)
        let (low, high) = (upwards.place(point.interval.low), upwards.place(point.interval.high))
        let told = "\(label): \(StudyTables.decimal(point.y, signed: true)), \(GainText.interval(point.interval, 1))"
        return [
            "<line class=\"s0\" x1=\"\(text(x))\" x2=\"\(text(x))\" y1=\"\(text(high))\" y2=\"\(text(low))\"/>",
            "<circle class=\"solid\" cx=\"\(text(x))\" cy=\"\(text(y))\" r=\"3\"><title>\(told)</title></circle>",
            "<text x=\"\(text(x + 5))\" y=\"\(text(y - 3))\">\(label)</text>",
        ]
    }

    /// Where a value lies on the paper.
    private struct Scale {
        let least, most, start, end: Double

        init(_ values: [Double], from start: Double, to end: Double) {
            (least, most, self.start, self.end) = (values.min() ?? 0, values.max() ?? 0, start, end)
        }

        func place(_ value: Double) -> Double {
            start + (end - start) * (most > least ? (value - least) / (most - least) : 0.5)
        }
    }

    private static func text(_ value: Double) -> String { FixedDecimal.text(value, decimals: 1) }
}
