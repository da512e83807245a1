import Glibc
import Kernels
import Locks
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
        let table = PairTable(maximumSlotCount: 1 << 10)
        let given = (0..<2000).map { table.insert($0, $0 + 1) }
        #expect(given == (0..<716).map(Optional.init) + [UInt32?](repeating: nil, count: 2000 - 716))
        #expect(table.count == 716 && table.refusedCount == 2000 - 716)
        #expect(table.find(5, 6) == 5 && table.insert(5, 6) == 5 && table.find(1999, 2000) == nil)
        var pairs: [Int: UInt32] = [:]
        table.forEach { number, source, _ in pairs[number] = source }
        #expect(pairs == Dictionary(uniqueKeysWithValues: (0..<716).map { ($0, UInt32($0)) }))
    }

    @Test func pairsHaveTheSameNumbersForAnyNumberOfThreads() {
        var random = SeededGenerator(seed: 5)
        var lines = EncodedLines()
        for _ in 0..<500 {
            lines.source += (0..<Int.random(in: 0...9, using: &random)).map { _ in .random(in: 0..<5000, using: &random)
            }
            lines.target += (0..<Int.random(in: 0...9, using: &random)).map { _ in .random(in: 0..<5000, using: &random)
            }
            lines.sourceEnds.append(UInt32(lines.source.count))
            lines.targetEnds.append(UInt32(lines.target.count))
        }
        var all: [[UInt32]] = []
        for count in 1...4 {
            let threads = ComputeThreads(count: count)
            defer { threads.stop() }
            let index = PairIndex(maximumSlotCount: 1 << 20)
            let block = PairedLines(lines)
            threads.run(PairIndex.tableCount) { table, _ in index.insert(block, table: table) }
            let cells = block.cells, again = index.find(lines).cells
            all.append((0..<cells.count).map { cells.pointer[$0] })
            #expect((0..<again.count).map { again.pointer[$0] } == all[count - 1])
            #expect(all[count - 1] == all[0])
            let met = Locked<Set<Int>>([])
            index.forEach(threads) { number, _, _ in met.withLock { _ = $0.insert(number) } }
            let numbers = met.withLock { $0 }
            #expect(numbers == Set(all[0].map(Int.init)) && numbers.count == index.counts.reduce(0, +))
            #expect(numbers == Set((0..<index.end).filter { PairIndex.isNumber($0, index.counts) }))
        }
        #expect(!all[0].contains(0))
    }
}
