import Shards
import WordAlignment

/// What the count of words leaves for later steps, by language.
struct CorpusDescription: Codable {
    var tokenCounts: [UInt64]
    var followed: [UInt64]
    var followedByCased: [UInt64]
}

/// Counts words and what surrounds them, in one pass over the inputs.
struct WordCounter {
    let vocabulary: Vocabulary
    private let inputs: [TrainingInput]
    private let languages: [[UInt16]]
    /// By language: tokens with a next token, and those whose next token has a capital.
    private var followed: [UInt64]
    private var followedByCased: [UInt64]
    /// By language: tokens in text.
    private(set) var tokenCounts: [UInt64]
    private var numbers: [[Int]] = [[], []]

    init(_ inputs: [TrainingInput], languages codes: [String], wordLimit: Int) {
        let vocabulary = Vocabulary(limit: wordLimit)
        for code in codes { _ = vocabulary.languageNumber(code) }
        self.vocabulary = vocabulary
        self.inputs = inputs
        languages = inputs.map { $0.languages.map(vocabulary.languageNumber) }
        followed = Array(repeating: 0, count: codes.count)
        followedByCased = followed
        tokenCounts = followed
    }

    var description: CorpusDescription {
        CorpusDescription(tokenCounts: tokenCounts, followed: followed, followedByCased: followedByCased)
    }

    mutating func count(_ line: CorpusLine) {
        let input = inputs[line.input]
        vocabulary.forgetRareWords()
        number(line.source, languages[line.input][0], into: 0)
        if input.kind != .text { number(line.target, languages[line.input][1], into: 1) }
        // An entry counts twice: a word that only a dictionary knows is not noise.
        let weight: UInt32 = input.kind == .dictionary ? 2 : 1
        for side in numbers.indices where side == 0 || input.kind != .text {
            let tokens = side == 0 ? line.source : line.target
            for word in numbers[side] { vocabulary.withCounts(word) { $0.occurrences += weight } }
            if input.kind == .dictionary { continue }
            let language = Int(languages[line.input][side])
            tokenCounts[language] += UInt64(tokens.count)
            countCase(tokens, numbers[side], language)
        }
        if input.kind == .parallel { countIdentity(line) }
    }

    private mutating func number(_ tokens: TokenLine, _ language: UInt16, into side: Int) {
        numbers[side].removeAll(keepingCapacity: true)
        tokens.forms.withUnsafeBufferPointer { forms in
            for token in 0..<tokens.count {
                numbers[side].append(
                    vocabulary.number(of: .init(rebasing: forms[tokens.range(token)]), language: language))
            }
        }
    }

    private mutating func countCase(_ tokens: TokenLine, _ numbers: [Int], _ language: Int) {
        var place = 0
        for token in numbers.indices {
            let marks = tokens.marks[token]
            place = marks.contains(.sentenceStart) ? 0 : place + 1
            let hasNext = token + 1 < numbers.count && !tokens.marks[token + 1].contains(.sentenceStart)
            let nextIsCased = hasNext && tokens.marks[token + 1].isCased
            let previousIsCased = place >= 2 && tokens.marks[token - 1].isCased
            if hasNext {
                followed[language] += 1
                if nextIsCased { followedByCased[language] += 1 }
            }
            vocabulary.withCounts(numbers[token]) { counts in
                counts.inText += 1
                if marks.contains(.tellsCase) {
                    counts.tellsCase += 1
                    if marks.contains(.capitalized) { counts.capitalized += 1 }
                    if marks.contains(.upper) { counts.upper += 1 }
                }
                if hasNext { counts.hasNext += 1 }
                if nextIsCased { counts.nextIsCased += 1 }
                if place >= 2 { counts.hasPrevious += 1 }
                if previousIsCased { counts.previousIsCased += 1 }
            }
        }
    }

    /// Every distinct word of three letters or more counts once per line.
    private func countIdentity(_ line: CorpusLine) {
        let forms = [Self.hashes(line.source), Self.hashes(line.target)]
        for side in 0..<2 {
            var seen: Set<UInt64> = []
            for (token, hash) in forms[side].tokens {
                guard seen.insert(hash).inserted else { continue }
                let isIdentical = forms[1 - side].all.contains(hash)
                vocabulary.withCounts(numbers[side][token]) { counts in
                    counts.parallelLines += 1
                    if isIdentical { counts.identicalLines += 1 }
                }
            }
        }
    }

    private static func hashes(_ tokens: TokenLine) -> (tokens: [(Int, UInt64)], all: Set<UInt64>) {
        let hashes = tokens.forms.withUnsafeBytes { forms in
            (0..<tokens.count).filter { tokens.marks[$0].contains(.isLong) }
                .map { ($0, Digest.xxh3(.init(rebasing: forms[tokens.range($0)]))) }
        }
        return (hashes, Set(hashes.map(\.1)))
    }
}
