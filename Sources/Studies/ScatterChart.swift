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
    private static let paper = ChartPaper(height: 260, right: 30)

    private var sources: [String] { Set(points.map(\.source)).sorted() }

    /// Empty with fewer than two points.
    var svg: String {
        guard points.count > 1 else { return "" }
        let ends = points.map(\.interval.low) + points.map(\.interval.high) + [0]
        let across = Self.paper.across(points.map(\.x), logarithmicFrom: 20), upwards = Self.paper.upwards(ends)
        var lines: [String] = []
        for value in Set([upwards.least, 0, upwards.most]).sorted() {
            lines += Self.paper.level(upwards.place(value), StudyTables.decimal(value, signed: true))
        }
        for (value, shift) in [(across.least, 0.0), (across.most, -30.0)] {
            lines.append(Self.paper.foot(across.place(value) + shift, value))
        }
        lines += curve(across, upwards)
        for point in points { lines += marks(point, across, upwards) }
        return Self.paper.svg(title, label: "gain against \(title)", legend: legend, lines)
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
        let series = (sources.firstIndex(of: point.source) ?? 0) % Self.colours
        let lines = ChartPaper.point(
            series, ChartScale.text(x), ChartScale.text(y), from: upwards.place(point.interval.low),
            to: upwards.place(point.interval.high),
            "\(label): \(StudyTables.decimal(point.y, signed: true)), \(GainText.interval(point.interval, 1))")
        return points.count > Self.mostLabels
            ? lines
            : lines + ["<text x=\"\(ChartScale.text(x + 5))\" y=\"\(ChartScale.text(y - 3))\">\(label)</text>"]
    }
}
