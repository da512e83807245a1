import ProgramTesting
import Testing

/// Tables whose rows belong to languages.
struct TableLanguageTests {
    private func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        let outcome = try await folder.nerpipe("vectors import xx=v.vec yy=other.vec -o two.vectors")
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }

    @Test func textOfNoLanguageAndOfAnotherOneIsRefused() async throws {
        let folder = try await folder()
        let refusal =
            "the language of the text is not given, and two.vectors has rows of certain languages (xx yy); name it with --lang"
        let outcome = try await folder.shell("nerpipe tokenize text.txt | nerpipe embed --vectors two.vectors -o e.zst")
        #expect(outcome.status == 64 && outcome.errors.contains(refusal), "\(outcome.errors)")
        #expect(!folder.exists("e.zst"))
        try await folder.expectFailure("train train.conll --vectors two.vectors -o model", 64, refusal)
        let other = try await folder.shell(
            "nerpipe tokenize --lang zz text.txt | nerpipe embed --vectors two.vectors -o e.zst")
        #expect(other.status == 64 && other.errors.contains("no rows of language 'zz'"), "\(other.errors)")
    }

    @Test func aModelIsEvaluatedInTheLanguageOfTheText() async throws {
        let folder = try await folder()
        let options = Fixture.network.joined(separator: " ")
        let trained = try await folder.nerpipe(
            "train train.conll --vectors two.vectors --lang xx --epochs 1 -o model \(options)")
        try #require(trained.status == 0, "\(trained.errors)")
        let own = try await folder.nerpipe("evaluate --model model gold.conll")
        #expect(own.status == 0 && own.errors.contains("taken to be 'xx'"), "\(own.errors)")
        #expect(try await folder.nerpipe("evaluate --model model --lang yy gold.conll").status == 0)
    }
}
