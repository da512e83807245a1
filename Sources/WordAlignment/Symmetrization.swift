/// The links of one line that each direction of an alignment finds.
package struct DirectedLinks: Sendable, Equatable {
    /// `[J]`: the source token that explains each target token; nil for the empty word.
    package var sourceOfTarget: [Int?]
    /// `[I]`: the target token that explains each source token; nil for the empty word.
    package var targetOfSource: [Int?]

    package init(sourceOfTarget: [Int?], targetOfSource: [Int?]) {
        self.sourceOfTarget = sourceOfTarget
        self.targetOfSource = targetOfSource
    }
}

/// A source token and a target token of one line that translate each other.
package struct WordLink: Sendable, Hashable {
    package var source: Int
    package var target: Int

    package init(source: Int, target: Int) {
        self.source = source
        self.target = target
    }
}

/// How the links of both directions become one alignment.
package enum Symmetrization: String, CaseIterable, Sendable {
    /// What both directions find: few links, most of them right.
    case intersection
    /// Koehn, Och and Marcu 2003, "Statistical phrase-based translation", section 4.1, as Moses does it: from the
    /// intersection to neighbouring links of the union, diagonal ones too, as long as one of the two words has no link
    /// yet; then links of either direction between words that both have none.
    case growDiagFinalAnd = "grow-diag-final-and"

    /// Neighbours in the order in which Moses looks at them (source, target).
    private static let neighbours = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]

    /// The links, by source token and then by target token.
    package func links(_ directed: DirectedLinks) -> [WordLink] {
        var grid = LinkGrid(directed)
        if self == .growDiagFinalAnd { grid.grow(to: Self.neighbours) }
        return grid.links
    }
}

/// The links of one line on their way to an alignment; `I` source tokens, `J` target tokens.
private struct LinkGrid {
    private let I: Int, J: Int
    private let directed: DirectedLinks
    private var isLinked: [Bool]
    private var hasSource: [Bool]
    private var hasTarget: [Bool]

    /// Begins with what both directions find.
    init(_ directed: DirectedLinks) {
        (I, J) = (directed.targetOfSource.count, directed.sourceOfTarget.count)
        self.directed = directed
        isLinked = [Bool](repeating: false, count: I * J)
        hasTarget = [Bool](repeating: false, count: I)
        hasSource = [Bool](repeating: false, count: J)
        for (j, i) in directed.sourceOfTarget.enumerated() {
            if let i, directed.targetOfSource[i] == j { link(i, j) }
        }
    }

    var links: [WordLink] {
        isLinked.indices.filter { isLinked[$0] }.map { WordLink(source: $0 / J, target: $0 % J) }
    }

    mutating func grow(to neighbours: [(Int, Int)]) {
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for cell in isLinked.indices where isLinked[cell] {
                for (rows, columns) in neighbours {
                    let i = cell / J + rows, j = cell % J + columns
                    guard (0..<I).contains(i), (0..<J).contains(j), !isLinked[i * J + j],
                        !hasTarget[i] || !hasSource[j],
                        directed.sourceOfTarget[j] == i || directed.targetOfSource[i] == j
                    else { continue }
                    link(i, j)
                    hasGrown = true
                }
            }
        }
        for (j, i) in directed.sourceOfTarget.enumerated() {
            if let i, !hasTarget[i], !hasSource[j] { link(i, j) }
        }
        for (i, j) in directed.targetOfSource.enumerated() {
            if let j, !hasTarget[i], !hasSource[j] { link(i, j) }
        }
    }

    private mutating func link(_ i: Int, _ j: Int) {
        isLinked[i * J + j] = true
        hasTarget[i] = true
        hasSource[j] = true
    }
}
