import Evaluation

/// Whether entities with a score of 0.8 are right four times of five: a point for each bin of scores, its area their number.
struct ReliabilityChart {
    let calibration: EntityCalibration

    private static let size = 260.0, margin = 34.0

    /// Empty where the bins were not kept.
    var html: String {
        guard let before = calibration.binsBefore, let after = calibration.binsAfter else { return "" }
        let most = Double((before + after).map(\.count).max() ?? 1)
        let (first, last) = (Self.place(0), Self.place(1))
        var lines = [
            "<svg viewBox=\"0 0 \(Int(Self.size)) \(Int(Self.size))\" width=\"\(Int(Self.size))\" role=\"img\" aria-label=\"reliability diagram\">",
            "<line class=\"axis\" x1=\"\(first.x)\" y1=\"\(first.y)\" x2=\"\(last.x)\" y2=\"\(last.y)\"/>",
        ]
        for value in [0.0, 0.5, 1] {
            let text = FixedDecimal.text(value, decimals: 1), place = Self.place(value)
            lines.append("<text x=\"2\" y=\"\(place.y)\">\(text)</text>")
            lines.append("<text x=\"\(place.x)\" y=\"\(Int(Self.size - 6))\">\(text)</text>")
        }
        for (bins, style) in [(before, "hollow"), (after, "solid")] {
            for bin in bins {
                let radius = 2 + 7 * (Double(bin.count) / most).squareRoot()
                lines.append(
                    "<circle class=\"\(style)\" cx=\"\(Self.place(bin.score).x)\" cy=\"\(Self.place(bin.right).y)\" r=\"\(Self.text(radius))\"><title>\(bin.count) entities</title></circle>"
                )
            }
        }
        func percent(_ error: Double) -> String { FixedDecimal.text(100 * error, decimals: 1) }
        return "<div><h3>Scores and the share that is right</h3>\n" + lines.joined(separator: "\n") + "\n</svg>\n"
            + "<p class=\"soft\">\(calibration.entityCount) entities found in \(HTMLText.escaped(calibration.data)). Across: score; upwards: right. Hollow: as the network says, "
            + "expected calibration error \(percent(calibration.errorBefore)) %; filled: with temperature \(FixedDecimal.text(Double(calibration.temperature), decimals: 2)), "
            + "\(percent(calibration.errorAfter)) %.</p></div>\n"
    }

    private static func place(_ share: Double) -> (x: String, y: String) {
        let length = (size - 2 * margin) * share
        return (text(margin + length), text(size - margin - length))
    }

    private static func text(_ value: Double) -> String { FixedDecimal.text(value, decimals: 1) }
}
