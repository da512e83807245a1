import Corpora
import Diagnostics
package import Evaluation
package import Shards

/// What every sentence of an evaluation counts, in a file: the unit that comparisons draw.
///
/// Lines `sentence TAB correct TAB predicted TAB gold`, sentences from 1, under a header of these names and the digest of
/// the gold data.
package struct CountsFile: Equatable, Sendable {
    package var goldDigest: String
    package var sentences: [PhraseCounts]

    private static let columns = "sentence\tcorrect\tpredicted\tgold\t"
    /// More than any sentence has; sums of them cannot overflow.
    private static let largestCount = 1 << 30

    package init(goldDigest: String, sentences: [PhraseCounts]) {
        self.goldDigest = goldDigest
        self.sentences = sentences
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
        var text = "\(Self.columns)\(goldDigest)\n"
        for (index, counts) in sentences.enumerated() {
            text += "\(index + 1)\t\(counts.correct)\t\(counts.predicted)\t\(counts.gold)\n"
        }
        try TextFile.write(text, to: path, rule)
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
        goldDigest = String(header.dropFirst(Self.columns.count))
        sentences = []
        while let text = try next() {
            let numbers = text.split(separator: "\t", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            guard numbers.count == 4, numbers.allSatisfy({ (0...Self.largestCount).contains($0) }),
                numbers[0] == sentences.count + 1, numbers[1] <= min(numbers[2], numbers[3])
            else {
                throw Failure.badCounts(path, reader.lineNumber, sentence: sentences.count + 1)
            }
            sentences.append(PhraseCounts(correct: numbers[1], predicted: numbers[2], gold: numbers[3]))
        }
    }
}
