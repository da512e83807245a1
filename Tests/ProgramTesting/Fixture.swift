package import Testing

/// Files that most tests begin with, made once and copied for each test.
///
/// `v.vec v.vectors other.vectors train.conll gold.conll text.txt other.txt tokens.zst embedded.zst scored.zst teacher/
/// student/`
package enum Fixture {
    private static let made = Task { try await make() }

    /// Options of a network that is trained in no time.
    package static let network = ["--width", "16", "--convolutions", "1", "--feature-buckets", "64"]

    package static func folder() async throws -> ScratchFolder { try ScratchFolder(copying: try await made.value) }

    private static func make() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        var corpus = TinyCorpus(seed: 3)
        try folder.write("v.vec", corpus.vectorText)
        try folder.write("other.vec", TinyCorpus(seed: 4).vectorText)
        try folder.write("train.conll", corpus.columns(sentences: 80, isTarget: false))
        try folder.write("gold.conll", corpus.columns(sentences: 40, isTarget: true))
        try folder.write("text.txt", corpus.text(sentences: 60))
        try folder.write("other.txt", corpus.text(sentences: 20))
        let size = network.joined(separator: " ")
        let outcome = try await Program.shell(
            """
            set -e
            nerpipe vectors import v.vec -o v.vectors
            nerpipe vectors import other.vec -o other.vectors
            nerpipe train train.conll --vectors v.vectors --lang xx --epochs 4 --batch-tokens 60 -o teacher \(size)
            nerpipe tokenize --lang yy --block-bytes 1000 text.txt -o tokens.zst
            nerpipe embed --vectors v.vectors tokens.zst -o embedded.zst
            nerpipe score --teacher teacher embedded.zst -o scored.zst
            nerpipe update scored.zst -o student --epochs 2 --batch-tokens 60 \(size)
            """, in: folder)
        try #require(outcome.status == 0, "the fixture could not be made: \(outcome.errors)")
        return folder
    }
}

extension ScratchFolder {
    /// Runs nerpipe here. Words are separated by spaces.
    package func nerpipe(_ arguments: String, input: String? = nil) async throws -> Outcome {
        try await Program.run(
            arguments.split(separator: " ").map(String.init), in: self,
            input: input.map { .file("\(path)/\($0)") } ?? .nothing)
    }

    /// Runs a script of bash here.
    package func shell(_ script: String) async throws -> Outcome { try await Program.shell(script, in: self) }

    /// Runs what must fail, and checks that it says exactly this and leaves nothing behind.
    ///
    /// - Parameter message: What stands on standard error after `nerpipe: `; `*` stands for any digits, letters and
    ///   spaces of one line.
    package func expectFailure(
        _ arguments: String, _ status: Int32, _ message: String, input: String? = nil, leaving: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = listing()
        let outcome = try await nerpipe(arguments, input: input)
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(
            Pattern("nerpipe: \(message)\n").matches(outcome.errors),
            "found: \(outcome.errors)expected: nerpipe: \(message)", sourceLocation: sourceLocation)
        #expect(
            listing().filter { !before.contains($0) } == leaving, "files left behind", sourceLocation: sourceLocation)
    }

    package func expectSuccess(
        _ arguments: String, input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    )
        async throws -> Outcome
    {
        let outcome = try await nerpipe(arguments, input: input)
        #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
        return outcome
    }
}

/// Text in which `*` stands for anything on the same line.
package struct Pattern {
    private let parts: [Substring]

    package init(_ text: String) { parts = text.split(separator: "*", omittingEmptySubsequences: false) }

    package func matches(_ text: String) -> Bool {
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else { return false }
        guard parts.count > 1 else { return text == first }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part), !rest[..<range.lowerBound].contains("\n") else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last) && !rest.dropLast(last.count).contains("\n")
    }
}
