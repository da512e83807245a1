import NERPipeTesting
import Shards
import Testing

/// The articles of the documentation say what is done to add something: their code is that of files that are built.
@Suite struct CatalogueTests {
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    @Test(arguments: ["AddALoss", "AddAFormat", "AddAStage", "AddATeacher"])
    func codeOfAnArticleIsTheFileThatItNames(_ article: String) throws {
        let path = "\(Self.root)/Sources/Pipelines/Pipelines.docc/\(article).md"
        let text = String(decoding: try Directory.contents(of: path), as: UTF8.self)
        let example = try #require(text.firstMatch(of: /<!-- (\S+) -->\n```swift\n((?:.|\n)*?\n)```\n/))
        let file = String(decoding: try Directory.contents(of: "\(Self.root)/\(example.1)"), as: UTF8.self)
        #expect(example.2 == file, "\(article).md shows another \(example.1) than there is; copy the file into it")
    }
}
