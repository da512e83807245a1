import Diagnostics
package import Shards

/// How much each of several teachers has to say, as a file that `score --weights` reads: weights that were found for these teachers, in this
/// order, and for no others.
package struct TeacherWeights: Codable, Sendable, Equatable {
    private static let format = "nerpipe teacher weights 1"

    private var format = Self.format
    /// Digests of the teachers.
    package let teachers: [String]
    /// `[teachers]`: not negative, sums to 1.
    package let weights: [Double]
    /// What they were found on, for people.
    package let data: String

    package init(teachers: [String], weights: [Double], data: String) {
        (self.teachers, self.weights, self.data) = (teachers, weights, data)
    }

    package func write(to path: String, _ rule: OutputRule) throws {
        try TextFile.write(JSON.encodePretty(self), to: path, rule)
    }

    /// - Returns: nil when the file is of another kind.
    package static func read(_ path: String) throws -> TeacherWeights? {
        let bytes = try Directory.contents(of: path)
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        guard let found = try? JSON.decode(TeacherWeights.self, from: bytes), found.format == format,
            found.weights.count == found.teachers.count, found.weights.allSatisfy({ (0...1).contains($0) })
        else { throw Failure.noTeacherWeights(path) }
        return found
    }

    /// - Throws: When they were found for other teachers, or for these in another order.
    package func requireFit(_ digests: [String], path: String) throws {
        guard teachers == digests else { throw Failure.weightsOfOtherTeachers(path, teachers.count, digests.count) }
    }
}
