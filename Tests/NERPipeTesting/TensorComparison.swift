/// Describes the element that is furthest from what was expected, beyond `absolute + relative * largest |expected|`;
/// nil if none.
///
/// The bound is relative to the largest element of the tensor: small elements of a gradient are sums that cancel.
package func worstDifference(
    _ found: some Collection<Float>, _ expected: some Collection<Double>, absolute: Double = 0, relative: Double = 0
) -> String? {
    if found.count != expected.count { return "count \(found.count), expected \(expected.count)" }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    var worst: (index: Int, distance: Double, text: String)?
    for (index, (f, e)) in zip(found, expected).enumerated() {
        let distance = abs(Double(f) - e)
        if distance <= absolute + relative * scale { continue }
        if distance.isNaN || distance > worst?.distance ?? -1 {
            worst = (index, distance, "element \(index): \(f), expected \(e) (scale \(scale))")
        }
        if distance.isNaN { break }
    }
    return worst?.text
}
