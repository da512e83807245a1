import Corpora
import Evaluation
import Glibc

/// Taggers by what they cost and how good they are: which of them nobody beats in both.
///
/// A file of columns divided by tabs: `name`, `f1` (percent), `microseconds` (of one core, for a token) and `megabytes` (what is shipped, or
/// `-`), named in its first line; lines that begin with `#` are comments, and are shown under the picture.
package struct Frontier {
    struct Point: Equatable {
        var name: String
        /// Percent.
        var f1: Double
        /// Of one core, for a token.
        var microseconds: Double
        var megabytes: Double?
    }

    static let columns = ["name", "f1", "microseconds", "megabytes"]
    private static let maximumPointCount = 1000

    let points: [Point]
    let comments: [String]

    package init(path: String) throws {
        let reader = try FieldReader(path: path, .tab)
        var points: [Point] = [], comments: [String] = [], hasHead = false
        while let fields = try reader.next() {
            if fields[0].first == "#" {
                guard comments.count < Self.maximumPointCount else {
                    throw reader.failure("more than \(Self.maximumPointCount) comments")
                }
                comments.append(fields.joined(separator: "\t").dropFirst().trimmingPrefix(" ").description)
            } else if !hasHead {
                guard fields == Self.columns else {
                    throw reader.failure(
                        "the columns must be \(Self.columns.joined(separator: ", ")), with tabs between them")
                }
                hasHead = true
            } else {
                guard let point = Point(fields), points.count < Self.maximumPointCount else {
                    throw reader.failure(
                        "not a name, F1 from 0 to 100, microseconds above 0 and megabytes or '-', with tabs between them, or more than \(Self.maximumPointCount) taggers"
                    )
                }
                points.append(point)
            }
        }
        guard !points.isEmpty else { throw reader.failure("there is no tagger in it") }
        (self.points, self.comments) = (points, comments)
    }

    /// Those that are better than everything as cheap or cheaper, from the cheapest.
    var best: [Point] {
        var best: [Point] = []
        for point in points.sorted(by: { ($0.microseconds, -$0.f1) < ($1.microseconds, -$1.f1) })
        where point.f1 > best.last?.f1 ?? -1 { best.append(point) }
        return best
    }

    // MARK: HTML

    private static let width = 640.0, height = 320.0, left = 40.0, right = 150.0, top = 14.0, bottom = 40.0

    var html: String {
        let best = best
        let rows = points.sorted { ($0.microseconds, $0.name) < ($1.microseconds, $1.name) }.map { point in
            [
                HTMLText.escaped(point.name), FixedDecimal.text(point.f1, decimals: 1),
                FixedDecimal.text(point.microseconds, decimals: 2),
                point.megabytes.map { FixedDecimal.text($0, decimals: 1) } ?? "", best.contains(point) ? "yes" : "",
            ]
        }
        return svg(best)
            + "<p class=\"soft\">Across: microseconds of one core for a token, a factor of ten between the lines; upwards: F1. The line joins those that "
            + "nobody beats in both.</p>\n"
            + HTMLText.table(["tagger", "F1", "µs a token", "MB", "on the frontier"], rows)
            + comments.map { "<p class=\"soft\">\(HTMLText.escaped($0))</p>\n" }.joined()
    }

    private func svg(_ best: [Point]) -> String {
        let low = floor(log10(points.map(\.microseconds).min() ?? 1))
        let high = max(low + 1, ceil(log10(points.map(\.microseconds).max() ?? 1)))
        let least = max(0, floor((points.map(\.f1).min() ?? 0) / 10) * 10 - 5), most = 100.0
        func x(_ microseconds: Double) -> String {
            let share = (log10(microseconds) - low) / (high - low)
            return FixedDecimal.text(Self.left + (Self.width - Self.left - Self.right) * share, decimals: 1)
        }
        func y(_ f1: Double) -> String {
            let share = (most - f1) / (most - least)
            return FixedDecimal.text(Self.top + (Self.height - Self.top - Self.bottom) * share, decimals: 1)
        }
        let (floorPlace, ceilingPlace) = (y(least), y(most))
        var lines = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\" role=\"img\" aria-label=\"F1 against time\">"
        ]
        for power in Int(low)...Int(high) {
            let place = x(pow(10, Double(power))),
                name = FixedDecimal.text(pow(10, Double(power)), decimals: max(0, -power))
            lines.append(
                "<line class=\"axis\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(ceilingPlace)\" y2=\"\(floorPlace)\"/>")
            lines.append("<text x=\"\(place)\" y=\"\(Int(Self.height - 20))\">\(name) µs</text>")
        }
        for f1 in stride(from: ceil(least / 20) * 20, through: most, by: 20) {
            lines.append("<text x=\"4\" y=\"\(y(f1))\">\(Int(f1))</text>")
            lines.append(
                "<line class=\"axis\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(y(f1))\" y2=\"\(y(f1))\"/>"
            )
        }
        let corners = best.map { "\(x($0.microseconds)),\(y($0.f1))" }.joined(separator: " ")
        lines.append("<polyline class=\"s0\" fill=\"none\" stroke-width=\"2\" points=\"\(corners)\"/>")
        for point in points {
            let place = (x: x(point.microseconds), y: y(point.f1)), style = best.contains(point) ? "solid" : "hollow"
            let name = HTMLText.escaped(point.name)
            lines.append(
                "<circle class=\"\(style)\" cx=\"\(place.x)\" cy=\"\(place.y)\" r=\"5\"><title>\(name)</title></circle>"
            )
            lines.append("<text x=\"\(place.x)\" y=\"\(place.y)\" dx=\"8\" dy=\"-4\">\(name)</text>")
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }
}

extension Frontier.Point {
    fileprivate init?(_ fields: [String]) {
        guard fields.count == 4, !fields[0].isEmpty, let f1 = Double(fields[1]), (0...100).contains(f1),
            let microseconds = Double(fields[2]), (1e-6...1e9).contains(microseconds)
        else { return nil }
        let megabytes = Double(fields[3])
        guard fields[3] == "-" || megabytes.map({ (0...1e9).contains($0) }) == true else { return nil }
        self.init(name: fields[0], f1: f1, microseconds: microseconds, megabytes: megabytes)
    }
}
