import Testing

@testable import Subwords

struct SubwordTokenizerTests {
    @Test func surroundingsAndPaddingAreRead() throws {
        let more = """
            ,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},\
            {"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[],\
            "special_tokens":{"<s>":{"id":"<s>","ids":[2],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[3],"tokens":["</s>"]}}}
            """
        let tokenizer = try unigram([("<unk>", 0), ("<pad>", 0), ("<s>", 0), ("</s>", 0), ("a", -1)], more: more)
        #expect(tokenizer.specials == SubwordSpecials(begin: [2], end: [3], unknown: 0, padding: 1))
        #expect(tokenizer.vocabularySize == 5)
    }

    @Test func unknownTextIsOnePieceAndEmptyWordsHaveNone() throws {
        let tokenizer = try unigram([("<unk>", 0), ("a", -1)])
        #expect(pieces(tokenizer, "xyza".utf8) == [[0, 0, 3], [1, 3, 4]])
        #expect(pieces(tokenizer, "".utf8).isEmpty)
    }

    @Test func ofEqualPiecesTheLastCounts() throws {
        #expect(pieces(try unigram([("<unk>", 0), ("a", -9), ("a", -1)]), "a".utf8) == [[2, 0, 1]])
    }

    /// A byte that begins no well-formed sequence counts as U+FFFD, in its place.
    @Test func badBytesAreReplacementCharacters() throws {
        let tokenizer = try unigram([("<unk>", 0), ("\u{FFFD}", -1), ("a", -1)])
        #expect(pieces(tokenizer, [0x61, 0xFF, 0x61]) == [[2, 0, 1], [1, 1, 2], [2, 2, 3]])
    }

    @Test func unknownTextIsWrittenInBytesWhereTheFileSaysSo() throws {
        let bytes = (0..<256).map {
            "[\"<0x\(String($0, radix: 16, uppercase: true).count == 1 ? "0" : "")\(String($0, radix: 16, uppercase: true))>\",-5]"
        }
        let tokenizer = try makeTokenizer(
            "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":true,\"vocab\":[[\"<unk>\",0],\(bytes.joined(separator: ","))]}}"
        )
        #expect(pieces(tokenizer, "é".utf8) == [[0xC3 + 1, 0, 2], [0xA9 + 1, 0, 2]])
    }

    /// Time is linear in the length of a word, also where marks must be sorted.
    @Test func longWordsArePossible() throws {
        let tokenizer = try unigram([("<unk>", 0), ("a", -1)], more: ",\"normalizer\":{\"type\":\"NFC\"}")
        let word = "a" + String(repeating: "\u{301}\u{323}", count: 20_000)
        #expect(pieces(tokenizer, word.utf8).first?[0] == 0)
    }
}
