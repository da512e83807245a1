import Glibc
import NERPipeTesting
import Testing
import WordAlignment

struct SymmetrizationTests {
    private func links(_ way: Symmetrization, _ sourceOfTarget: [Int?], _ targetOfSource: [Int?]) -> [[Int]] {
        way.links(DirectedLinks(sourceOfTarget: sourceOfTarget, targetOfSource: targetOfSource)).map {
            [$0.source, $0.target]
        }
    }

    @Test func theIntersectionIsWhatBothDirectionsFind() {
        #expect(links(.intersection, [0, 1, 1, nil, 3], [0, 1, 3, nil]) == [[0, 0], [1, 1]])
        #expect(links(.intersection, [nil, nil], [nil]) == [])
        #expect(links(.intersection, [], []) == [])
    }

    /// Worked by hand after the pseudo-code of Koehn's thesis and Moses.
    @Test func growingReachesNeighboursAndThenWordsWithoutLinks() {
        // (1,2) lies beside (1,1), (2,3) diagonally behind it, (3,4) behind that.
        #expect(
            links(.growDiagFinalAnd, [0, 1, 1, nil, 3], [0, 1, 3, nil]) == [
                [0, 0], [1, 1], [1, 2], [2, 3], [3, 4],
            ])
        // (1,0) is a neighbour; (2,2) and (3,3) are found by one direction each, and link words without links.
        #expect(links(.growDiagFinalAnd, [0, nil, 2, nil], [0, 0, nil, 3]) == [[0, 0], [1, 0], [2, 2], [3, 3]])
        // (0,3) is no neighbour, and word 0 has a link already.
        #expect(links(.growDiagFinalAnd, [0, nil, nil, 0], [0]) == [[0, 0]])
    }

    /// "das haus" the house, "das buch" the book, "ein buch" a book. In the first pass all words are equally probable, so
    /// of what a word counts its neighbour in place gets 1/(1+e^-2) = 0.880797 and the other one 0.119203, after the
    /// empty word's share, which is the same for all. "das" counts "the" twice, "house" and "book" once each: p(the|das) is
    /// 0.880797, p(book|das) 0.119203/2. The numbers of five passes are from a script written after the definition.
    @Test(arguments: [(1, 0.880797, 0.119203, 0.059601), (5, 0.999997, 3.9e-5, 1e-6)])
    func probabilitiesAreThoseWorkedByHand(passes: Int, das: Double, haus: Double, dasBook: Double) throws {
        let folder = ScratchFolder()
        // das haus buch ein | the house book a
        let pairs: [([UInt32], [UInt32])] = [([0, 1], [4, 5]), ([0, 2], [4, 6]), ([3, 2], [7, 6])]
        var writer = try EncodedCorpus.Writer(path: "\(folder.path)/p.zst")
        for (source, target) in pairs {
            try writer.append(
                languages: [0, 1], areEntries: false, source: source, sourceMarks: [[], []], target: target,
                targetMarks: [[], []])
        }
        try writer.finish()
        let reader = try EncodedCorpus.Reader(paths: ["\(folder.path)/p.zst"], wordCount: 8, languageCount: 2)
        var settings = WordAligner.Settings()
        settings.iterations = passes
        let aligner = try WordAligner(
            settings, reader, wordCount: 8, beside: folder.path, isForOtherLines: true)
        var forward: [[UInt32]: Double] = [:]
        aligner.forEachPair { forward[[$0.source, $0.target]] = Double($0.forward) }
        func probability(_ source: UInt32, _ target: UInt32) -> Double { forward[[source, target]] ?? -1 }
        #expect(abs(probability(0, 4) - das) < 2e-6)
        #expect(abs(probability(1, 4) - haus) < 2e-6)
        #expect(abs(probability(0, 6) - dasBook) < 2e-6)
        let lines = try reader.lines(0)
        for directed in aligner.directedLinks(lines) {
            #expect(directed == DirectedLinks(sourceOfTarget: [0, 1], targetOfSource: [0, 1]))
            #expect(
                Symmetrization.intersection.links(directed) == [
                    .init(source: 0, target: 0), .init(source: 1, target: 1),
                ])
        }
    }
}
