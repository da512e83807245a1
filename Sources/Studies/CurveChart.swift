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

    private static let paper = ChartPaper(height: 240, right: 90)

    /// Empty without a curve of two points.
    var svg: String {
        let points = curves.flatMap(\.points)
        guard curves.contains(where: { $0.points.count > 1 }) else { return "" }
        let across = Self.paper.across(points.map(\.x), logarithmicFrom: 8)
        let upwards = Self.paper.upwards(points.map { $0.y - $0.deviation } + points.map { $0.y + $0.deviation })
        var lines: [String] = []
        for value in Set([upwards.least, (upwards.least + upwards.most) / 2, upwards.most]).sorted() {
            lines += Self.paper.level(upwards.place(value), StudyTables.decimal(value))
        }
        for x in Set(points.map(\.x)).sorted() { lines.append(Self.paper.foot(across.place(x) - 6, x)) }
        for (number, curve) in curves.enumerated() { lines += Self.line(curve, number, across, upwards) }
        return Self.paper.svg(title, label: "F1 of \(title)", lines)
    }

    private static func line(_ curve: Curve, _ number: Int, _ across: ChartScale, _ upwards: ChartScale) -> [String] {
        let series = number % ScatterChart.colours, name = HTMLText.escaped(curve.name)
        let places = curve.points.map { (ChartScale.text(across.place($0.x)), ChartScale.text(upwards.place($0.y))) }
        let path = places.map { "\($0),\($1)" }.joined(separator: " ")
        var lines = ["<polyline class=\"s\(series)\" fill=\"none\" stroke-width=\"2\" points=\"\(path)\"/>"]
        for (point, place) in zip(curve.points, places) {
            lines += ChartPaper.point(
                series, place.0, place.1, from: upwards.place(point.y - point.deviation),
                to: upwards.place(point.y + point.deviation),
                "\(name) at \(ChartScale.number(point.x)): \(StudyTables.decimal(point.y)) ± \(StudyTables.decimal(point.deviation))"
            )
        }
        if let last = curve.points.last {
            let x = ChartScale.text(across.place(last.x) + 8), y = ChartScale.text(upwards.place(last.y) + 4)
            lines.append("<text x=\"\(x)\" y=\"\(y)\">\(name)</text>")
        }
        return lines
    }
}
