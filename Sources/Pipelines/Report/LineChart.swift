import Evaluation

/// A line over the numbers of epochs, as SVG.
struct LineChart {
    let title: String
    /// By epoch, from the first; nil where there is nothing.
    let values: [Double?]
    /// Places between epochs where another process went on, from 0, the first epoch.
    var marks: [Double] = []

    private static let width = 440.0, height = 190.0, left = 52.0, right = 12.0, top = 12.0, bottom = 24.0

    /// Empty with fewer than two values.
    var svg: String {
        let known = values.compactMap(\.self).filter(\.isFinite)
        guard known.count > 1, let least = known.min(), let most = known.max() else { return "" }
        let low = min(least, most - 1e-9), span = most - low
        func x(_ epoch: Double) -> Double {
            Self.left + (Self.width - Self.left - Self.right) * epoch / Double(max(1, values.count - 1))
        }
        func y(_ value: Double) -> Double { Self.top + (Self.height - Self.top - Self.bottom) * (most - value) / span }
        let size = "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\""
        var lines = [
            "<div><h3>\(HTMLText.escaped(title))</h3>",
            "<svg \(size) role=\"img\" aria-label=\"\(HTMLText.escaped(title))\">",
        ]
        for share in [0.0, 0.5, 1.0] {
            let value = low + share * span, place = Self.text(y(value))
            let ends = "x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\""
            lines.append("<line class=\"axis\" \(ends) y1=\"\(place)\" y2=\"\(place)\"/>")
            let number = FixedDecimal.text(value, decimals: span < 1 ? 4 : 1)
            lines.append("<text x=\"4\" y=\"\(Self.text(y(value) + 4))\">\(number)</text>")
        }
        for epoch in stride(from: 0, to: values.count, by: max(1, (values.count + 9) / 10)) {
            lines.append(
                "<text x=\"\(Self.text(x(Double(epoch)) - 3))\" y=\"\(Int(Self.height - 6))\">\(epoch + 1)</text>")
        }
        for mark in marks {
            let place = Self.text(x(mark)), ends = "y1=\"\(Int(Self.top))\" y2=\"\(Int(Self.height - Self.bottom))\""
            lines.append("<line class=\"mark\" x1=\"\(place)\" x2=\"\(place)\" \(ends)><title>resumed</title></line>")
        }
        let points = values.enumerated().compactMap { epoch, value in
            value.flatMap { $0.isFinite ? "\(Self.text(x(Double(epoch)))),\(Self.text(y($0)))" : nil }
        }
        lines.append(
            "<polyline class=\"s0\" fill=\"none\" stroke-width=\"2\" points=\"\(points.joined(separator: " "))\"/>")
        return lines.joined(separator: "\n") + "\n</svg></div>\n"
    }

    private static func text(_ value: Double) -> String { FixedDecimal.text(value, decimals: 1) }
}
