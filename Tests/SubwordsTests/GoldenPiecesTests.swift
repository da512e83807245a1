import Foundation
import Subwords
import Testing

/// Pieces that the Python package `tokenizers` 0.23.3 made (tools/reference/subword_tokenizers.sh golden).
struct GoldenPiecesTests {
    static let files: [String] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path
        return (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }) ?? []
    }()

    @Test func thereAreAllKinds() { #expect(Self.files.count == 26) }

    @Test(arguments: files)
    func piecesAndPlacesAreThoseOfTheReference(file: String) throws {
        let data = try Data(contentsOf: URL(filePath: file))
        let golden = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let json = try JSONSerialization.data(withJSONObject: try #require(golden["tokenizer"]))
        let tokenizer = try makeTokenizer(Array(json))
        let cases = try #require(golden["cases"] as? [[Any]])
        #expect(cases.count > 50)
        for item in cases {
            let word = try #require(item[0] as? String)
            let expected = try #require(item[1] as? [[Int]])
            let found = pieces(tokenizer, word.utf8)
            #expect(found == expected, "\(word.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }
}
