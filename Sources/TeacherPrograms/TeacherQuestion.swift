import Corpora
import Diagnostics
import Shards
import Taggers

/// Sentences, or parts of long ones, that a program is asked about in one message.
///
/// Words are laid end to end as in a `SentenceBatch`: `N` words, `S` sentences.
package struct TeacherQuestion: Equatable, Sendable {
    /// UTF-8.
    package private(set) var text: [UInt8] = []
    /// `[N]`: end of each word in ``text``.
    package private(set) var wordEnds: [UInt32] = []
    /// `[S]`: number of the word after the last one of each sentence.
    package private(set) var sentenceEnds: [UInt32] = []

    package init() {}

    package init(_ sentences: [[String]]) {
        for sentence in sentences {
            for word in sentence { append(word: word.utf8) }
            endSentence()
        }
    }

    package var wordCount: Int { wordEnds.count }
    package var sentenceCount: Int { sentenceEnds.count }

    mutating func append(word: some Sequence<UInt8>) {
        text.append(contentsOf: word)
        wordEnds.append(UInt32(text.count))
    }

    mutating func endSentence() { sentenceEnds.append(UInt32(wordEnds.count)) }

    func words(ofSentence sentence: Int) -> Range<Int> {
        (sentence == 0 ? 0 : Int(sentenceEnds[sentence - 1]))..<Int(sentenceEnds[sentence])
    }

    func textRange(ofWord word: Int) -> Range<Int> { (word == 0 ? 0 : Int(wordEnds[word - 1]))..<Int(wordEnds[word]) }

    /// Some of the sentences.
    func part(_ sentences: Range<Int>) -> TeacherQuestion {
        if sentences == 0..<sentenceCount { return self }
        var part = TeacherQuestion()
        for sentence in sentences {
            for word in words(ofSentence: sentence) { part.append(word: text[textRange(ofWord: word)]) }
            part.endSentence()
        }
        return part
    }

    /// Equal questions have equal digests; equal text cut otherwise has another one.
    var digest: String {
        let digest = RunningDigest()
        for ends in [wordEnds, sentenceEnds] {
            digest.update(UInt64(ends.count))
            ends.withUnsafeBytes { digest.update($0) }
        }
        text.withUnsafeBytes { digest.update($0) }
        return digest.hex
    }
}

// MARK: On the wire

extension TeacherQuestion {
    /// A question on a line.
    private struct Line: Codable {
        var id: UInt64
        var sentences: [[String]]
    }

    /// As it is sent.
    func message(_ number: UInt64, on wire: TeacherWire) throws -> [UInt8] {
        switch wire {
        case .safetensors: try TensorMessage.framed(number, tensors())
        case .jsonl:
            try JSON.encode(
                Line(
                    id: number,
                    sentences: (0..<sentenceCount).map { sentence in
                        words(ofSentence: sentence).map {
                            String(decoding: text[textRange(ofWord: $0)], as: UTF8.self)
                        }
                    })) + [UInt8(ascii: "\n")]
        }
    }

    private func tensors() -> [TensorMessage.Tensor] {
        [
            .init("sentence_ends", "I32", [sentenceCount], sentenceEnds),
            .init("word_ends", "I32", [wordCount], wordEnds),
            .init("text", "U8", [text.count], text),
        ]
    }

    /// Reads a question, as a program does.
    static func read(_ message: WireMessage, place: String) throws -> (number: UInt64, question: TeacherQuestion) {
        guard let number = message.number else {
            guard let line = try? JSON.decode(Line.self, from: message.bytes) else {
                throw Failure.teacherProtocol(place, "a line that is no question: {\"id\": N, \"sentences\": [[...]]}")
            }
            return (line.id, TeacherQuestion(line.sentences))
        }
        let tensors = try TensorMessage(message.bytes, place: "\(place): question \(number)")
        var question = TeacherQuestion()
        question.text = try tensors.integers("text", "U8", UInt8.self)
        question.wordEnds = try tensors.integers("word_ends", "I32", UInt32.self)
        question.sentenceEnds = try tensors.integers("sentence_ends", "I32", UInt32.self)
        guard isRising(question.wordEnds, to: question.text.count),
            isRising(question.sentenceEnds, to: question.wordCount)
        else { throw Failure.teacherProtocol(place, "question \(number): its ends do not rise to what they divide") }
        return (number, question)
    }

