import Corpora
import Diagnostics
import Shards

/// From the labels of a program to the tags of a stream: `O`, `B-X`, `I-X`, joined by name.
///
/// What becomes of each kind of answer is written in docs/teacher-protocol.md, "What becomes of an answer"; here it
/// is done.
struct LabelJoin: Sendable {
    /// How much of a hard label goes to all other tags together.
    static let usualSmoothing = 0.1

    /// What a label of the program means.
    private enum Meaning: Equatable {
        case outside
        case begins(Int)
        case continues(Int)
        /// In an entity of a type, and the word before must tell whether it begins there.
        case inside(Int)
    }

    let tags: TagSet
    /// Decides the scores besides the program itself; empty when nothing of it changes them.
    let identity: String
    private let meanings: [Meaning]
    private let smoothing: Float

    /// - Parameters:
    ///   - filter: Which types are renamed, or do not count; what they have goes to `O`. Types that are kept have the
    ///     order in which the filter names them, otherwise that of the program.
    ///   - smoothing: 0 to below 1; for hard labels.
    init(_ hello: ProgramHello, filter: LabelFilter, smoothing: Double, place: String) throws {
        let parsed = try hello.labels.map { try Self.parse($0, hello, place) }
        let own = parsed.compactMap(\.type).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        try filter.require(own, place: place)
        let types = filter.types ?? filter.renamed(own)
        guard !types.isEmpty, types.count <= TagSet.maximumTypeCount else {
            throw Failure.tooManyTypes(place, types.count)
        }
        tags = TagSet(types: types)
        meanings = parsed.map { prefix, type in
            guard let type, let name = filter.name(of: type), let number = types.firstIndex(of: name) else {
                return .outside
            }
            return switch prefix {
            case "B": .begins(number)
            case "I": .continues(number)
            default: .inside(number)
            }
        }
        self.smoothing = Float(smoothing)
        let isHard = hello.answers == .tags
        identity =
            types == own && filter.mapping.renamed.isEmpty && !isHard
            ? ""
            : Digest.hex(Array("\(tags.names) \(hello.labels) \(meanings) \(isHard ? smoothing : 0)".utf8))
    }

    /// Prefix as B, I or nothing, and type, of a label.
    private static func parse(_ label: String, _ hello: ProgramHello, _ place: String) throws
        -> (prefix: String, type: String?)
    {
        guard let scheme = hello.scheme else { return ("", label) }
        if label == "O" { return ("", nil) }
        if scheme == .io, !label.hasPrefix("I-") { return ("", label) }
        let allowed: [String: String] =
            switch scheme {
            case .iob2: ["B": "B", "I": "I"]
            case .iob1: ["B": "B", "I": ""]
            case .io: ["I": ""]
            case .iobes: ["B": "B", "S": "B", "I": "I", "E": "I"]
            case .bilou: ["B": "B", "U": "B", "I": "I", "L": "I"]
            }
        let parts = label.split(separator: "-", maxSplits: 1).map(String.init)
        guard parts.count == 2, let prefix = allowed[parts[0]] else {
            throw Failure.teacherProtocol(
                place,
                "label '\(label)' is neither O nor \(allowed.keys.sorted().map { "\($0)-TYPE" }.joined(separator: ", ")), which scheme \(scheme.rawValue) has"
            )
        }
        return (prefix, parts[1])
    }

    /// The rows of the words of one sentence, `[words, K]`, added to zeros.
    func add(
        _ answer: TeacherAnswer, words: Range<Int>, sentence: Int, to rows: UnsafeMutableBufferPointer<Float>
    ) {
        switch answer.scores {
        case .probabilities(let given):
            let count = meanings.count
            given.withUnsafeBufferPointer { given in
                spread(words, rows) { word, label in given[word * count + label] }
            }
        case .tags(let numbers):
            spread(words, rows) { word, label in numbers[word] == label ? 1 : 0 }
            smooth(words.count, rows)
        case .spans(let spans):
            SpanDistribution.fill(
                spans.lazy.filter { $0.sentence == sentence }.compactMap { span in
                    if case .inside(let type) = meanings[span.label] { (span.words, type, span.score) } else { nil }
                }, wordCount: words.count, labelCount: tags.count, rows)
        }
    }

    @inline(__always)
    private func spread(
        _ words: Range<Int>, _ rows: UnsafeMutableBufferPointer<Float>, _ score: (_ word: Int, _ label: Int) -> Float
    ) {
        let K = tags.count
        for (number, word) in words.enumerated() {
            let row = UnsafeMutableBufferPointer(rebasing: rows[number * K..<number * K + K])
            for (label, meaning) in meanings.enumerated() {
                let value = score(word, label)
                switch meaning {
                case .outside: row[0] += value
                case .begins(let type): row[2 * type + 1] += value
                case .continues(let type): row[2 * type + 2] += value
                case .inside(let type):
                    // As probable as the word before is in such an entity, the two are one.
                    let before =
                        number == 0 ? 0 : rows[(number - 1) * K + 2 * type + 1] + rows[(number - 1) * K + 2 * type + 2]
                    row[2 * type + 2] += value * before
                    row[2 * type + 1] += value * (1 - before)
                }
            }
        }
    }

    /// `1 - smoothing` for what was said, the rest for all other tags alike.
    private func smooth(_ wordCount: Int, _ rows: UnsafeMutableBufferPointer<Float>) {
        let K = tags.count
        let rest = smoothing / Float(K - 1)
        for index in 0..<wordCount * K { rows[index] = rest + rows[index] * (1 - smoothing - rest) }
    }
}

/// Entities with scores as distributions over tags.
enum SpanDistribution {
    /// For every word and tag the highest score of a span that gives the word that tag; for `O` the product of what
    /// the best span of each tag leaves; all divided by their sum.
    ///
    /// One span of score s is `s` for its tag and `1 - s` for `O`; spans that exclude one another share the word by
    /// their scores. A word in no span is `O`.
    static func fill(
        _ spans: some Sequence<(words: Range<Int>, type: Int, score: Float)>, wordCount: Int, labelCount K: Int,
        _ rows: UnsafeMutableBufferPointer<Float>
    ) {
        for span in spans {
            for word in span.words {
                let tag = 2 * span.type + (word == span.words.lowerBound ? 1 : 2)
                rows[word * K + tag] = max(rows[word * K + tag], min(span.score, 1))
            }
        }
        for word in 0..<wordCount {
            let row = UnsafeMutableBufferPointer(rebasing: rows[word * K..<word * K + K])
            var sum: Float = 0
            var outside: Float = 1
            for tag in 1..<K {
                sum += row[tag]
                outside *= 1 - row[tag]
            }
            row[0] = outside
            sum += outside
            for tag in 0..<K { row[tag] /= sum }
        }
    }
}
