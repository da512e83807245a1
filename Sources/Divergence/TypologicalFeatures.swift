/// What a table says of the structure of languages (URIEL; Littell et al. 2017), by sets of features.
///
/// Holes are no numbers: a feature that is not known of one of two languages does not count, and of a vector of zeros nothing follows.
package struct TypologicalFeatures: Sendable, Equatable {
    /// Languages in the order of the table.
    package private(set) var languages: [String] = []
    /// Names of the sets, and which columns are theirs.
    package let sets: [(name: String, columns: [Int])]
    private let columnCount: Int
    /// nil: not known.
    private var values: [[Double?]] = []

    package static func == (a: Self, b: Self) -> Bool { a.languages == b.languages && a.values == b.values }

    /// - Parameter columns: Names of the features; what stands before a colon is the name of the set.
    package init(columns: [String]) {
        var names: [String] = [], members: [String: [Int]] = [:]
        for (number, column) in columns.enumerated() {
            let name = column.split(separator: ":", maxSplits: 1).first.map(String.init) ?? column
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(number)
        }
        sets = names.map { ($0, members[$0] ?? []) }
        columnCount = columns.count
    }

    /// - Precondition: As many values as columns.
    package mutating func add(_ language: String, _ values: [Double?]) {
        precondition(values.count == columnCount, "\(values.count) values for \(columnCount) columns")
        languages.append(language)
        self.values.append(values)
    }

    /// How far two languages are from each other in one set of features.
    package struct Distance: Sendable, Equatable {
        package let set: String
        /// `1 - cosine` of what is known of both, 0...2; nil where that is not defined: nothing is known of both, or a vector is zero.
        package let value: Double?
        /// Features that are known of both, and all.
        package let knownCount, count: Int
    }

    /// - Parameters: Places in ``languages``.
    package func distances(_ first: Int, _ second: Int) -> [Distance] {
        sets.map { set in
            var dot = 0.0, squares = (0.0, 0.0), known = 0
            for column in set.columns {
                guard let a = values[first][column], let b = values[second][column] else { continue }
                known += 1
                dot += a * b
                squares.0 += a * a
                squares.1 += b * b
            }
            let norm = (squares.0 * squares.1).squareRoot()
            return Distance(
                set: set.name, value: norm > 0 ? max(0, 1 - dot / norm) : nil, knownCount: known,
                count: set.columns.count)
        }
    }
}
