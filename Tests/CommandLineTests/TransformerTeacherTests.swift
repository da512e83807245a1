import Foundation
import ProgramTesting
import Testing

/// `score --teacher FOLDER` with a folder as Hugging Face transformers writes it: a tiny random network that
/// `tools/reference/transformer_logits.py` made, and a small vocabulary of WordPiece.
@Suite struct TransformerTeacherTests {
    private static let network = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../TransformersTests/Fixtures/bert").standardizedFileURL

    static func folder(tokenizer: String = tokenizer(pieceCount: 41)) async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/transformer", withIntermediateDirectories: true)
        for name in ["config.json", "model.safetensors"] {
            try Data(contentsOf: network.appending(path: name))
                .write(to: URL(filePath: "\(folder.path)/transformer/\(name)"))
        }
        try folder.write("transformer/tokenizer.json", tokenizer)
        return folder
    }

    /// Single letters, at the start of a word and within.
    private static func tokenizer(pieceCount: Int) -> String {
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        let pieces = ["[UNK]", "[CLS]", "[SEP]"] + letters + letters.map { "##\($0)" }
        let vocabulary = pieces.prefix(pieceCount).enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
        return """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                            "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
             "decoder": null,
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100, "vocab": {\(vocabulary)}}}
            """
    }

    @Test func scoresAStreamTheSameForAnyNumberOfJobs() async throws {
        let folder = try await Self.folder()
        for jobs in [1, 3] {
            let made = try await folder.shell(
                "nerpipe score --teacher transformer -j \(jobs) embedded.zst -o hf-\(jobs).zst")
            try #require(made.status == 0, "\(made.errors)")
        }
        #expect(try folder.read("hf-1.zst") == folder.read("hf-3.zst"))
        let header = try await folder.shell("nerpipe shard info hf-1.zst")
        #expect(header.text.contains("B-LOC"), "\(header.text)")
        // 8 bits are another teacher, of nearly the same opinion.
        let reduced = try await folder.shell(
            "nerpipe score --teacher transformer --precision reduced embedded.zst -o reduced.zst")
        #expect(reduced.status == 0, "\(reduced.errors)")
        #expect(try folder.read("hf-1.zst") != folder.read("reduced.zst"))
        let learnt = try await folder.shell("nerpipe update --epochs 1 hf-1.zst -o pupil -q")
        #expect(learnt.status == 0, "\(learnt.errors)")
    }

    /// Kept scores are those of the teacher, and nobody is asked for them again: the weights may be gone.
    @Test func scoresAreKept() async throws {
        let folder = try await Self.folder()
        let kept = "nerpipe score --teacher transformer --teacher-cache kept -j 2 embedded.zst"
        let plain = try await folder.shell("nerpipe score --teacher transformer embedded.zst -o plain.zst")
        try #require(plain.status == 0, "\(plain.errors)")
        for name in ["first.zst", "second.zst"] {
            let found = try await folder.shell("\(kept) -o \(name)")
            #expect(found.status == 0, "\(found.errors)")
            #expect(try folder.read(name) == folder.read("plain.zst"))
        }
        let files = try await folder.shell("find kept -name '*.zst'").text.split(separator: "\n")
        #expect(!files.isEmpty)
        // Damaged ones are scored again; whole ones are believed.
        try folder.write(String(files[0]), "no scores")
        let mended = try await folder.shell("\(kept) -o third.zst")
        #expect(mended.status == 0 && mended.errors.contains("scored again"), "\(mended.errors)")
        #expect(try folder.read("third.zst") == folder.read("plain.zst"))
    }

    /// The transformer as it is, against gold labels: what its own scores give, and an ensemble with itself is itself.
    @Test func aTransformerIsEvaluated() async throws {
        let folder = try await Self.folder()
        try folder.write("gold.conll", "anna\tB-PER\nin\tO\nlima\tB-LOC\n\nbo\tB-PER\n")
        let once = try await folder.shell("nerpipe evaluate --model transformer --bootstrap 0 gold.conll")
        #expect(
            once.status == 0 && once.text.contains("processed 4 tokens with 3 phrases"), "\(once.errors)\(once.text)")
        let twice = try await folder.shell(
            "nerpipe evaluate --model transformer --model transformer --bootstrap 0 gold.conll")
        #expect(twice.text == once.text, "\(twice.errors)")
    }

    /// Decomposed words are those that they look like: `tokenizers` alone would not find the piece, or lose marks.
    @Test func wordsAreComposed() async throws {
        let tokenizer = Self.tokenizer(pieceCount: 41).replacingOccurrences(of: "##e", with: "##\u{E9}")
            .replacingOccurrences(of: "\"strip_accents\": null", with: "\"strip_accents\": false")
        let folder = try await Self.folder(tokenizer: tokenizer)
        var scores: [String] = []
        for (number, word) in ["cab\u{E9}", "cabe\u{301}", "cabx"].enumerated() {
            try folder.write("\(number).txt", "a \(word) b\n")
            let made = try await folder.shell(
                "nerpipe tokenize --lang yy \(number).txt | nerpipe embed --vectors v.vectors | "
                    + "nerpipe score --teacher transformer | nerpipe shard cat -")
            try #require(made.status == 0, "\(made.errors)")
            let rows = try #require(made.text.split(separator: "\"probabilities\":").last?.split(separator: "]]").first)
            scores.append(String(rows))
        }
        #expect(scores[0] == scores[1] && scores[0] != scores[2])
    }

    @Test func whatDoesNotFitIsSaid() async throws {
        let folder = try await Self.folder(tokenizer: Self.tokenizer(pieceCount: 55))
        let other = try await folder.shell("nerpipe score --teacher transformer embedded.zst -o hf.zst")
        #expect(other.status == 65)
        #expect(other.errors.contains("the tokenizer has 55 pieces, the weights only 41"), "\(other.errors)")
        try folder.write("transformer/tokenizer.json", "{}")
        let empty = try await folder.shell("nerpipe score --teacher transformer embedded.zst -o hf.zst")
        #expect(empty.status == 65 && empty.errors.contains("tokenizer.json"), "\(empty.errors)")
        try FileManager.default.removeItem(atPath: "\(folder.path)/transformer/model.safetensors")
        let missing = try await folder.shell("nerpipe score --teacher transformer embedded.zst -o hf.zst")
        #expect(missing.status == 66 && missing.errors.contains("model.safetensors"), "\(missing.errors)")
        #expect(!folder.exists("hf.zst"))
    }
}
