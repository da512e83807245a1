import Pipelines
import Statistics

/// Gains against a measure, a point for each language with its interval and a colour for each source, as SVG.
///
/// The curve is the parabola that fits best, each point by 1 / the square of its interval: what the model with a square
/// says without its covariates.
struct ScatterChart {
    struct Point {
        let label, source: String
        let x, y: Double
        let interval: Interval
    }

    let title: String
    let points: [Point]

    /// As many as the style of a page has: `s0`, `s1`, ... for lines and `f0`, `f1`, ... for what is filled.
    static let colours = 6
    /// With more points than this their names are told by the pointer alone.
    private static let mostLabels = 40
    private static let width = 440.0, height = 260.0, left = 44.0, right = 30.0, top = 14.0, bottom = 26.0

    private var sources: [String] { Set(points.map(\.source)).sorted() }

    /// Empty with fewer than two points.
    var svg: String {
        guard points.count > 1 else { return "" }
        let xs = points.map(\.x), ends = points.map(\.interval.low) + points.map(\.interval.high) + [0]
        let across = ChartScale(xs, from: Self.left, to: Self.width - Self.right, logarithmicFrom: 20)
        let upwards = ChartScale(ends, from: Self.height - Self.bottom, to: Self.top)
        let name = HTMLText.escaped(title)
        let size = "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\""
        var lines = [
            "<div><h3>\(name)</h3>", legend, "<svg \(size) role=\"img\" aria-label=\"gain against \(name)\">",
        ]
        for value in Set([upwards.least, 0, upwards.most]).sorted() {
            let ends = "x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\"", y = upwards.place(value)
            lines.append(
                "<line class=\"axis\" \(ends) y1=\"\(ChartScale.text(y))\" y2=\"\(ChartScale.text(y))\"/>")
            lines.append(
                "<text x=\"4\" y=\"\(ChartScale.text(y + 4))\">\(StudyTables.decimal(value, signed: true))</text>")
        }
        for (value, shift) in [(across.least, 0.0), (across.most, -30.0)] {
            let number = ChartScale.number(value), x = ChartScale.text(across.place(value) + shift)
            lines.append("<text x=\"\(x)\" y=\"\(Int(Self.height - 8))\">\(number)</text>")
        }
        lines += curve(across, upwards)
        for point in points { lines += marks(point, across, upwards) }
        return lines.joined(separator: "\n") + "\n</svg></div>\n"
    }

    private var legend: String {
        guard sources.count > 1 else { return "" }
        let entries = sources.enumerated().map { number, source in
            "<svg width=\"10\" height=\"10\"><circle class=\"f\(number % Self.colours)\" cx=\"5\" cy=\"5\" r=\"4\"/></svg> \(HTMLText.escaped(source))"
        }
        return "<p class=\"soft\">\(entries.joined(separator: " &nbsp; "))</p>"
    }

    /// Cut where it leaves the paper.
    private func curve(_ across: ChartScale, _ upwards: ChartScale) -> [String] {
        let weights = points.map {
            1 / max(1e-6, ($0.interval.high - $0.interval.low) * ($0.interval.high - $0.interval.low))
        }
        guard points.count > 5,
            let fit = LeastSquares(
                points.map(\.y), on: Matrix(points.map { [1, $0.x, $0.x * $0.x] }), weights: weights)
        else { return [] }
        let places = (0...40).compactMap { step -> String? in
            let x = across.value(at: Double(step) / 40)
            let y = fit.coefficients[0] + fit.coefficients[1] * x + fit.coefficients[2] * x * x
            guard y >= upwards.least, y <= upwards.most else { return nil }
            return "\(ChartScale.text(across.place(x))),\(ChartScale.text(upwards.place(y)))"
        }
        return ["<polyline class=\"fit\" points=\"\(places.joined(separator: " "))\"/>"]
    }

    private func marks(_ point: Point, _ across: ChartScale, _ upwards: ChartScale) -> [String] {
        let x = across.place(point.x), y = upwards.place(point.y), label = HTMLText.escaped(point.label)
        let (low, high) = (upwards.place(point.interval.low), upwards.place(point.interval.high))
        let series = (sources.firstIndex(of: point.source) ?? 0) % Self.colours
        let told = "\(label): \(StudyTables.decimal(point.y, signed: true)), \(GainText.interval(point.interval, 1))"
        let (across, upwards) = (ChartScale.text(x), ChartScale.text(y))
        return [
            "<line class=\"s\(series)\" x1=\"\(across)\" x2=\"\(across)\" y1=\"\(ChartScale.text(high))\" y2=\"\(ChartScale.text(low))\"/>",
            "<circle class=\"f\(series)\" cx=\"\(across)\" cy=\"\(upwards)\" r=\"3\"><title>\(told)</title></circle>",
        ]
            + (points.count > Self.mostLabels
                ? [] : ["<text x=\"\(ChartScale.text(x + 5))\" y=\"\(ChartScale.text(y - 3))\">\(label)</text>"])
    }
}
