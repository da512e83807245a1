import Corpora
import Diagnostics
import FoundationEssentials
import Shards

/// The first line that we write: who we are, and which wires we can read. docs/teacher-protocol.md has it in words.
struct Greeting: Codable, Equatable {
    static let protocolName = "nerpipe-teacher"
    static let currentVersion = 1

    var `protocol` = protocolName
    var version = currentVersion
    var wires: [TeacherWire]
    /// Of the text, as far as it is known.
    var languages: [String] = []

    func encoded() throws -> [UInt8] { try JSON.encode(self) + [UInt8(ascii: "\n")] }
}

/// What a program says of itself, in its first line.
package struct ProgramHello: Codable, Equatable, Sendable {
    /// What stands in its answers.
    package enum Answers: String, Codable, Sendable {
        /// A distribution over the labels for every word.
        case probabilities
        /// A label for every word.
        case tags
        /// Entities with scores; ``labels`` are then types.
        case spans
    }

    /// How labels say where entities begin and end.
    package enum Scheme: String, Codable, Sendable {
        case iob2 = "IOB2"
        case iob1 = "IOB1"
        case io = "IO"
        case iobes = "IOBES"
        case bilou = "BILOU"
    }

    package var `protocol`: String
    package var version: Int
    package var wire: TeacherWire
    /// For messages.
    package var name: String?
    /// Identity of all that decides the scores: weights, pooling, windows.
    package var digest: String
    package var answers: Answers
    package var labels: [String]
    /// nil for spans, which have none.
    package var scheme: Scheme?
    /// How sub-words become words; for people.
    package var pooling: String?
    /// Languages it was made for; nil: any, or not known. For people.
    package var languages: [String]?
    /// Words that it can read in one sentence; nil: any number.
    package var longestSentence: Int?
    /// Words that it likes to have in one question.
    package var batchWords: Int?
    /// Questions that it may be sent before it has answered the first.
    package var inFlight: Int?

    enum CodingKeys: String, CodingKey {
        case `protocol`, version, wire, name, digest, answers, labels, scheme, pooling, languages
        case longestSentence = "longest_sentence"
        case batchWords = "batch_words"
        case inFlight = "in_flight"
    }

    package init(wire: TeacherWire, name: String, digest: String, answers: Answers, labels: [String], scheme: Scheme?) {
        `protocol` = Greeting.protocolName
        version = Greeting.currentVersion
        (self.wire, self.name, self.digest) = (wire, name, digest)
        (self.answers, self.labels, self.scheme) = (answers, labels, scheme)
    }

    static let usualBatchWords = 1024
    static let usualInFlight = 4
    static let maximumLabelCount = 4096

    /// Reads the first line of a program, and refuses what cannot be meant.
    ///
    /// - Parameter place: The program, for messages.
    package init(_ line: [UInt8], offered: [TeacherWire], place: String) throws {
        struct Version: Decodable { var `protocol`: String, version: Int }
        guard let version = try? JSON.decode(Version.self, from: line), version.protocol == Greeting.protocolName else {
            throw Failure.teacherProtocol(
                place,
                "the first line on its standard output is no hello (JSON with \"protocol\":\"\(Greeting.protocolName)\"); does anything else write there?"
            )
        }
        guard version.version == Greeting.currentVersion else {
            throw Failure.teacherProtocol(
                place,
                "it speaks version \(version.version) of the protocol, this nerpipe version \(Greeting.currentVersion)")
        }
        if let key = JSONForm(line).repeatedKey {
            throw Failure.teacherProtocol(place, "its hello has the key \(key) twice")
        }
        do { self = try JSON.decode(ProgramHello.self, from: line) } catch {
            throw Failure.teacherProtocol(place, "its hello cannot be understood: \(Self.reason(error))")
        }
        if let problem = problem(offered) { throw Failure.teacherProtocol(place, "its hello: \(problem)") }
    }

    /// Key and kind of what JSON lacks, without the data.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a value that it cannot have"
        default: "it is no JSON"
        }
    }

    private func problem(_ offered: [TeacherWire]) -> String? {
        let characters = digest.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-._:".utf8.contains($0)
        }
        let counts = [longestSentence, batchWords, inFlight].compactMap { $0 }
        let text = labels + (languages ?? []) + [name ?? "", pooling ?? ""]
        return if !offered.contains(wire) {
            "wire \(wire.rawValue) was not offered (\(offered.map(\.rawValue).joined(separator: ", ")))"
        } else if !characters || !(8...128).contains(digest.utf8.count) {
            "digest must be 8 to 128 letters, digits, '-', '.', '_' and ':'"
        } else if labels.isEmpty || labels.count > Self.maximumLabelCount || Set(labels).count != labels.count
            || labels.contains("")
        {
            "labels must be 1 to \(Self.maximumLabelCount) names, each once"
        } else if (answers == .spans) != (scheme == nil) {
            answers == .spans ? "spans have no scheme" : "scheme is missing"
        } else if counts.contains(where: { !(1...1 << 24).contains($0) }) || (inFlight ?? 1) > 256
            || (batchWords ?? 1) > 1 << 18
        {
            "longest_sentence, batch_words (up to 262144) and in_flight (up to 256) must be at least 1"
        } else if text.contains(where: { $0.utf8.count > 1000 }) {
            "a name has more than 1000 bytes"
        } else {
            nil
        }
    }

    func encoded() throws -> [UInt8] { try JSON.encode(self) + [UInt8(ascii: "\n")] }

    /// Under which its answers are kept: all that decides them.
    package var identity: String {
        let parts = [
            digest, answers.rawValue, scheme?.rawValue ?? "", pooling ?? "", longestSentence.map { "\($0)" } ?? "",
            "\(batchWords ?? Self.usualBatchWords)",
        ]
        return Digest.hex(Array((parts + labels).joined(separator: "\0").utf8))
    }

    /// One line for people.
    package var described: String {
        "\(name ?? "a program"), digest \(digest), \(answers.rawValue) of \(labels.joined(separator: " "))"
            + (scheme.map { " (\($0.rawValue))" } ?? "") + (pooling.map { ", pooling \($0)" } ?? "")
            + (languages.map { ", languages \($0.joined(separator: " "))" } ?? "")
            + (longestSentence.map { ", sentences of at most \($0) words" } ?? "")
    }
}
