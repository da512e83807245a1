import Corpora
package import Divergence
import Locks
import Streams

extension PipelineRunner {
    /// Reads a text into a profile; it is complete when the runner has run.
    ///
    /// Every computing thread has a part of its own, so memory is that of a profile for each; what comes out is the same for any number of them.
    ///
    /// - Parameter maximumTokenCount: Sentences behind so many tokens are passed over.
    package func profile(
        _ input: BatchStream, as name: String, maximumTokenCount: Int = .max,
        _ make: @escaping @Sendable () -> TextProfile
    ) -> ProfileParts {
        let parts = ProfileParts(make)
        let limited = maximumTokenCount == .max ? input : first(maximumTokenCount, of: input)
        let read = map(limited, name: name, header: input.header) { batch, _ in
            parts.add(batch)
            return batch
        }
        forEach(read, name: "end") { _ in }
        return parts
    }

    /// The sentences until there are so many tokens; what is behind is read, and left out.
    private func first(_ tokenCount: Int, of input: BatchStream) -> BatchStream {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: 1)
        add {
            try await sender.finishing {
                var rest = tokenCount
                for try await batch in input {
                    var count = 0
                    while count < batch.sentenceCount, rest > 0 {
                        rest -= batch.tokens(ofSentence: count).count
                        count += 1
                    }
                    if count > 0 {
                        try await sender.send(
                            count == batch.sentenceCount ? batch : batch.keeping(sentences: Array(0..<count)))
                    }
                }
            }
        }
        return BatchStream(header: input.header, batches: batches, name: input.name)
    }
}

/// Parts of a profile: whoever computes takes a free one.
package final class ProfileParts: Sendable {
    private let free = Locked<[TextProfile]>([])
    private let make: @Sendable () -> TextProfile

    fileprivate init(_ make: @escaping @Sendable () -> TextProfile) { self.make = make }

    fileprivate func add(_ batch: SentenceBatch) {
        var part = free.withLock { $0.popLast() } ?? make()
        part.add(batch)
        free.withLock { [part] in $0.append(part) }
    }

    /// All parts together; they are gone then, so that none is copied.
    package func takeWhole() -> TextProfile {
        var parts = free.withLock { parts in
            defer { parts = [] }
            return parts
        }
        var whole = parts.popLast() ?? make()
        while let part = parts.popLast() { whole.merge(part) }
        whole.complete()
        return whole
    }
}
