import Glibc
import NERPipeTesting
import Streams
import Testing

@testable import WordAlignment

struct WordAlignerTests {
    /// Sentence pairs in which word `k` (0..<12) is translated by `12 + k`, with a few words moved, dropped or added.
    private func randomPairs(_ count: Int) -> [(source: [UInt32], target: [UInt32])] {
        var random = SeededGenerator(seed: 3)
        return (0..<count).map { _ in
            let words = (0..<Int.random(in: 1...7, using: &random)).map { _ in UInt32.random(in: 0..<12, using: &random)
            }
            var translations = words.filter { _ in Int.random(in: 0..<10, using: &random) > 0 }.map { $0 + 12 }
            if Bool.random(using: &random) { translations.shuffle(using: &random) }
            return (words, translations.isEmpty ? [13] : translations)
        }
    }

    private func corpus(_ pairs: [(source: [UInt32], target: [UInt32])], in folder: ScratchFolder) throws
        -> EncodedCorpus.Reader
    {
        let path = "\(folder.path)/pairs.zst"
        var writer = try EncodedCorpus.Writer(path: path)
        for pair in pairs {
            try writer.append(
                languages: [0, 1], areEntries: false, source: pair.source,
                sourceMarks: pair.source.map { _ in [] }, target: pair.target, targetMarks: pair.target.map { _ in [] })
        }
        try writer.finish()
        return try EncodedCorpus.Reader(paths: [path], wordCount: 24, languageCount: 2)
    }

    /// p(target | source) after EM, by the definition, in doubles and dictionaries; and the best source of each target.
    private func plain(_ pairs: [(source: [UInt32], target: [UInt32])], uniform: Double) -> (
        table: [[UInt32]: Double], links: [[Int?]]
    ) {
        var table: [[UInt32]: Double] = [:], null: [UInt32: Double] = [:]
        func scores(_ pair: (source: [UInt32], target: [UInt32]), _ j: Int) -> (each: [Double], null: Double) {
            let place = Double(j + 1) / Double(pair.target.count)
            let priors = pair.source.indices.map { (i: Int) -> Double in
                exp(-4 * abs(Double(i + 1) / Double(pair.source.count) - place))
            }
            let total = priors.reduce(0, +)
            return (
                pair.source.indices.map {
                    (table[[pair.source[$0], pair.target[j]]] ?? uniform) * priors[$0] / total * 0.92
                }, 0.08 * (null[pair.target[j]] ?? uniform)
            )
        }
        for _ in 0..<5 {
            var counts: [[UInt32]: Double] = [:], nullCounts: [UInt32: Double] = [:]
            for pair in pairs {
                for j in pair.target.indices {
                    let (each, none) = scores(pair, j)
                    let total = each.reduce(none, +)
                    for i in pair.source.indices {
                        counts[[pair.source[i], pair.target[j]], default: 0] += each[i] / total
                    }
                    nullCounts[pair.target[j], default: 0] += none / total
                }
            }
            var sums: [UInt32: Double] = [:]
            for (key, count) in counts { sums[key[0], default: 0] += count }
            for (key, count) in counts { table[key] = count / (sums[key[0]] ?? 1) }
            let nullSum = nullCounts.values.reduce(0, +)
            null = nullCounts.mapValues { $0 / nullSum }
        }
        let links = pairs.map { pair in
            pair.target.indices.map { j -> Int? in
                let (each, none) = scores(pair, j)
                let best = each.indices.max { each[$0] < each[$1] } ?? 0
                return each[best] < none ? nil : each.firstIndex(of: each[best])
            }
        }
        return (table, links)
    }

    @Test func probabilitiesAndLinksAreThoseOfThePlainImplementation() throws {
        let folder = ScratchFolder()
        let pairs = randomPairs(80)
        let reader = try corpus(pairs, in: folder)
        let aligner = try WordAligner(.init(), reader, wordCount: 24, beside: folder.path)
        let forward = plain(pairs, uniform: 1 / 24)
        let backward = plain(pairs.map { ($0.target, $0.source) }, uniform: 1 / 24)
        var pairCount = 0
        aligner.forEachPair { pair in
            pairCount += 1
            let (source, target) = (pair.source, pair.target)
            #expect(abs(Double(pair.forward) - (forward.table[[source, target]] ?? -1)) < 1e-4)
            #expect(abs(Double(pair.backward) - (backward.table[[target, source]] ?? -1)) < 1e-4)
        }
        #expect(pairCount == forward.table.count)
        let lines = try linked(aligner)
        var agreements = 0
        for line in pairs.indices {
            let expected = pairs[line].target.indices.map { j -> UInt16 in
                guard let i = forward.links[line][j], backward.links[line][i] == j else { return EncodedLines.noLink }
                return UInt16(i)
            }
            if Array(lines.links[lines.targetRange(line)]) == expected { agreements += 1 }
        }
        // Repeated words tie, and the last bit decides between them: everything else must agree.
        #expect(agreements >= pairs.count - 2)
    }