    private static func isRising(_ ends: [UInt32], to count: Int) -> Bool {
        Int(ends.last ?? 0) == count && zip(ends, ends.dropFirst()).allSatisfy { $0 <= $1 }
    }
}

/// Tensors of a message, of more types than a model's.
struct TensorMessage {
    /// A tensor to be sent.
    struct Tensor {
        var name: String, type: String, shape: [Int], bytes: [UInt8]

        /// - Parameter values: Little-endian as they lie in memory, which is checked nowhere else than here: all our
        ///   CPUs are.
        init<Value>(_ name: String, _ type: String, _ shape: [Int], _ values: [Value]) {
            (self.name, self.type, self.shape) = (name, type, shape)
            bytes = values.withUnsafeBytes(Array.init)
        }
    }

    private let bytes: [UInt8]
    private let locations: [String: Safetensors.Location]
    private let place: String

    init(_ bytes: [UInt8], place: String) throws {
        self.bytes = bytes
        self.place = place
        let locations = try bytes.withUnsafeBytes { try Safetensors.locations(in: $0, path: place).tensors }
        self.locations = Dictionary(locations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var names: Set<String> { Set(locations.keys) }
    func shape(_ name: String) -> [Int]? { locations[name]?.shape }

    /// The numbers of a tensor that must be there, of that type, in one row.
    func integers<Value: FixedWidthInteger & BitwiseCopyable>(_ name: String, _ type: String, _: Value.Type) throws
        -> [Value]
    {
        try withBytes(name, [type]) { bytes, _ in Self.numbers(bytes) }
    }

    /// The same for floats of 32 or 16 bits.
    func floats(_ name: String) throws -> [Float] {
        try withBytes(name, ["F32", "F16"]) { bytes, type in
            type == "F32" ? Self.numbers(bytes) : (Self.numbers(bytes) as [Float16]).map(Float.init)
        }
    }

    /// Bytes as the numbers that they are in memory, which is little-endian as the format is.
    private static func numbers<Value: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Value] {
        let count = bytes.count / MemoryLayout<Value>.stride
        return [Value](unsafeUninitializedCapacity: count) { buffer, written in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
            written = count
        }
    }

    private func withBytes<Result>(
        _ name: String, _ types: [String], _ body: (UnsafeRawBufferPointer, String) -> Result
    ) throws -> Result {
        guard let location = locations[name] else { throw Failure.teacherProtocol(place, "tensor \(name) is missing") }
        guard types.contains(location.typeName) else {
            throw Failure.teacherProtocol(
                place, "tensor \(name) is \(location.typeName), not \(types.joined(separator: " or "))")
        }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[location.bytes]), location.typeName) }
    }

    /// A safetensors file with number and count before it.
    static func framed(_ number: UInt64, _ tensors: [Tensor]) throws -> [UInt8] {
        let file = try file(tensors)
        var message: [UInt8] = []
        message.reserveCapacity(TeacherWire.headByteCount + file.count)
        message.appendInteger(number)
        message.appendInteger(UInt64(file.count))
        return message + file
    }

    static func file(_ tensors: [Tensor]) throws -> [UInt8] {
        var entries: [[UInt8]] = []
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.bytes.count
            entries.append(
                Array(
                    "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":\(tensor.shape),\"data_offsets\":[\(offset),\(end)]}"
                        .utf8))
            offset = end
        }
        return Safetensors.assemble(entries, dataByteCount: offset) { bytes in
            for tensor in tensors { bytes += tensor.bytes }
        }
    }
}
