import NERPipeTesting
import Testing

@testable import Formats

struct ExcludedSentencesTests {
    @Test func linesWithAnExcludedSentenceAreFoundWhateverTheirPunctuation() throws {
        let folder = ScratchFolder()
        let columns = try folder.write(
            "The\tO\ncommittee\tO\nof\tO\nnineteen\tO\nmet\tO\nin\tO\nGeneva\tB-LOC\n.\tO\n\nShort\tO\none\tO\n",
            as: "dev.conll")
        let text = try folder.write("Una frase bastante larga para ser excluida hoy\n", as: "dev.txt")
        let excluded = try ExcludedSentences(paths: [columns, text])
        func contains(_ line: String) -> Bool { Array(line.utf8).withUnsafeBufferPointer(excluded.contains) }
        #expect(excluded.sentenceCount == 3)
        #expect(contains("THE COMMITTEE of nineteen, met in Geneva!"))
        #expect(contains("He wrote: \"the committee of nineteen met in geneva\" and left"))
        #expect(contains("xx una FRASE bastante larga para ser excluida hoy yy"))
        #expect(contains("Short, one."))
        // A short sentence is excluded only as a whole line, a long one only from its beginning.
        #expect(!contains("Short one more"))
        #expect(!contains("committee of nineteen met in Geneva on a rainy day in June"))
        #expect(!contains(""))
    }
}
