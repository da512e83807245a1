import Testing
import Tokenization

struct CliticSplitterTests {
    @Test(arguments: [
        ("en", "Clinton's", "Clinton|'s"), ("en", "don’t", "do|n’t"), ("en", "WE'LL", "WE|'LL"), ("en", "'s", "'s"),
        ("en", "cats", "cats"), ("fr", "l'Espagne", "l'|Espagne"), ("fr", "aujourd’hui", "aujourd’|hui"),
        ("fr", "l'", "l'"), ("sw", "ng'ombe", "ng'ombe"), ("de", "geht's", "geht's"),
    ])
    func cliticsAreCutAsCorporaCutThem(language: String, token: String, expected: String) {
        let bytes = Array(token.utf8)
        let cut = bytes.withUnsafeBufferPointer { CliticSplitter(language: language).cut($0) }
        let parts = cut.map { [bytes[..<$0], bytes[$0...]] } ?? [bytes[...]]
        #expect(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|") == expected)
    }
}
