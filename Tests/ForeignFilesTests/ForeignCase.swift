import ProgramTesting
import Testing

/// What somebody hands us, and what must become of it: a row of a table.
///
/// A command may not end with 0 after it has understood less than half of its input without a line that says so; rows
/// with status 0 and bad input therefore name that line.
struct ForeignCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Name and content of each file, beside those of ``Fixture``.
    var files: [String: [UInt8]]
    /// A script of bash, in which `nerpipe` is the program under test.
    var script: String
    var status: Int32
    /// All of standard output, `*` standing for anything on one line; nil when it does not matter.
    var output: String?
    /// Each must be a whole line on standard error, `*` standing for anything.
    var says: [String]

    init(
        _ name: String, files: [String: String] = [:], bytes: [String: [UInt8]] = [:], _ script: String,
        status: Int32 = 0, output: String? = nil, says: [String] = []
    ) {
        testDescription = name
        self.files = files.mapValues { Array($0.utf8) }.merging(bytes) { $1 }
        self.script = script
        self.status = status
        self.output = output
        self.says = says
    }

    func check(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let folder = try await Fixture.folder()
        for (name, bytes) in files { try folder.write(name, bytes) }
        let outcome = try await folder.shell(script)
        #expect(outcome.status == status, "\(outcome.errors)\(outcome.text)", sourceLocation: sourceLocation)
        if let output {
            #expect(
                Pattern(output).matches(outcome.text), "found: \(outcome.text)expected: \(output)\(outcome.errors)",
                sourceLocation: sourceLocation)
        }
        for line in says {
            #expect(
                outcome.allErrors.split(separator: "\n").contains { Pattern(line).matches(String($0)) },
                "found: \(outcome.allErrors)expected: \(line)",
                sourceLocation: sourceLocation)
        }
    }
}
