/// What both paired tests check before they start.
enum PairedCounts {
    /// Returns F1 of the first system minus F1 of the second, both over all units.
    ///
    /// - Throws: ``EvaluationError`` with code `.unequalUnitCounts` or `.differentGold`.
    static func difference(
        _ first: [PhraseCounts],
        _ second: [PhraseCounts]
    ) throws(EvaluationError) -> Double {
        guard first.count == second.count else {
            throw .unequalUnitCounts(first: first.count, second: second.count)
        }
        var firstSum = PhraseCounts()
        var secondSum = PhraseCounts()
        for index in first.indices {
            guard first[index].gold == second[index].gold else {
                throw .differentGold(unit: index, first: first[index].gold, second: second[index].gold)
            }
            firstSum += first[index]
            secondSum += second[index]
        }
        return firstSum.f1 - secondSum.f1
    }
}
