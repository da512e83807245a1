import Evaluation

/// Recall on the gold entities whose words stood as an entity in what was learnt from, and on all others.
struct SeenRecall {
    /// In percent; nil where there is no such entity.
    let seen, unseen: Double?

    init(all: PhraseCounts, seen: PhraseCounts) {
        let unseen = all - seen
        self.seen = seen.gold == 0 ? nil : seen.recall
        self.unseen = unseen.gold == 0 ? nil : unseen.recall
    }

    /// The entities of which recall is a share.
    enum Side: String, CaseIterable { case seen, unseen }

    subscript(side: Side) -> Double? { side == .seen ? seen : unseen }
}

extension StudyScores {
    typealias BySeed = [(seed: String, value: Double)]

    /// Of the seeds whose counts tell seen entities from others, in the order of the seeds.
    func recall(_ side: SeenRecall.Side, _ name: String, _ target: String) -> BySeed {
        seeds.compactMap { seed in seenRecall(name, target, seed)?[side].map { (seed, $0) } }
    }

    /// Recall of one name less that of another, of the seeds of which both say that the same entities were seen.
    func recallGain(_ side: SeenRecall.Side, _ name: String, over base: String, _ target: String) -> BySeed {
        seeds.compactMap { seed in
            guard seenTotals(name, target)[seed]?.gold == seenTotals(base, target)[seed]?.gold,
                let own = seenRecall(name, target, seed)?[side], let other = seenRecall(base, target, seed)?[side]
            else { return nil }
            return (seed, own - other)
        }
    }

    func seenRecall(_ name: String, _ target: String, _ seed: String) -> SeenRecall? {
        guard let all = totals(name, target)[seed], let seen = seenTotals(name, target)[seed] else { return nil }
        return SeenRecall(all: all, seen: seen)
    }

    /// Gold entities that were seen, and all, by the first system of a target whose counts tell.
    func seenAmount(_ target: String) -> (seen: Int, all: Int)? {
        for name in names {
            for seed in seeds {
                guard let seen = seenTotals(name, target)[seed], let all = totals(name, target)[seed] else { continue }
                return (seen.gold, all.gold)
            }
        }
        return nil
    }

    /// How many scored systems there are, and of how many of them the counts tell seen entities from others.
    var systemCounts: (all: Int, withSeen: Int) {
        var counts = (all: 0, withSeen: 0)
        for name in names {
            for target in targets {
                counts.all += totals(name, target).count
                counts.withSeen += seenTotals(name, target).count
            }
        }
        return counts
    }
}
