/// A picture of words of one or two languages in two dimensions, as SVG.
package struct VectorPlot {
    /// A word at its place.
    package struct Point: Sendable {
        package var label: String
        package var x: Double
        package var y: Double
        /// 0 or 1: which of the languages.
        package var series: Int

        package init(label: String, x: Double, y: Double, series: Int) {
            (self.label, self.x, self.y, self.series) = (label, x, y, series)
        }
    }

    /// Names of the languages, for the legend.
    package var series: [String]
    package var points: [Point]
    /// Indices of points that are joined by a line: translations.
    package var pairs: [(Int, Int)]
    package var title: String
    package var axes: (x: String, y: String)

    package init(
        series: [String], points: [Point], pairs: [(Int, Int)], title: String, axes: (x: String, y: String)
    ) {
        (self.series, self.points, self.pairs, self.title, self.axes) = (series, points, pairs, title, axes)
    }

    /// The picture grows with the words, so that their labels have room.
    var size: (width: Double, height: Double) {
        let scale = max(1, (Double(points.count) / 60).squareRoot())
        return ((1000 * scale).rounded(), (720 * scale).rounded())
    }
    private static let margin = 60.0
    private static let fontSize = 13.0
    /// Blue and vermilion of Okabe and Ito's palette, told apart by those who see few colours.
    private static let colors = ["#0072B2", "#D55E00"]

    /// The document. The same points give the same bytes.
    package var svg: String {
        let (width, height) = size
        let places = placed, labels = labelLayout.places
        var body = [
            Self.element("title", [:], title),
            Self.element("rect", ["width": "100%", "height": "100%", "fill": "white"]),
        ]
        for (a, b) in pairs {
            body.append(
                Self.element(
                    "line",
                    [
                        "x1": Self.text(places[a].x), "y1": Self.text(places[a].y), "x2": Self.text(places[b].x),
                        "y2": Self.text(places[b].y), "stroke": "#999999",
                    ]))
        }
        for (place, label) in zip(places, labels) where label.isFar {
            body.append(
                Self.element(
                    "line",
                    [
                        "x1": Self.text(place.x), "y1": Self.text(place.y), "x2": Self.text(label.x),
                        "y2": Self.text(label.y - Self.fontSize / 3), "stroke": "#cccccc", "stroke-dasharray": "2 2",
                    ]))
        }
        for (point, place) in zip(points, places) { body.append(Self.dot(place.x, place.y, point.series)) }
        for (point, label) in zip(points, labels) {
            body.append(
                Self.label(point.label, label.x, label.y, anchor: label.anchor, color: Self.color(point.series)))
        }
        for (index, name) in series.enumerated() {
            let y = 24 + 20 * Double(index)
            body.append(Self.dot(20, y - 4, index))
            body.append(Self.label(name, 32, y, anchor: "start", color: Self.color(index)))
        }
        let legend = "horizontal: \(axes.x); vertical: \(axes.y)"
        body.append(Self.label(legend, width - 20, height - 16, anchor: "end", color: "#555555"))
        let attributes =
            #"xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(Self.text(width)) \#(Self.text(height))" "#
            + #"font-family="sans-serif" font-size="\#(Self.text(Self.fontSize))""#
        return "<svg \(attributes)>\n" + body.map { $0 + "\n" }.joined() + "</svg>\n"
    }

    private static func dot(_ x: Double, _ y: Double, _ series: Int) -> String {
        element("circle", ["cx": text(x), "cy": text(y), "r": "3.5", "fill": color(series)])
    }

    private static func label(_ content: String, _ x: Double, _ y: Double, anchor: String, color: String) -> String {
        // A white rim keeps lines off the letters.
        element(
            "text",
            [
                "x": text(x), "y": text(y), "text-anchor": anchor, "fill": color, "paint-order": "stroke",
                "stroke": "white", "stroke-width": "3",
            ], content)
    }

    private static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String? = nil
    ) -> String {
        let start = "<" + name + attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
        return content.map { "\(start)>\(escaped($0))</\(name)>" } ?? start + "/>"
    }

    var labelLayout: LabelLayout { LabelLayout(points.map(\.label), at: placed, in: size, fontSize: Self.fontSize) }

    /// The points in the picture: one scale for both directions, so that distances mean something.
    private var placed: [(x: Double, y: Double)] {
        guard let minX = points.map(\.x).min(), let maxX = points.map(\.x).max(), let minY = points.map(\.y).min(),
            let maxY = points.map(\.y).max()
        else { return [] }
        let size = size, width = size.width - 2 * Self.margin, height = size.height - 2 * Self.margin
        let scale = min(width / max(maxX - minX, 1e-9), height / max(maxY - minY, 1e-9))
        return points.map {
            (
                size.width / 2 + ($0.x - (minX + maxX) / 2) * scale,
                size.height / 2 - ($0.y - (minY + maxY) / 2) * scale
            )
        }
    }

    private static func color(_ series: Int) -> String { colors[series % colors.count] }

    /// A number with one decimal.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// Text of an element: mark-up characters as references, control characters, which XML forbids, as U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\t", "\n", "\r": result.append(" ")
            case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
