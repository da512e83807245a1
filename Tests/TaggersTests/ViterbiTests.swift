import Corpora
import NERPipeTesting
import Taggers
import Testing

@Suite struct ViterbiTests {
    /// The best well-formed path by trying all of them.
    static func bruteForce(_ logits: [Float], _ tags: TagSet, tokenCount: Int) -> [Int] {
        let K = tags.count
        var best: (score: Double, path: [Int]) = (-.infinity, [])
        var path = [Int](repeating: 0, count: tokenCount)
        func visit(_ token: Int, _ score: Double) {
            if token == tokenCount {
                if score > best.score { best = (score, path) }
                return
            }
            for next in 0..<K {
                let isInside = tags.names[next].hasPrefix("I-")
                let type = tags.names[next].dropFirst(2)
                if isInside,
                    token == 0 || tags.names[path[token - 1]].dropFirst(2) != type || tags.names[path[token - 1]] == "O"
                {
                    continue
                }
                path[token] = next
                visit(token + 1, score + Double(logits[token * K + next]))
            }
        }
        visit(0, 0)
        return best.path
    }

    @Test(arguments: 0..<40)
    func findsTheBestPathOfAll(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let tags = TagSet(types: seed.isMultiple(of: 2) ? ["PER", "LOC"] : ["PER"])
        let tokenCount = 1 + seed % 6
        let logits = random.floats(tokenCount * tags.count, in: -3...3)
        var decoder = ViterbiDecoder(tags)
        var labels: [UInt8] = [9]  // appended to, not overwritten
        logits.withUnsafeBufferPointer {
            decoder.decode(tokenCount: tokenCount, logits: $0.baseAddress!, stride: tags.count, into: &labels)
        }
        #expect(labels.first == 9)
        #expect(labels.dropFirst().map(Int.init) == Self.bruteForce(logits, tags, tokenCount: tokenCount))
    }

    @Test func takesTheFirstOfEqualPathsAndSurvivesNaN() {
        let tags = TagSet(types: ["PER"])
        var decoder = ViterbiDecoder(tags)
        var labels: [UInt8] = []
        [Float](repeating: 1, count: 6).withUnsafeBufferPointer {
            decoder.decode(tokenCount: 2, logits: $0.baseAddress!, stride: 3, into: &labels)
        }
        #expect(labels == [0, 0])
        labels = []
        [Float](repeating: .nan, count: 6).withUnsafeBufferPointer {
            decoder.decode(tokenCount: 2, logits: $0.baseAddress!, stride: 3, into: &labels)
        }
        #expect(labels.count == 2 && labels.allSatisfy { $0 < 3 })
        [Float](repeating: 0, count: 3).withUnsafeBufferPointer {
            decoder.decode(tokenCount: 0, logits: $0.baseAddress!, stride: 3, into: &labels)
        }
        #expect(labels.count == 2)
    }

    @Test func taggerDecodesEverySentenceOfItsOwn() throws {
        let configuration = tinyConfiguration()
        let parameters = perturbedParameters(configuration, seed: 51)
        let vectors = TinyVectors(rowCount: 11, dimension: 5, seed: 52)
        var corpus = TinyCorpus(seed: 53)
        let batch = corpus.embedded((0..<120).map { 1 + $0 % 23 })  // more than one piece of the forward pass
        #expect(batch.tokenCount > 1200)
        let tags = TagSet(types: ["PER", "LOC"])
        let tagger = try inference(configuration, parameters, vectors)
        let labels = tagger.tag(batch, tags: tags)
        var decoder = ViterbiDecoder(tags)
        var expected: [UInt8] = []
        for sentence in sentences(of: batch) {
            let logits = tokenLogits(tagger, [sentence]).flatMap { $0 }.map { Float(bitPattern: $0) }
            logits.withUnsafeBufferPointer {
                decoder.decode(tokenCount: sentence.1.count, logits: $0.baseAddress!, stride: 5, into: &expected)
            }
        }
        #expect(labels == expected)
        #expect(Set(labels).count > 1)
    }
}
