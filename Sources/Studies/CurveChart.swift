import Pipelines

/// Means along an axis, a line for each score with its deviations, as SVG.
struct CurveChart {
    struct Point {
        let x, y, deviation: Double
    }

    struct Curve {
        let name: String
        let points: [Point]
    }

    let title: String
    let curves: [Curve]

    private static let width = 440.0, height = 240.0, left = 44.0, right = 90.0, top = 14.0, bottom = 26.0

    /// Empty without a curve of two points.
    var svg: String {
        let points = curves.flatMap(\.points)
        guard curves.contains(where: { $0.points.count > 1 }) else { return "" }
        let across = ChartScale(points.map(\.x), from: Self.left, to: Self.width - Self.right, logarithmicFrom: 8)
        let upwards = ChartScale(
            points.map { $0.y - $0.deviation } + points.map { $0.y + $0.deviation }, from: Self.height - Self.bottom,
            to: Self.top)
        let name = HTMLText.escaped(title)
        let size = "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\""
        var lines = ["<div><h3>\(name)</h3>", "<svg \(size) role=\"img\" aria-label=\"F1 of \(name)\">"]
        for value in Set([upwards.least, (upwards.least + upwards.most) / 2, upwards.most]).sorted() {
            let ends = "x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\"", y = upwards.place(value)
            lines.append(
                "<line class=\"axis\" \(ends) y1=\"\(ChartScale.text(y))\" y2=\"\(ChartScale.text(y))\"/>")
            lines.append("<text x=\"4\" y=\"\(ChartScale.text(y + 4))\">\(StudyTables.decimal(value))</text>")
        }
        for x in Set(points.map(\.x)).sorted() {
            let place = ChartScale.text(across.place(x) - 6)
            lines.append("<text x=\"\(place)\" y=\"\(Int(Self.height - 8))\">\(ChartScale.number(x))</text>")
        }
        for (number, curve) in curves.enumerated() { lines += Self.line(curve, number, across, upwards) }
        return lines.joined(separator: "\n") + "\n</svg></div>\n"
    }

    private static func line(_ curve: Curve, _ number: Int, _ across: ChartScale, _ upwards: ChartScale) -> [String] {
        let series = number % ScatterChart.colours
        let places = curve.points.map { (ChartScale.text(across.place($0.x)), ChartScale.text(upwards.place($0.y))) }
        let path = places.map { "\($0),\($1)" }.joined(separator: " ")
        var lines = ["<polyline class=\"s\(series)\" fill=\"none\" stroke-width=\"2\" points=\"\(path)\"/>"]
        for (point, place) in zip(curve.points, places) {
            let (high, low) = (upwards.place(point.y + point.deviation), upwards.place(point.y - point.deviation))
            let told =
                "\(HTMLText.escaped(curve.name)) at \(ChartScale.number(point.x)): \(StudyTables.decimal(point.y)) ± \(StudyTables.decimal(point.deviation))"
            lines.append(
                "<line class=\"s\(series)\" x1=\"\(place.0)\" x2=\"\(place.0)\" y1=\"\(ChartScale.text(high))\" y2=\"\(ChartScale.text(low))\"/>"
            )
            lines.append(
                "<circle class=\"f\(series)\" cx=\"\(place.0)\" cy=\"\(place.1)\" r=\"3\"><title>\(told)</title></circle>"
            )
        }
        if let last = curve.points.last {
            let x = ChartScale.text(across.place(last.x) + 8), y = ChartScale.text(upwards.place(last.y) + 4)
            lines.append("<text x=\"\(x)\" y=\"\(y)\">\(HTMLText.escaped(curve.name))</text>")
        }
        return lines
    }
}
