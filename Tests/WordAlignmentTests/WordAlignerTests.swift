import Glibc
import NERPipeTesting
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
        var aligner = WordAligner(.init(), wordCount: 24)
        try aligner.train(reader) { _ in }
        let forward = plain(pairs, uniform: 1 / 24)
        let backward = plain(pairs.map { ($0.target, $0.source) }, uniform: 1 / 24)
        for (key, probability) in forward.table {
            let slot = aligner.table.find(
                TranslationTable.key(key[0], key[1]), from: aligner.table.home(TranslationTable.key(key[0], key[1])))
            let entry = aligner.table.entries[Int(slot)]
            #expect(abs(Double(entry.probabilities[0]) - probability) < 1e-4)
            #expect(abs(Double(entry.probabilities[1]) - (backward.table[[key[1], key[0]]] ?? -1)) < 1e-4)
        }
        let lines = try reader.lines(0)
        let links = aligner.link(lines)
        var agreements = 0
        for line in pairs.indices {
            let expected = pairs[line].target.indices.map { j -> UInt16 in
                guard let i = forward.links[line][j], backward.links[line][i] == j else { return EncodedLines.noLink }
                return UInt16(i)
            }
            if Array(links[lines.targetRange(line)]) == expected { agreements += 1 }
        }
        // Repeated words tie, and the last bit decides between them: everything else must agree.
        #expect(agreements >= pairs.count - 2)
    }

    @Test func translationsAreFound() throws {
        let folder = ScratchFolder()
        let reader = try corpus(randomPairs(400), in: folder)
        var aligner = WordAligner(.init(), wordCount: 24)
        try aligner.train(reader) { _ in }
        let lines = try reader.lines(0)
        let links = aligner.link(lines)
        var right = 0, wrong = 0
        for line in 0..<lines.lineCount {
            for token in lines.targetRange(line) where links[token] != EncodedLines.noLink {
                let source = lines.source[lines.sourceRange(line).lowerBound + Int(links[token])]
                if source + 12 == lines.target[token] { right += 1 } else { wrong += 1 }
            }
        }
        #expect(right > 1000 && wrong * 50 < right, "\(right) right, \(wrong) wrong links")
    }

    @Test func aFullTableRefusesAndCounts() throws {
        let table = TranslationTable(maximumSlotCount: 1 << 10)
        for pair in 0..<2000 as Range<UInt32> { table.insert(TranslationTable.key(pair, pair + 1)) }
        #expect(table.usedCount == 716 && table.refusedCount == 2000 - 716)
        table.seal(probability: 0.5)
        let key = TranslationTable.key(5, 6)
        #expect(table.find(key, from: table.home(key)) != TranslationTable.noSlot)
        let absent = TranslationTable.key(1999, 2000)
        #expect(table.find(absent, from: table.home(absent)) == TranslationTable.noSlot)
    }
}
