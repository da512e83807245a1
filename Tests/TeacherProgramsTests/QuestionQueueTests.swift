import Testing

@testable import TeacherPrograms

/// What is sent when, and what becomes of it when the program dies.
struct QuestionQueueTests {
    private typealias Queue = QuestionQueue<Int>

    private static func queue(limit: Int, sentences: [Int]) -> Queue {
        var queue = Queue(limit: limit)
        for (asker, count) in sentences.enumerated() {
            queue.append(.init(asker, question: 0, sentences: 0..<count))
        }
        return queue
    }

    @Test func theProgramHasAsManyQuestionsAsItCanTake() {
        var queue = Self.queue(limit: 2, sentences: [1, 1, 1])
        #expect(queue.next()?.number == 1)
        #expect(queue.next()?.number == 2)
        #expect(queue.next() == nil)
        #expect(queue.take(2)?.asker == 1)
        #expect(queue.take(2) == nil, "answered twice")
        #expect(queue.take(9) == nil, "never asked")
        #expect(queue.next()?.number == 3)
        #expect(queue.take(1)?.asker == 0 && queue.take(3)?.asker == 2)
        #expect(queue.isIdle)
    }

    /// A program that dies whenever some sentences are with it: exactly these are given up, all others are answered once.
    @Test(arguments: [[], [(2, 7)], [(0, 0)], [(1, 3), (1, 4)], [(3, 0), (0, 9)]] as [[(Int, Int)]], [1, 3, 8])
    func exactlyThePoisonIsGivenUp(_ poison: [(Int, Int)], _ limit: Int) {
        var queue = Self.queue(limit: limit, sentences: [10, 1, 8, 5].map { $0 + (poison.isEmpty ? 0 : 5) })
        var flying: [(number: UInt64, item: Queue.Item)] = []
        var answered: [String] = [], lost: [String] = [], deaths = 0
        func isDeadly(_ item: Queue.Item) -> Bool {
            poison.contains { $0.0 == item.asker && item.sentences.contains($0.1) }
        }
        while !queue.isIdle {
            while let next = queue.next() { flying.append(next) }
            #expect(!flying.isEmpty && flying.count <= limit)
            if flying.contains(where: { isDeadly($0.item) }) {
                deaths += 1
                flying = []
                if let item = queue.programDied() { lost += item.sentences.map { "\(item.asker).\($0)" } }
            } else {
                let last = flying.removeLast()
                let item = queue.take(last.number)
                #expect(item?.sentences == last.item.sentences)
                answered += last.item.sentences.map { "\(last.item.asker).\($0)" }
            }
            #expect(deaths < 100)
        }
        #expect(lost.sorted() == poison.map { "\($0.0).\($0.1)" }.sorted())
        #expect(Set(answered).count == answered.count)
        #expect(answered.count + lost.count == 24 + (poison.isEmpty ? 0 : 20))
    }

    /// One death of another cause costs no sentence.
    @Test func aSentenceIsAskedOnceMore() {
        var queue = Self.queue(limit: 4, sentences: [1])
        #expect(queue.next() != nil)
        #expect(queue.programDied() == nil)
        #expect(queue.next() != nil)
        #expect(queue.programDied()?.asker == 0)
        #expect(queue.isIdle)
    }
}
