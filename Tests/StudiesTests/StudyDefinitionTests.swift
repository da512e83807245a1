import Diagnostics
import Testing

@testable import Studies

struct StudyDefinitionTests {
    static let text = """
        study: tiny
        work: w
        cell: ["m/${method}.sh", "${target}", "${seed}", "${HOME}/x"]
        axes: {method: [b, a], target: [es, nl], seed: [1, 2], size: [10]}
        environment: {TABLE: "${size}.vectors"}
        compare: {base: b}
        """

    @Test func cellsAreAllCombinationsSeedBySeed() throws {
        let study = try StudyDefinition(text: Self.text, path: "s.yaml")
        let titles = study.cells.map(\.title).joined(separator: ", ")
        #expect(
            titles == "b es 1 size=10, b nl 1 size=10, a es 1 size=10, a nl 1 size=10, "
                + "b es 2 size=10, b nl 2 size=10, a es 2 size=10, a nl 2 size=10")
        let cell = study.cells[0]
        // A variable of the environment stays a name: its value may be another one elsewhere.
        #expect(cell.words == ["m/b.sh", "es", "1", "${HOME}/x"])
        #expect(cell.environment == ["METHOD": "b", "TARGET": "es", "SEED": "1", "SIZE": "10", "TABLE": "10.vectors"])
        #expect(cell.name == "b-es-1" && cell.folder == "w/size=10" && cell.linesPath == "w/size=10/lines/b-es-1")
        #expect(study.processes == 1 && study.base == "b" && study.gain == nil)
    }

    @Test func settingsTakeThePlaceOfWhatTheFileSays() throws {
        let study = try StudyDefinition(
            text: Self.text, path: "s.yaml", settings: ["target=de", "work=v", "processes=3", "seed=4", "seed=5"])
        #expect(study.values("target") == ["de"] && study.values("seed") == ["4", "5"])
        #expect(study.work == "v" && study.processes == 3)
    }

    @Test(arguments: [
        (
            "axes: {method: [b, a], target: [es, nl], seed: [1, 2], size: [10]}", "axes: {method: [a], target: [es]}",
            "'axes.seed' is missing*"
        ),
        ("size: [10]", "size: [a/b]", "'axes.size' must be a list of different words*"),
        ("size: [10]", "size: [1, 1]", "'axes.size' must be a list of different words*"),
        ("size: [10]", "path: [x]", "'axes.path' must be a list of different words*"),
        ("work: w", "wrok: w", "unknown key 'wrok'; did you mean 'work'?"),
        ("work: w", "processes: 0", "'processes' is '0'; it must be from 1 to 256"),
        ("compare: {base: b}", "gain: {of: a, over: b, measure: d}", "'gain' needs 'measures'*"),
        ("cell: [", "cells: [", "unknown key 'cells'; did you mean 'cell'?"),
    ])
    func whatCannotBeAStudyIsRefused(old: String, new: String, message: String) throws {
        let failure = #expect(throws: Failure.self) {
            try StudyDefinition(text: Self.text.replacing(old, with: new), path: "s.yaml")
        }
        let found = failure?.message ?? ""
        #expect(found.contains(message.split(separator: "*").joined()), "\(found)")
    }

    @Test func unknownSettingsAreRefused() {
        for setting in ["targets=es", "work"] {
            #expect(throws: Failure.self) { try StudyDefinition(text: Self.text, path: "s.yaml", settings: [setting]) }
        }
    }
}
