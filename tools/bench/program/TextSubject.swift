import BenchLimits
import Corpora
import Shards
import Tokenization

/// Text in memory, and where its paragraphs end.
final class TextSubject {
    private let bytes: [UInt8]
    private var paragraphs: [Range<Int>] = []
    private let tokenizer = WordTokenizer()
    private var tokens = TokenizedParagraph()
    private var offsets: [UInt32] = []

    init(_ path: String) throws {
        bytes = try Directory.contents(of: path, maximumByteCount: 1 << 32)
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            if index > start { paragraphs.append(start..<index) }
            start = index + 1
        }
        if start < bytes.count { paragraphs.append(start..<bytes.count) }
        offsets = [UInt32](repeating: 0, count: 2 * bytes.count)
    }

    /// Words with their offsets, and sentences. Units are bytes.
    func tokenize() -> Answer {
        var tokenCount = 0, sentenceCount = 0
        var answer = bytes.withUnsafeBufferPointer { bytes in
            Answer.timing {
                for paragraph in paragraphs {
                    tokenizer.tokenize(UnsafeBufferPointer(rebasing: bytes[paragraph]), into: &tokens)
                    tokenCount += tokens.tokenStarts.count
                    sentenceCount += tokens.sentenceEnds.count
                }
                return bytes.count
            }
        }
        answer.detail = ["tokens": Double(tokenCount), "sentences": Double(sentenceCount)]
        return answer
    }

    /// What a tokenizer must do at the least: look every byte up in a table of classes and write down where words and
    /// marks begin and end. No Unicode rule, no sentence. Units are bytes.
    func loopOverBytes() -> Answer {
        var tokenCount = 0
        var answer = bytes.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeMutableBufferPointer { offsets in
                Answer.timing {
                    for paragraph in paragraphs {
                        tokenCount += bench_byte_loop(
                            bytes.baseAddress, paragraph.lowerBound, paragraph.upperBound, offsets.baseAddress)
                    }
                    return bytes.count
                }
            }
        }
        answer.detail = ["tokens": Double(tokenCount)]
        return answer
    }
}
