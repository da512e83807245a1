import Diagnostics
import Foundation
import Testing

@testable import Studies

/// What a study reads besides its definition: a result, or an error that names file and line.
struct StudyFilesTests {
    private static func with<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "study-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func message<Result>(_ text: String, _ read: (String) throws -> Result) throws -> String {
        try with(text) { path in
            let failure = #expect(throws: Failure.self) { _ = try read(path) }
            let message = failure?.message ?? ""
            #expect(message.hasPrefix(path) && failure?.code == .badData, "\(message)")
            return String(message.dropFirst(path.count))
        }
    }

    @Test func languagesAreReadUnderTheirColumns() throws {
        let table = try Self.with("target\tfamily\tsize\r\nes\tRomance\t1e3\r\nnl\t-\t\r\n") {
            try LanguageTable(path: $0)
        }
        #expect(table.word("family", "es") == "Romance" && table.number("size", "es") == 1000)
        #expect(table.word("family", "nl") == nil && table.number("size", "nl") == nil)
        #expect(table.number("family", "es") == nil && table.number("none", "es") == nil)
    }

    @Test(arguments: [
        ("", ":1: the first line must name the columns"), ("family\n", ":1: the first line must name the columns"),
        ("target\tx\tx\n", ":1: the first line must name the columns"),
        ("target\tx\nes\n", ":2: 1 field, and there must be 2"),
        ("target\tx\nes\tnan\n", ":2: column 2 is not a number"),
        ("target\tx\nes\t1e300\n", ":2: column 2 is not a number"),
        ("target\tx\nes\t1\n\nes\t1\n", ":4: no target, or one that stood in an earlier line"),
        ("target\tx\n\t1\n", ":2: no target, or one that stood"),
    ])
    func languagesThatCannotBeReadAreRefused(text: String, message: String) throws {
        let found = try Self.message(text) { try LanguageTable(path: $0) }
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test func anUndefinedMeasureIsThereWithoutAValue() throws {
        let table = try Self.with(
            "target,source,measure,value,error,bound\nes,en,geo,undefined,0.000000,\nes,en,\"geo, known\",0.000000,0.000000,\ntarget,source,measure,value\nnl,en,geo,0.5\n"
        ) { try MeasureTable(path: $0) }
        #expect(table.names == ["geo", "geo, known"])
        #expect(table.value("geo", source: "en", target: "es") == nil)
        #expect(table.value("geo, known", source: "en", target: "es") == 0)
        #expect(table.value("geo", source: "en", target: "nl") == 0.5)
        #expect(
            table.value("geo", source: "nl", target: "en") == nil && table.value("x", source: "en", target: "es") == nil
        )
    }

    @Test(arguments: [
        ("", ":1: no measure"), ("target,source,measure,value\n", ":1: no measure"),
        ("es,en,x\n", ":1: not 'target,source,measure,value'"), ("es,en,x,nan\n", ":1: column 4 is not a number"),
        ("es,en,x,1\nes,en,x,Undefined\n", ":2: column 4 is not a number"),
        ("es,en,x,1\nnl,en,x,1\nes,en,x,1\n", ":3: a measure of a pair that stood in an earlier line"),
        ("es,en,x,undefined\nes,en,x,1\n", ":2: a measure of a pair that stood in an earlier line"),
        ("es,en,\"x,1\n", ":1: the line ends within quotes"),
    ])
    func measuresThatCannotBeReadAreRefused(text: String, message: String) throws {
        let found = try Self.message(text) { try MeasureTable(path: $0) }
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test(arguments: [
        "hello", "es direct 1", "es direct 1 40 2", "es  direct 1 40", "es direct 1 forty", "es direct 1 nan",
        "es direct 1 101", "../es direct 1 40", "es a/b 1 40", "es -a 1 40", "es\tdirect\t1\t40",
    ])
    func linesOfOtherFormsAreNoScores(line: String) throws {
        let found = try Self.message("es direct 1 40.25\n\n\(line)\n") { try ScoreLine.all(in: $0) }
        #expect(found.hasPrefix(":3: not 'TARGET NAME SEED F1' with single spaces between them"), "\(found)")
    }

    @Test func linesNameScores() throws {
        let lines = try Self.with("es direct 1 40.25\r\nes tsl 1 41\n") { try ScoreLine.all(in: $0) }
        #expect(
            lines == [
                ScoreLine(target: "es", name: "direct", seed: "1"), ScoreLine(target: "es", name: "tsl", seed: "1"),
            ])
        #expect(ScoreLine(target: "es", name: "a", seed: "2").countsPath(in: "w") == "w/scores/es-a-2.counts")
    }
}