    @Test func translationsAreFound() throws {
        let folder = ScratchFolder()
        let reader = try corpus(randomPairs(400), in: folder)
        let lines = try linked(WordAligner(.init(), reader, wordCount: 24, beside: folder.path))
        var right = 0, wrong = 0
        for line in 0..<lines.lineCount {
            for token in lines.targetRange(line) where lines.links[token] != EncodedLines.noLink {
                let source = lines.source[lines.sourceRange(line).lowerBound + Int(lines.links[token])]
                if source + 12 == lines.target[token] { right += 1 } else { wrong += 1 }
            }
        }
        #expect(right > 1000 && wrong * 50 < right, "\(right) right, \(wrong) wrong links")
    }

    /// The only block.
    private func linked(_ aligner: WordAligner) throws -> EncodedLines {
        var blocks: [EncodedLines] = []
        try aligner.forEachLinkedBlock { blocks.append($0) }
        return try #require(blocks.count == 1 ? blocks.first : nil)
    }

    /// Many blocks, words on both sides, lines without words, lines of one word and of very many.
    @Test(arguments: [1, 2, 3]) func linksAreTheSameForAnyNumberOfThreads(count: Int) throws {
        let folder = ScratchFolder()
        var random = SeededGenerator(seed: 4)
        let lengths = [0, 1, 5, 20, 120]
        let pairs = (0..<2000).map { _ in
            (0..<2).map { _ in
                (0..<(lengths.randomElement(using: &random) ?? 0)).map { _ in UInt32.random(in: 0..<24, using: &random)
                }
            }
        }
        let reader = try corpus(pairs.map { ($0[0], $0[1]) }, in: folder)
        #expect(reader.blockCount > 3)
        let threads = ComputeThreads(count: count)
        defer { threads.stop() }
        let plain = try WordAligner(.init(), reader, wordCount: 24, beside: folder.path, isForOtherLines: true)
        let shared = try WordAligner(.init(), reader, wordCount: 24, beside: folder.path, threads: threads)
        var expected: [[UInt16]] = [], links: [[UInt16]] = []
        try plain.forEachLinkedBlock { expected.append($0.links) }
        try shared.forEachLinkedBlock { links.append($0.links) }
        #expect(links == expected)
        #expect(links.joined().contains { $0 != EncodedLines.noLink })
        for block in 0..<reader.blockCount {
            let directed = try plain.directedLinks(reader.lines(block))
            let looked = directed.flatMap { line -> [UInt16] in
                let intersection = Symmetrization.intersection.links(line)
                return line.sourceOfTarget.indices.map { j in
                    intersection.first { $0.target == j }.map { UInt16($0.source) } ?? EncodedLines.noLink
                }
            }
            #expect(looked == expected[block])
        }
    }

    @Test func aFullTableRefusesAndCounts() {
        let index = PairIndex(maximumSlotCount: 1 << 10)
        var numbers = [UInt32](repeating: 0, count: 1)
        func number(
            _ pair: UInt32,
            _ body: (PairIndex) -> (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>, PairIndex.Cells) -> Void
        ) -> UInt32 {
            withUnsafePointer(to: pair) { source in
                withUnsafePointer(to: pair + 1) { target in
                    numbers.withUnsafeMutableBufferPointer { numbers in
                        if let cells = numbers.baseAddress {
                            body(index)(.init(start: source, count: 1), .init(start: target, count: 1), cells)
                        }
                    }
                }
            }
            return numbers[0]
        }
        let given = (0..<2000).map { number($0, PairIndex.insert) }
        #expect(given == (1...716) + [UInt32](repeating: 0, count: 2000 - 716))
        #expect(index.count == 716 && index.refusedCount == 2000 - 716)
        #expect(number(5, PairIndex.find) == 6 && number(5, PairIndex.insert) == 6 && number(1999, PairIndex.find) == 0)
        var pairs: [Int: UInt32] = [:]
        index.forEach { number, source, _ in pairs[number] = source }
        #expect(pairs == Dictionary(uniqueKeysWithValues: (0..<716).map { ($0 + 1, UInt32($0)) }))
    }
}
