import Foundation
import Testing

/// Failures are made in the factories of `Failures.swift` and `Failure+SUBJECT.swift`: wording, status and cause of what
/// goes wrong in a module can be read, and changed, in one place.
@Suite struct FailurePlaceTests {
    @Test func failuresAreMadeInFactories() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
            .standardizedFileURL
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 200, "\(files.count) files in \(sources.path)")
        for file in files.sorted() where !Self.holdsFactories(file) {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let lines = Self.linesThatMakeFailures(text)
            #expect(
                lines.isEmpty, "Sources/\(file) makes failures itself in lines \(lines); move them into Failures.swift")
        }
    }

    @Test(arguments: [
        ("throw Failure(.badData, text)", [1]), ("let f = Failure.init(\n.usage, text)", [1]),
        ("func f() -> Failure {\n    .init(.noInput, text)\n}", [2]),
        ("throw\n    Failure(\n.usage, text)", [2]), ("makeFailure(text)", []), ("preconditionFailure(text)", []),
        ("throw Failure.badLine(path, 1, text)", []), ("// as in Failure(.usage, text)", []),
    ])
    func placesAreFound(_ text: String, _ lines: [Int]) {
        #expect(Self.linesThatMakeFailures(text) == lines)
    }

    private static func holdsFactories(_ file: String) -> Bool {
        let name = file.split(separator: "/").last ?? ""
        return name == "Failures.swift" || name.hasPrefix("Failure+")
    }

    /// Numbers of the lines, from 1, in which the initializer of `Failure` is called.
    private static func linesThatMakeFailures(_ text: String) -> [Int] {
        let call =
            /(?:^|[^A-Za-z0-9_])Failure(?:\.init)?\(|\.init\(\.(?:usage|badData|noInput|bug|mismatch|inputOutput)\b/
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            let isComment = line.drop { $0 == " " }.hasPrefix("//")
            return !isComment && line.contains(call) ? number + 1 : nil
        }
    }
}
