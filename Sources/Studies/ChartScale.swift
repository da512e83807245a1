import Evaluation
import Glibc

/// Where numbers lie on the paper of a chart: evenly, or by their logarithms.
struct ChartScale {
    let least, most: Double
    private let start, end: Double
    private let isLogarithmic: Bool

    /// - Parameters:
    ///   - start: Where the least value lies, in pixels.
    ///   - spread: Positive values that differ by more than this factor lie by their logarithms.
    init(_ values: [Double], from start: Double, to end: Double, logarithmicFrom spread: Double = .infinity) {
        (least, most, self.start, self.end) = (values.min() ?? 0, values.max() ?? 0, start, end)
        isLogarithmic = least > 0 && most / least >= spread
    }

    func place(_ value: Double) -> Double {
        guard most > least else { return (start + end) / 2 }
        let share =
            isLogarithmic
            ? log(value / least) / log(most / least) : (value - least) / (most - least)
        return start + (end - start) * share
    }

    /// The value at a share of the way from the least to the most.
    func value(at share: Double) -> Double {
        isLogarithmic ? least * exp(share * log(most / least)) : least + share * (most - least)
    }

    /// A value for its axis: whole numbers as they are, others with three decimals below a thousand.
    static func number(_ value: Double) -> String {
        let isWhole = value == value.rounded() || value.magnitude >= 1000
        return FixedDecimal.text(value, decimals: isWhole ? 0 : 3)
    }

    static func text(_ value: Double) -> String { FixedDecimal.text(value, decimals: 1) }
}
