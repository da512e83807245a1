import Diagnostics
package import Shards

/// Some lines of the inputs as numbers of words: the unit that is shuffled, and one block of a shard.
package struct EncodedLines: Sendable {
    package static let noLink: UInt16 = .max
    /// Longer sides of pairs are left out, longer texts are cut by the tokenizer.
    package static let maximumPairTokenCount = 120

    /// Languages of the two sides; equal for text, whose target is empty.
    package var languages: [UInt16] = [0, 0]
    /// Whether the lines are entries of a dictionary.
    package var areEntries = false
    /// `[tokens]` words of the source sides, and of the target sides.
    package var source: [UInt32] = []
    package var target: [UInt32] = []
    /// `[lines]` end of each line in them.
    package var sourceEnds: [UInt32] = []
    package var targetEnds: [UInt32] = []
    /// `[tokens]` ``TokenMarks`` of both.
    package var sourceMarks: [UInt8] = []
    package var targetMarks: [UInt8] = []
    /// `[target tokens]` place of the linked token in its source line, or ``noLink``; empty before the alignment.
    package var links: [UInt16] = []

    package var lineCount: Int { sourceEnds.count }
    package var tokenCount: Int { source.count + target.count }
    package var isText: Bool { languages[0] == languages[1] }

    package func sourceRange(_ line: Int) -> Range<Int> {
        (line == 0 ? 0 : Int(sourceEnds[line - 1]))..<Int(sourceEnds[line])
    }
    package func targetRange(_ line: Int) -> Range<Int> {
        (line == 0 ? 0 : Int(targetEnds[line - 1]))..<Int(targetEnds[line])
    }

    package func block(_ index: Int) -> Block {
        var columns = Columns.Writer()
        columns.add("shape", languages + [areEntries ? 1 : 0])
        columns.add("source", source)
        columns.add("target", target)
        columns.add("source.end", sourceEnds)
        columns.add("target.end", targetEnds)
        columns.add("source.mark", sourceMarks)
        columns.add("target.mark", targetMarks)
        columns.add("links", links)
        return Block(
            kind: .data, index: index, counts: BlockCounts(sentences: lineCount, tokens: tokenCount),
            payload: columns.payload())
    }

    package init() {}

    /// - Parameter wordCount: Every word number must be below it.
    package init(_ block: Block, wordCount: Int, languageCount: Int, place: String) throws {
        let place = "\(place): block \(block.index)"
        let columns = try Columns.Reader(block.payload, place: place)
        let shape = try columns.column("shape", as: UInt16.self, count: 3)
        languages = Array(shape[..<2])
        areEntries = shape[2] != 0
        source = try columns.column("source", as: UInt32.self)
        target = try columns.column("target", as: UInt32.self)
        sourceEnds = try columns.column("source.end", as: UInt32.self)
        targetEnds = try columns.column("target.end", as: UInt32.self, count: sourceEnds.count)
        sourceMarks = try columns.column("source.mark", as: UInt8.self, count: source.count)
        targetMarks = try columns.column("target.mark", as: UInt8.self, count: target.count)
        links = try columns.column("links", as: UInt16.self)
        func rises(_ ends: [UInt32], to count: Int) -> Bool {
            zip(ends, ends.dropFirst()).allSatisfy { $0 <= $1 } && Int(ends.last ?? 0) == count
        }
        guard languages.allSatisfy({ Int($0) < languageCount }), rises(sourceEnds, to: source.count),
            rises(targetEnds, to: target.count), source.allSatisfy({ Int($0) < wordCount }),
            target.allSatisfy({ Int($0) < wordCount }), links.isEmpty || links.count == target.count,
            links.isEmpty
                || (0..<sourceEnds.count).allSatisfy({ line in
                    links[targetRange(line)].allSatisfy {
                        $0 == Self.noLink || Int($0) < sourceRange(line).count
                    }
                })
        else { throw Columns.Reader.damaged(place, "its parts do not fit together") }
    }
}

/// Shards of encoded lines in a work folder.
package struct EncodedCorpus {
    package static let tokensPerBlock = 20_000

    /// Writes blocks of one kind of lines into one shard.
    package struct Writer {
        private let shard: ShardWriter
        private var lines = EncodedLines()
        private var blockCount = 0
        private let compressor = FrameCompressor(level: 1)

        package init(path: String) throws {
            shard = try ShardWriter(to: .file(path), header: .ofWork(.encoded), compressor: compressor)
        }

        /// Appends a line; a change of language or kind begins a new block.
        package mutating func append(
            languages: [UInt16], areEntries: Bool, source: [UInt32], sourceMarks: [TokenMarks], target: [UInt32],
            targetMarks: [TokenMarks]
        ) throws {
            if lines.lineCount > 0,
                lines.languages != languages || lines.areEntries != areEntries
                    || lines.tokenCount >= EncodedCorpus.tokensPerBlock
            {
                try flush()
            }
            lines.languages = languages
            lines.areEntries = areEntries
            lines.source += source
            lines.target += target
            lines.sourceMarks += sourceMarks.map(\.rawValue)
            lines.targetMarks += targetMarks.map(\.rawValue)
            lines.sourceEnds.append(UInt32(lines.source.count))
            lines.targetEnds.append(UInt32(lines.target.count))
        }

        package mutating func append(_ block: EncodedLines) throws {
            blockCount += 1
            try shard.append(EncodedBlock(block.block(blockCount), compressor: compressor))
        }

        package mutating func finish() throws {
            try flush()
            try shard.finish()
        }

        private mutating func flush() throws {
            guard lines.lineCount > 0 else { return }
            try append(lines)
            lines = EncodedLines()
        }
    }

    /// Blocks of several shards in any order.
    package struct Reader: Sendable {
        private let library: ShardLibrary
        private let wordCount: Int
        private let languageCount: Int
        package var blockCount: Int { library.blockCount }
        package var tokenCount: Int { library.counts.tokens }

        /// - Parameter paths: One at least.
        package init(paths: [String], wordCount: Int, languageCount: Int) throws {
            let shards = try paths.map { path in
                guard let shard = try RandomAccessShard(path: path) else {
                    throw Failure.notWhole(path)
                }
                return shard
            }
            guard let library = try ShardLibrary(shards) else { preconditionFailure("a corpus of no shards") }
            try library.header.require(.encoded, from: paths[0], by: "word alignment")
            self.library = library
            self.wordCount = wordCount
            self.languageCount = languageCount
        }

        /// Block `index`, from 0.
        package func lines(_ index: Int) throws -> EncodedLines {
            let (block, path) = try library.block(index)
            return try EncodedLines(block, wordCount: wordCount, languageCount: languageCount, place: path)
        }
    }
}
