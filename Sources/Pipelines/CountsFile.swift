import Corpora
import Diagnostics
package import Evaluation
package import Shards

/// What every sentence of an evaluation counts, in a file: the unit that comparisons draw.
///
/// Lines `sentence TAB correct TAB predicted TAB gold`, sentences from 1, under a header of these names and the digest of
/// the gold data. Where it was looked at which entities were learnt from, three more numbers of each line are of those
/// alone, and their names stand before the digest: `seen correct TAB seen predicted TAB seen gold`.
package struct CountsFile: Equatable, Sendable {
    package let goldDigest: String
    package let sentences: [PhraseCounts]
    /// Of each sentence, the entities whose words stood as an entity in what was learnt from; nil where nobody looked.
    package let seen: [PhraseCounts]?

    private static let columns = "sentence\tcorrect\tpredicted\tgold\t"
    private static let seenColumns = "seen correct\tseen predicted\tseen gold\t"
    /// More than any sentence has; sums of them cannot overflow.
    private static let largestCount = 1 << 30

    /// - Throws: When seen entities are none of all entities: those are told apart by the letters of their types, all by
    ///   their bytes.
    package init(goldDigest: String, sentences: [PhraseCounts], seen: [PhraseCounts]? = nil) throws {
        (self.goldDigest, self.sentences, self.seen) = (goldDigest, sentences, seen)
        guard let seen else { return }
        precondition(seen.count == sentences.count, "\(seen.count) and \(sentences.count) sentences")
        if let odd = sentences.indices.first(where: { !seen[$0].isPossible || !(sentences[$0] - seen[$0]).isPossible })
        {
            throw Failure.cannotTellSeen(sentence: odd + 1)
        }
    }

    /// Digest of the lines of gold files, decompressed; of files with predictions, of all but the last column, so that both
    /// kinds agree.
    ///
    /// - Throws: Also for a pipe, which could not be scored after this.
    package static func goldDigest(of paths: [String], hasPredictions: Bool) throws -> String {
        let digest = RunningDigest()
        var line: [UInt8] = []
        for path in paths {
            let input = try FileInput(path: path)
            guard input.byteCount != nil else {
                throw Failure.cannotCountTwice(path)
            }
            let reader = LineReader(try BufferedInput(input))
            while true {
                line.removeAll(keepingCapacity: true)
                guard try reader.appendNext(to: &line) else { break }
                if hasPredictions, let end = line.lastIndex(where: { $0 == 0x09 || $0 == 0x20 }) {
                    line.removeSubrange(end...)
                }
                line.append(0x0A)
                line.withUnsafeBytes { digest.update($0) }
            }
        }
        return digest.hex
    }

    /// Writes the file at once.
    package func write(to path: String, _ rule: OutputRule = OutputRule()) throws {
        var text = Self.columns + (seen == nil ? "" : Self.seenColumns) + "\(goldDigest)\n"
        for (index, counts) in sentences.enumerated() {
            text += "\(index + 1)\t\(Self.text(counts))" + (seen.map { "\t" + Self.text($0[index]) } ?? "") + "\n"
        }
        try TextFile.write(text, to: path, rule)
    }

    private static func text(_ counts: PhraseCounts) -> String {
        "\(counts.correct)\t\(counts.predicted)\t\(counts.gold)"
    }

    package init(path: String) throws {
        let reader = LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: 1 << 10)
        var line: [UInt8] = []
        func next() throws -> String? {
            line.removeAll(keepingCapacity: true)
            return try reader.appendNext(to: &line) ? String(decoding: line, as: UTF8.self) : nil
        }
        guard let header = try next(), header.hasPrefix(Self.columns) else {
            throw Failure.noCounts(path)
        }
        let rest = header.dropFirst(Self.columns.count), hasSeen = rest.hasPrefix(Self.seenColumns)
        var sentences: [PhraseCounts] = [], seen: [PhraseCounts] = []
        while let text = try next() {
            let numbers = text.split(separator: "\t", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            func counts(at place: Int) -> PhraseCounts {
                PhraseCounts(correct: numbers[place], predicted: numbers[place + 1], gold: numbers[place + 2])
            }
            guard numbers.count == (hasSeen ? 7 : 4), numbers.allSatisfy({ (0...Self.largestCount).contains($0) }),
                numbers[0] == sentences.count + 1, counts(at: 1).isPossible,
                !hasSeen || counts(at: 4).isPossible && (counts(at: 1) - counts(at: 4)).isPossible
            else {
                throw Failure.badCounts(path, reader.lineNumber, sentence: sentences.count + 1, hasSeen: hasSeen)
            }
            sentences.append(counts(at: 1))
            if hasSeen { seen.append(counts(at: 4)) }
        }
        goldDigest = String(hasSeen ? rest.dropFirst(Self.seenColumns.count) : rest)
        self.sentences = sentences
        self.seen = hasSeen ? seen : nil
    }
}
