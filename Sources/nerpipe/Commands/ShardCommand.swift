import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Formats
import Pipelines
import Shards
import Taggers

struct ShardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shard", abstract: "Shows, checks and splits streams.",
        subcommands: [ShardInfoCommand.self, ShardCatCommand.self, ShardVerifyCommand.self, ShardSplitCommand.self])
}

struct ShardInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Prints what a stream is and what it holds.")

    @OptionGroup var input: StreamInputArguments

    func run() throws {
        for path in input.paths {
            let reader = try ShardReader(paths: [path])
            let header = reader.header
            while try reader.next() != nil {}
            var text =
                "\(path)\n  kind        \(header.kind.rawValue)\n  producer    \(header.producer)\n  language    \(header.language)\n  tokenizer   \(header.tokenizer)\n"
            if let table = header.table {
                text += "  vectors     \(table.path), dimension \(table.dimension), digest \(table.digest)\n"
            }
            if let features = header.features { text += "  features    \(features.joined(separator: " "))\n" }
            if let numbers = header.numbers, !numbers.isEmpty {
                text += "  numbers     \(numbers.joined(separator: " "))\n"
            }
            if let labels = header.labels { text += "  labels      \(labels.joined(separator: " "))\n" }
            if let teachers = header.teachers { text += "  teachers    \(teachers.joined(separator: " "))\n" }
            if let weights = header.teacherWeights {
                text += "  weights     \(weights.map { FixedDecimal.text($0, decimals: 4) }.joined(separator: " "))\n"
            }
            if let samples = header.samples { text += "  samples     \(samples.joined(separator: "; "))\n" }
            if let rules = header.selection { text += "  selection   \(rules.joined(separator: "; "))\n" }
            text +=
                "  streams     \(reader.ends.count)\n  blocks      \(reader.nextIndex - 1)\n  documents   \(reader.counts.documents)\n"
            text += "  sentences   \(reader.counts.sentences)\n  tokens      \(reader.counts.tokens)\n"
            try StandardOutput.write(text)
        }
    }
}

struct ShardCatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat", abstract: "Prints a stream as JSON lines or CoNLL columns.",
        discussion:
            "JSON lines: one sentence per line. In 'rows', -1 means that the word has no vector, -2 that it is composed from sub-words. 'positions' adds 1 for the first token of a sentence, 2 in a headline, 4 for a capital that one of these explains. Entities have no 'text', 'start' and 'end' as those of 'tag' do: a stream knows the bytes where its tokens begin, not what stands between them."
    )

    @OptionGroup var input: StreamInputArguments

    @Option(help: ArgumentHelp("Form of the output.", valueName: OutputFormat.valueName))
    var to = OutputFormat(JSONLines())

    func run() throws {
        let writer = try to.writer()
        let reader = try ShardReader(paths: input.paths)
        try reader.header.require(.tokens, .embedded, .scored, .labelled, from: reader.name, by: "shard cat")
        let output = TextOutput(nil, frame: writer.frame), labels = reader.header.labels ?? []
        let tags = labels.isEmpty ? nil : try TagSet(names: labels, place: reader.name)
        while let block = try reader.next() {
            let batch = try SentenceBatch(block, header: reader.header, place: reader.place)
            try output.write(writer.write(tags.map(batch.decodingScores) ?? batch, labels: labels))
        }
        try output.finish()
    }
}

struct ShardVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks streams from beginning to end; exit status 65 if one is damaged.")

    @OptionGroup var input: StreamInputArguments

    func run() throws {
        var firstFailure: Failure?
        for path in input.paths {
            do {
                let reader = try ShardReader(paths: [path])
                while let block = try reader.next() {
                    if reader.header.kind.holdsSentences {
                        _ = try SentenceBatch(block, header: reader.header, place: reader.place)
                    }
                }
                try StandardOutput.write(
                    "\(path): ok, \(reader.nextIndex - 1) blocks, \(reader.counts.tokens) tokens\n")
            } catch let failure as Failure where failure.code != .interrupted {
                try StandardOutput.write("\(failure.message)\n")
                firstFailure = firstFailure ?? failure
            }
        }
        if let firstFailure {
            throw Failure.streamsAreNotIntact(firstFailure)
        }
    }
}

struct ShardSplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Cuts a stream into shards of so many blocks.",
        discussion:
            "EXAMPLE\n  nerpipe shard split scored.zst --blocks 64 -o scored/part-\n\nWrites scored/part-00000.zst, scored/part-00001.zst, ..."
    )

    @OptionGroup var input: StreamInputArguments

    @Option(help: "Data blocks per shard.")
    var blocks = 64

    @Option(name: .joinable("o"), help: "Beginning of the names; a number and .zst are appended.")
    var output: String

    @Option(help: "zstd level.")
    var level = 3

    @OptionGroup var overwriting: OverwriteArguments

    func validate() throws {
        guard blocks > 0 else { throw ValidationError("--blocks must be at least 1") }
        guard (1...19).contains(level) else { throw ValidationError("--level must be from 1 to 19") }
    }

    func run() throws {
        let reader = try ShardReader(paths: input.paths)
        let compressor = FrameCompressor(level: level)
        let rule = try overwriting.rule(for: output, inputs: input.paths).forParts
        try Directory.make(Directory.parent(of: output))
        var number = 0
        var writer: ShardWriter?
        var count = 0
        func open() throws -> ShardWriter {
            defer { number += 1 }
            return try ShardWriter(
                to: .file("\(output)\(FileNumber.text(number, digits: 5)).zst", rule), header: reader.header,
                compressor: compressor)
        }
        while var block = try reader.next() {
            let shard = try writer ?? open()
            count += 1
            block.index = count
            try shard.append(EncodedBlock(block, compressor: compressor))
            if count == blocks {
                try shard.finish()
                (writer, count) = (nil, 0)
            } else {
                writer = shard
            }
        }
        if number == 0 { writer = try open() }  // an empty stream is one empty shard, not none
        try writer?.finish()
    }
}
