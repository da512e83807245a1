import Diagnostics
import Shards

/// Cuts words into the pieces that a transformer knows, as the Python package `tokenizers` does from the same
/// `tokenizer.json` with `encode(words, is_pretokenized=True)`: each word is by itself.
///
/// Everything is read from the file. What it asks for and is not done here is refused by its name when it is read;
/// `truncation`, `padding` and `decoder` concern whole sentences and are left to the caller.
package struct SubwordTokenizer: Sendable {
    /// Ids are below this; no vocabulary comes near.
    package static let maximumVocabulary = 1 << 24

    private let model: SubwordModel
    private let normalizer: [NormalizerStep]
    private let splitter: [SplitStep]
    /// Tokens that are looked for in the text as it is, and in the normalized text.
    private let literalTokens: AddedTokens
    private let normalizedTokens: AddedTokens
    package let specials: SubwordSpecials
    /// How many ids there are: one more than the greatest.
    package let vocabularySize: Int

    /// Reads a `tokenizer.json`.
    package init(path: String) throws {
        let file = try MappedFile(path: path)
        try self.init(file.bytes.bindMemory(to: UInt8.self), path: path)
        withExtendedLifetime(file) {}
    }

    /// - Parameter path: For messages.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, path: String) throws {
        let file = JSONValue(root: try JSONTape(bytes, path: path))
        try file.requireOnly([
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
            "decoder",
            "model",
        ])
        let model = try SubwordModel(file.member("model"))
        self.model = model
        normalizer = try NormalizerReader.steps(file.optional("normalizer"))
        splitter = try SplitStep.steps(file.optional("pre_tokenizer"))
        let added = try AddedTokenEntry.read(file.optional("added_tokens"))
        try Self.check(added, model)
        literalTokens = AddedTokens(added.filter { !$0.isNormalized }.map(\.token))
        normalizedTokens = AddedTokens(Self.normalized(added, normalizer))
        vocabularySize = added.reduce(model.count) { max($0, Int($1.token.id) + 1) }
        func id(_ token: [UInt8]) -> Int? {
            added.last { $0.token.content == token }.map { Int($0.token.id) } ?? model.trie.value(of: token)
        }
        let (begin, end) = try SubwordSpecialsReader.surroundings(file.optional("post_processor"), id: id)
        specials = SubwordSpecials(
            begin: begin, end: end, unknown: model.unknown,
            padding: try SubwordSpecialsReader.padding(file.optional("padding"), id: id))
    }

    /// Each has the id that the model gives it, or one that is nobody's.
    private static func check(_ added: [AddedTokenEntry], _ model: SubwordModel) throws {
        var owners: [UInt32: [UInt8]] = [:]
        for entry in added {
            let token = entry.token
            if let known = model.trie.value(of: token.content) {
                guard known == Int(token.id) else {
                    throw entry.value.failure("has id \(token.id), but its content is piece \(known) of the model")
                }
            } else if Int(token.id) < model.count {
                throw entry.value.failure("has id \(token.id), which is that of a piece of the model")
            }
            guard owners.updateValue(token.content, forKey: token.id) == nil else {
                throw entry.value.failure("has id \(token.id), which an earlier one has")
            }
        }
    }

    private static func normalized(_ added: [AddedTokenEntry], _ steps: [NormalizerStep]) -> [AddedTokens.Token] {
        added.filter(\.isNormalized).compactMap { entry in
            var token = entry.token
            var text = WordText(), work = NormalizerStep.Workspace()
            token.content.withUnsafeBufferPointer { text.load($0, 0..<$0.count) }
            for step in steps { step.apply(to: &text, &work) }
            token.content = text.bytes
            return token.content.isEmpty ? nil : token
        }
    }

    /// Cuts a word. Its pieces are then in the workspace: none for a word that is empty, or of which nothing is left
    /// when it is normalized.
    ///
    /// - Parameter word: UTF-8; a byte that begins no well-formed sequence counts as U+FFFD.
    package func encode(_ word: UnsafeBufferPointer<UInt8>, using workspace: inout SubwordWorkspace) {
        workspace.pieces.removeAll(keepingCapacity: true)
        if literalTokens.cannotOccur(in: word) {
            encodeText(word, 0..<word.count, &workspace)
        } else {
            literalTokens.split(word) { range, token in
                if let token {
                    workspace.pieces.append(
                        SubwordPiece(id: token, start: UInt32(range.lowerBound), end: UInt32(range.upperBound)))
                } else {
                    encodeText(word, range, &workspace)
                }
            }
        }
    }

    private func encodeText(
        _ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ workspace: inout SubwordWorkspace
    ) {
        workspace.text.load(word, range)
        for step in normalizer { step.apply(to: &workspace.text, &workspace.work) }
        let start = UInt32(range.lowerBound)
        if normalizedTokens.isEmpty
            || workspace.text.bytes.withUnsafeBufferPointer({ normalizedTokens.cannotOccur(in: $0) })
        {
            encodeNormalized(start, &workspace)
            return
        }
        let text = workspace.text
        text.bytes.withUnsafeBufferPointer { bytes in
            normalizedTokens.split(bytes) { part, token in
                let first = text.starts[part.lowerBound]
                if let token {
                    workspace.pieces.append(SubwordPiece(id: token, start: first, end: text.ends[part.upperBound - 1]))
                } else {
                    workspace.text.load(text, part)
                    encodeNormalized(part.lowerBound == 0 && part.upperBound == text.count ? start : first, &workspace)
                }
            }
        }
    }

    private func encodeNormalized(_ start: UInt32, _ workspace: inout SubwordWorkspace) {
        guard workspace.text.count > 0 else { return }
        workspace.parts.removeAll(keepingCapacity: true)
        workspace.parts.append(SplitStep.Part(range: 0..<workspace.text.count, start: start))
        for step in splitter { step.apply(to: &workspace.text, &workspace.parts) }
        for part in workspace.parts {
            model.encode(workspace.text, part.range, &workspace.cells, into: &workspace.pieces)
        }
    }
}

/// Where one thread cuts words, one after the other; memory that is kept.
package struct SubwordWorkspace {
    /// Those of the last word.
    package fileprivate(set) var pieces: [SubwordPiece] = []
    fileprivate var text = WordText()
    fileprivate var parts: [SplitStep.Part] = []
    fileprivate var cells: [UnigramModel.Cell] = []
    fileprivate var work = NormalizerStep.Workspace()

    package init() {}
}
