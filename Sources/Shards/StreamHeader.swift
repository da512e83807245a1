import Diagnostics
import FoundationEssentials

/// The vector table that the row numbers of a stream point into.
package struct TableReference: Codable, Equatable, Sendable {
    /// Where the table was when the stream was made; a hint, not part of the identity.
    package var path: String
    package var digest: String
    package var dimension: Int

    package init(path: String, digest: String, dimension: Int) {
        self.path = path
        self.digest = digest
        self.dimension = dimension
    }
}

/// What follows in a stream, as the JSON payload of its first block; keys are sorted so that equal headers are equal
/// bytes.
package struct StreamHeader: Codable, Equatable, Sendable {
    /// What the data blocks carry; each kind up to `scored` has all columns of the one before it. Runs keep the last five
    /// in their folders: a state to continue from, text as numbers of words, the words, translations of words, and what a program answered.
    package enum Kind: String, Codable, Sendable {
        case tokens, embedded, scored, labelled
        case checkpoint, encoded, vocabulary, dictionary, answer

        /// Whether the blocks are batches of sentences, which every command for streams can read.
        package var holdsSentences: Bool { [.tokens, .embedded, .scored, .labelled].contains(self) }
    }

    package static let currentVersion = 1

    package var kind: Kind
    package var version = currentVersion
    /// Program and version that wrote it.
    package var producer: String
    /// Language code of the text: as the user gave it until it is embedded, then as the vector table has it, so that equal
    /// streams have equal headers. `und` when nobody said; several are joined by `+`.
    package var language: String
    /// Which tokenizer made the tokens; `given` when the input was tokenized already.
    package var tokenizer: String
    package var table: TableReference?
    /// Names of the hashed features of each token, in the order of the column.
    package var features: [String]?
    /// Names of the numbers beside each token's row, in order.
    package var numbers: [String]?
    /// Tag names, in the order of the probabilities.
    package var labels: [String]?
    /// Digests of the teachers' weights.
    package var teachers: [String]?
    /// How much each of several teachers has to say.
    package var teacherWeights: [Double]?
    /// How many teachers vote on each token's label; nil when there is one.
    package var votes: Int?
    /// What `select` made of the scores, one entry for each rule in order; nil when nothing was done.
    package var selection: [String]?
    /// Which documents `sample` kept, one entry for each time; nil: all.
    package var samples: [String]?

    package init(kind: Kind, producer: String, language: String, tokenizer: String) {
        self.kind = kind
        self.producer = producer
        self.language = language
        self.tokenizer = tokenizer
    }

    /// The languages of the text that are known.
    package var languages: [String] { language.split(separator: "+").map(String.init).filter { $0 != "und" } }

    /// Of a file that a run keeps for itself.
    package static func ofWork(_ kind: Kind) -> StreamHeader {
        StreamHeader(kind: kind, producer: "nerpipe", language: "mul", tokenizer: "")
    }

    package func encoded() throws -> [UInt8] { try JSON.encode(self) }

    package init(_ payload: [UInt8], place: String) throws {
        // The version is looked at first: the rest of a newer header may look different.
        struct Version: Decodable { var version: Int }
        guard let version = try? JSON.decode(Version.self, from: payload).version else {
            throw Failure.damagedHeader(place, "of the stream is not readable")
        }
        guard version == Self.currentVersion else {
            throw Failure.otherVersion(of: "stream format", found: version, read: Self.currentVersion, place: place)
        }
        do {
            self = try JSON.decode(StreamHeader.self, from: payload)
        } catch {
            throw Failure.damagedHeader(place, "of the stream is incomplete")
        }
        guard votes.map({ (2...255).contains($0) }) ?? true else {
            throw Failure.damagedHeader(place, "names a number of voting teachers that there cannot be")
        }
    }

    /// Names the first thing in which two headers differ, as `what: this against that`; nil when they fit together.
    package func difference(from other: StreamHeader) -> String? {
        let pairs: [(String, String?, String?)] = [
            ("kind", kind.rawValue, other.kind.rawValue),
            ("language", language, other.language),
            ("tokenizer", tokenizer, other.tokenizer),
            ("vector table", table?.digest, other.table?.digest),
            ("features", features?.joined(separator: ","), other.features?.joined(separator: ",")),
            ("numbers", numbers?.joined(separator: ","), other.numbers?.joined(separator: ",")),
            ("labels", labels?.joined(separator: ","), other.labels?.joined(separator: ",")),
            ("teachers", teachers?.joined(separator: ","), other.teachers?.joined(separator: ",")),
            ("weights of the teachers", Self.text(teacherWeights), Self.text(other.teacherWeights)),
            ("votes", votes.map { "\($0)" }, other.votes.map { "\($0)" }),
            ("samples", samples?.joined(separator: "; "), other.samples?.joined(separator: "; ")),
            ("selection", selection?.joined(separator: "; "), other.selection?.joined(separator: "; ")),
        ]
        guard let (name, mine, theirs) = pairs.first(where: { $0.1 != $0.2 }) else { return nil }
        return "\(name): \(mine ?? "none") against \(theirs ?? "none")"
    }

    private static func text(_ weights: [Double]?) -> String? {
        weights.map { $0.map { "\($0)" }.joined(separator: ",") }
    }

    /// Refuses a stream of another kind than a stage needs.
    package func require(_ kinds: Kind..., from place: String, by stage: String) throws {
        try require(kinds, from: place, by: stage)
    }

    package func require(_ kinds: [Kind], from place: String, by stage: String) throws {
        guard kinds.contains(kind) else {
            let hints: [Kind: String] = [
                .tokens: "make it with 'nerpipe tokenize'", .embedded: "put 'nerpipe embed' before it",
                .scored: "put 'nerpipe score' before it",
            ]
            throw Failure.wrongKind(kind, wanted: kinds, by: stage, hint: kinds.first.flatMap { hints[$0] }, place)
        }
    }
}

/// The last block of a stream, by which a reader knows that nothing is missing.
package struct StreamEnd: Codable, Equatable, Sendable {
    package var blocks: Int
    package var counts: BlockCounts
    /// XXH3-128 over the payload hashes of the header and all data blocks.
    package var digest: String
}

/// JSON as nerpipe stores it: sorted keys, no white space, slashes as they are.
package enum JSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The same for files that people read: indented, with a final newline.
    package static func encodePretty(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
