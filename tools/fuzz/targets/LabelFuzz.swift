import Corpora
import Diagnostics
import Formats
import Pipelines
import Shards

enum LabelFuzz {
    /// Strictly, then leaving out what is bad; what is read is written in every form, and its spans slice.
    static func convert(_ bytes: [UInt8]) throws {
        try standoff(bytes)
        try MemoryFile.with(bytes) { path in
            _ = try? convert(path, BadRecords(.skip, maximumCount: 1 << 20))
            try convert(path, BadRecords())
        }
    }

    private static func convert(_ path: String, _ bad: BadRecords) throws {
        var corpus = GoldCorpus(
            files: [.init(path: path)], labels: LabelFilter(),
            form: .init(labels: LabelOptions(names: ["O", "B-X", "I-X", "S-Y"])), bad: bad)
        corpus.keepsText = true
        var conversion = GoldCorpus.Conversion(corpus)
        while let (batch, labels) = try conversion.next() {
            for format in TextFormats.all {
                guard let writer = format.writer(WritingOptions(scheme: .bilou)) else { continue }
                _ = writer.write(batch, labels: labels)
            }
            for record in batch.annotatedTexts(labels) {
                for entity in record.entities {
                    precondition(!entity.bytes.isEmpty && entity.bytes.upperBound <= record.text.count)
                }
            }
        }
    }

    /// The bytes as annotations behind a text.
    private static func standoff(_ bytes: [UInt8]) throws {
        let text = Array("Anna \u{1F600} met\nBob.".utf8)
        let record = Array("\(text.count)\n".utf8) + text + bytes
        let request = ReadingRequest(tags: .gold)
        guard case .documents(_, let makeScanner) = try Brat().reading(of: TextSample([]), request).lines else {
            return
        }
        for record in [record, bytes] {
            var scanner = makeScanner()
            do { try record.withUnsafeBufferPointer { try scanner.scan($0) } } catch is RecordProblem { continue }
            for span in scanner.labelling.spans { precondition(span.bytes.upperBound <= scanner.text.count) }
        }
    }
}
