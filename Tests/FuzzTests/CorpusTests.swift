import Foundation
import FuzzTargets
import Testing

/// What the fuzzer found worth keeping (tools/fuzz/corpus), run again without it: each parser still takes all of it.
@Suite struct CorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../tools/fuzz/corpus").standardizedFileURL

    @Test(arguments: FuzzTarget.allCases)
    func everyInputIsTakenOrRefused(_ target: FuzzTarget) throws {
        let folder = Self.corpus.appendingPathComponent(target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 10, "\(folder.path) holds \(files.count) files")
        for file in files { try target.run(Array(Data(contentsOf: file))) }
    }
}
