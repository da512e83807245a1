import Diagnostics
import Testing

@testable import Subwords

/// What a tokenizer.json must not do.
struct HostileTokenizerTests {
    private func message(_ json: String) -> String? {
        do {
            _ = try makeTokenizer(json)
            return nil
        } catch {
            return (error as? Failure)?.message
        }
    }

    private static let model = "\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0.0],[\"a\",-1]]}"

    @Test(arguments: [
        ("", "byte 0: the text ends where a value should be"),
        ("{", "a key is missing"),
        ("[]", "the file should be an object"),
        ("{}", "the file has no \"model\""),
        ("{\(model)} x", "there is more after the end of the object"),
        ("{\(model),\"other\":1}", "the file has \"other\", which is not known here"),
        ("{\(model),\(model)}", "the file has \"model\" twice"),
        ("{\"model\":{\"type\":\"BPE\"}}", "\"BPE\", which is not among the models that are done here"),
        (
            "{\"model\":{\"type\":\"Unigram\",\"unk_id\":2,\"vocab\":[[\"a\",0]]}}",
            "model.unk_id should be a whole number from 0 to 0"
        ),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":null,\"vocab\":[[\"a\",0]]}}", "model has no \"unk_id\""),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\",NaN]]}}", "no JSON value"),
        (
            "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\",1e999]]}}",
            "piece 0 should be a pair of a string and a finite"
        ),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\",0],[\"b\"]]}}", "piece 1 should be a pair"),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[]}}", "model.vocab is empty"),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"\\ud800\",0]]}}", "half a surrogate pair"),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"\\x\",0]]}}", "no such escape"),
        ("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\",01]]}}", "no JSON value"),
        (
            "{\(model),\"normalizer\":{\"type\":\"Nmt\"}}",
            "normalizer.type is \"Nmt\", which is not among the normalizers"
        ),
        ("{\(model),\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"?\"}}", "is no base64"),
        (
            "{\(model),\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAEAAA==\"}}",
            "announces an array of 256 bytes in 4"
        ),
        (
            "{\(model),\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"x+\"},\"content\":\"\"}}",
            "is a regular expression"
        ),
        (
            "{\(model),\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}",
            "\"ByteLevel\", which is not among the pre-tokenizers"
        ),
        ("{\(model),\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"ab\"}}", "should be one character"),
        (
            "{\(model),\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"x\",1],\"cls\":[\"a\",1]}}",
            "is no token of this file"
        ),
        (
            "{\(model),\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"a\",0],\"cls\":[\"a\",1]}}",
            "is not the number of its token, which is 1"
        ),
        (
            "{\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":100,\"vocab\":{\"u\":5}}}",
            "has ids that are not 0 to 0, each once"
        ),
        (
            "{\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"x\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":100,\"vocab\":{\"u\":0}}}",
            "model.unk_token is no piece"
        ),
    ])
    func isRefusedWithItsPlace(json: String, part: String) {
        let found = message(json)
        #expect(found?.hasPrefix("t.json: byte ") == true && found?.contains(part) == true, "\(found ?? "accepted")")
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(message(deep)?.contains("nested more than 64 deep") == true)
    }

    @Test func addedTokensHaveTheirOwnNumbers() {
        func token(_ id: Int, _ content: String) -> String {
            "{\"id\":\(id),\"content\":\"\(content)\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":true}"
        }
        #expect(message("{\(Self.model),\"added_tokens\":[\(token(2, "new"))]}") == nil)
        #expect(message("{\(Self.model),\"added_tokens\":[\(token(1, "new"))]}")?.contains("that of a piece") == true)
        #expect(
            message("{\(Self.model),\"added_tokens\":[\(token(2, "a"))]}")?.contains("is piece 1 of the model") == true)
        #expect(
            message("{\(Self.model),\"added_tokens\":[\(token(2, "x")),\(token(2, "y"))]}")?.contains("an earlier one")
                == true)
    }

    /// A small file that is cut, or has a changed byte, is read or refused.
    @Test func damagedFilesAreReadOrRefused() throws {
        let more =
            ",\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"\(Self.map)\"},\"pre_tokenizer\":{\"type\":\"Whitespace\"}"
        let file = Array("{\(Self.model)\(more)}".utf8)
        _ = try makeTokenizer(file)
        for length in stride(from: 0, to: file.count, by: 7) {
            #expect(throws: Failure.self) { try makeTokenizer(Array(file[..<length])) }
        }
        for position in stride(from: 0, to: file.count, by: 3) {
            for byte: UInt8 in [0x22, 0x39, 0x7B, 0xFF] {
                var damaged = file
                damaged[position] = byte
                do {
                    let tokenizer = try makeTokenizer(damaged)
                    _ = pieces(tokenizer, "ab \u{301}ﬁ\u{FFFF}".utf8)
                } catch is Failure {}
            }
        }
    }

    /// A map of "b" to "x": unit 0 leads by 1 to 0x63 (0x1 ^ 0x62), whose value is at 0x62.
    private static let map: String = {
        var units = [UInt32](repeating: 0, count: 256)
        units[0] = 1 << 10
        units[0x63] = 1 << 10 | 0x100 | 0x62
        units[0x62] = 1 << 31
        var bytes: [UInt8] = [0, 4, 0, 0]
        for unit in units {
            for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: unit >> shift)) }
        }
        return base64(bytes + [0x78, 0])
    }()

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 { text.append(index <= group.count ? digits[value >> (18 - 6 * index) & 63] : "=") }
        }
        return text
    }

    @Test func aSmallMapMaps() throws {
        let tokenizer = try unigram(
            [("<unk>", 0), ("a", -1), ("x", -1)],
            more: ",\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"\(Self.map)\"}")
        #expect(pieces(tokenizer, "ab".utf8) == [[1, 0, 1], [2, 1, 2]])
        // The rule of clusters: what is shorter than six bytes and begins with a key is replaced as a whole.
        #expect(pieces(tokenizer, "b\u{301}a".utf8) == [[2, 0, 1], [1, 3, 4]])
    }
}
