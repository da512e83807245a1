/// Which question is sent next, and what becomes of those that were with a program that died. A value without input,
/// output or clock.
///
/// Whoever dies has at most ``limit`` questions in its hands, and one of them may be the cause. They become suspects,
/// and are asked again one at a time, while nothing else is with the program. One that is alone with it when it dies
/// again is the cause: it is cut in two, and each half is a suspect, until a single sentence is left. That is asked
/// once more, since programs die of other things too, and is given up after that.
struct QuestionQueue<Asker> {
    /// Some sentences of a question of an asker.
    struct Item {
        var asker: Asker
        /// Number among the asker's questions.
        var question: Int
        var sentences: Range<Int>
        fileprivate var deaths = 0

        init(_ asker: Asker, question: Int, sentences: Range<Int>) {
            (self.asker, self.question, self.sentences) = (asker, question, sentences)
        }
    }

    /// A sentence is given up when the program died so often with nothing else in its hands.
    static var deathsOfSentence: Int { 2 }

    /// Questions that the program may have at the same time.
    var limit: Int
    private var waiting: [Item] = []
    private var suspects: [Item] = []
    private var flying: [UInt64: Item] = [:]
    private var lastNumber: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var isIdle: Bool { waiting.isEmpty && suspects.isEmpty && flying.isEmpty }
    var isFlying: Bool { !flying.isEmpty }
    /// All that nobody has answered.
    var open: [Item] { waiting + suspects + flying.values }

    mutating func append(_ item: Item) { waiting.append(item) }

    /// What to send now, with the number that it gets; nil: wait for an answer.
    mutating func next() -> (number: UInt64, item: Item)? {
        let item: Item
        if !suspects.isEmpty || isAlone {
            guard flying.isEmpty, !suspects.isEmpty else { return nil }
            item = suspects.removeFirst()
            isAlone = true
        } else {
            guard !waiting.isEmpty, flying.count < limit else { return nil }
            item = waiting.removeFirst()
        }
        lastNumber += 1
        flying[lastNumber] = item
        return (lastNumber, item)
    }

    /// Whether what is with the program is a suspect.
    private var isAlone = false

    /// Who asked what was answered; nil: nobody did.
    mutating func take(_ number: UInt64) -> Item? {
        let item = flying.removeValue(forKey: number)
        if flying.isEmpty { isAlone = false }
        return item
    }

    /// The program is dead: what it had is asked again.
    ///
    /// - Returns: A sentence that is given up.
    mutating func programDied() -> Item? {
        var items = flying.sorted { $0.key < $1.key }.map(\.value)
        flying = [:]
        isAlone = false
        guard items.count == 1 else {
            suspects.insert(contentsOf: items, at: 0)
            return nil
        }
        let range = items[0].sentences
        if range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            items = [range.lowerBound..<middle, middle..<range.upperBound].map {
                Item(items[0].asker, question: items[0].question, sentences: $0)
            }
        } else {
            items[0].deaths += 1
            if items[0].deaths >= Self.deathsOfSentence { return items[0] }
        }
        suspects.insert(contentsOf: items, at: 0)
        return nil
    }
}

extension QuestionQueue: Sendable where Asker: Sendable {}
extension QuestionQueue.Item: Sendable where Asker: Sendable {}
