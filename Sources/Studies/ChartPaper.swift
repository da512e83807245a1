import Pipelines

/// What the charts of a study are drawn on: a title, and an SVG with room for numbers at its left and its bottom.
struct ChartPaper {
    /// Pixels.
    let height, right: Double
    let width = 440.0, left = 44.0, top = 14.0, bottom = 26.0

    func across(_ values: [Double], logarithmicFrom spread: Double) -> ChartScale {
        ChartScale(values, from: left, to: width - right, logarithmicFrom: spread)
    }

    func upwards(_ values: [Double]) -> ChartScale { ChartScale(values, from: height - bottom, to: top) }

    /// - Parameters:
    ///   - label: For those who do not see it.
    ///   - legend: HTML.
    ///   - lines: SVG.
    func svg(_ title: String, label: String, legend: String = "", _ lines: [String]) -> String {
        let size = "viewBox=\"0 0 \(Int(width)) \(Int(height))\" width=\"\(Int(width))\""
        let head = ["<div><h3>\(HTMLText.escaped(title))</h3>"] + (legend.isEmpty ? [] : [legend])
        let image = "<svg \(size) role=\"img\" aria-label=\"\(HTMLText.escaped(label))\">"
        return (head + [image] + lines).joined(separator: "\n") + "\n</svg></div>\n"
    }

    /// A line from side to side, with its number before it.
    func level(_ y: Double, _ number: String) -> [String] {
        [
            "<line class=\"axis\" x1=\"\(Int(left))\" x2=\"\(Int(width - right))\" y1=\"\(ChartScale.text(y))\" y2=\"\(ChartScale.text(y))\"/>",
            "<text x=\"4\" y=\"\(ChartScale.text(y + 4))\">\(number)</text>",
        ]
    }

    /// A number below.
    func foot(_ x: Double, _ value: Double) -> String {
        "<text x=\"\(ChartScale.text(x))\" y=\"\(Int(height - 8))\">\(ChartScale.number(value))</text>"
    }

    /// How far a point reaches, and the point, which tells what it is.
    static func point(_ series: Int, _ x: String, _ y: String, from low: Double, to high: Double, _ told: String)
        -> [String]
    {
        [
            "<line class=\"s\(series)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(ChartScale.text(high))\" y2=\"\(ChartScale.text(low))\"/>",
            "<circle class=\"f\(series)\" cx=\"\(x)\" cy=\"\(y)\" r=\"3\"><title>\(told)</title></circle>",
        ]
    }
}
