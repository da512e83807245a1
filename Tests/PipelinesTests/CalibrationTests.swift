import Foundation
import NERPipeTesting
import Shards
import Testing

@testable import Pipelines

/// Temperatures at which scores are what they say.
struct CalibrationTests {
    /// Scores of logits that are `scale` times too large are put right by a temperature of about that.
    @Test(arguments: [Float(0.5), 1, 2, 4])
    func overconfidenceIsUndone(_ scale: Float) throws {
        var fit = CalibrationFit()
        for number in 0..<4000 {
            // True logits from -3 to 3, and as many right ones as they say.
            let logit = Float(number % 61) / 10 - 3
            let truth = 1 / (1 + exp(-logit))
            let isRight = Float((number * 7919) % 4000) / 4000 < truth
            fit.add(sentence: number / 3, isRight: isRight) { 1 / (1 + exp(-logit * scale / $0)) }
        }
        #expect(abs(fit.temperature / scale - 1) < 0.15, "\(fit.temperature)")
        let before = try #require(fit.diagrams.before.calibrationError)
        let after = try #require(fit.diagrams.after.calibrationError)
        #expect(after < 0.03, "\(after)")
        if scale != 1 { #expect(after < before) }
    }

    @Test func errorsAreMeansOverTheEntities() {
        let bins = [ReliabilityBin(count: 3, score: 0.5, right: 1), ReliabilityBin(count: 1, score: 0.75, right: 0.5)]
        #expect(bins.calibrationError == 0.4375)
        #expect(bins.overconfidence == -0.3125)
        #expect([ReliabilityBin]().calibrationError == nil)
    }

    @Test func diagramsAreReadAsTheyWereWritten() throws {
        let folder = ScratchFolder()
        let path = folder["a.reliability"]
        let file = ReliabilityFile(
            own: [.init(count: 3, score: 0.1 + 0.2, right: 1 / 3)], fitted: [.init(count: 3, score: 0.25, right: 1 / 3)]
        )
        try file.write(to: path)
        #expect(try ReliabilityFile(path: path) == file)
        try ReliabilityFile(own: [], fitted: []).write(to: path, OutputRule(replaces: true))
        #expect(try ReliabilityFile(path: path) == ReliabilityFile(own: [], fitted: []))
    }

    @Test(arguments: [
        ("", "no diagram"), ("a\tb\n", "no diagram"), ("own\t0\t0.5\t0.5\n", "a number of entities"),
        ("other\t1\t0.5\t0.5\n", "not 'own' or 'fitted'"), ("own\t1\t1.5\t0.5\n", "from 0 to 1"),
        ("own\t1\tnan\t0.5\n", "column 3 is not a number"), ("own\t1\t0.5\t0.5\n", "1 entities with own scores and 0"),
        (String(repeating: "own\t1\t0.5\t0.5\n", count: 16), "a number of entities"), ("own\t1\n", "2 fields"),
    ])
    func damagedDiagramsAreRefused(_ lines: String, _ message: String) throws {
        let folder = ScratchFolder()
        let head = lines.isEmpty || lines.hasPrefix("a") ? "" : "scores\tentities\tmean score\tshare right\n"
        let path = try folder.write(head + lines, as: "a.reliability")
        #expect { try ReliabilityFile(path: path) } throws: { "\($0)".contains(message) }
    }
}
