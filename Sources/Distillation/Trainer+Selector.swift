import Corpora
import Glibc
import Kernels
import Locks
import Taggers

/// What a selector is told of an update: its sentences, and what the student makes of labelled text.
extension Trainer {
    /// What the selector is to know of each sentence.
    func describe(_ batch: UpdateBatch, _ selector: InstanceSelector) -> [[Float]] {
        if case .random = selector.settings.kind { return Array(repeating: [], count: batch.sentenceEnds.count) }
        let K = configuration.labelCount, describer = selector.describer
        // A sentence without tokens, which a stream of another program may have, is described by zeros.
        let nothing = [Float](repeating: 0, count: describer.stateWidth)
        let found = Locked([[Float]](repeating: nothing, count: batch.sentenceEnds.count))
        forEachSlice(of: batch) { slice, rows, workspace in
            var row = 0
            for sentence in slice {
                let tokens = batch.tokens(ofSentence: sentence)
                guard !tokens.isEmpty else { continue }
                let first = Int(rows[row])
                row += tokens.count
                let description = batch.targets(tokens, labelCount: K).withUnsafeBufferPointer { q in
                    q.baseAddress.map {
                        describer.describe(
                            .init(
                                teacher: $0, student: workspace.probabilities.pointer + first * K,
                                states: workspace.states.from(row: first), tokenCount: tokens.count))
                    }
                }
                if let description { found.withLock { $0[sentence] = description } }
            }
        }
        return found.withLock { $0 }
    }

    /// Mean cross-entropy of the gold labels of a batch, without dropout.
    func loss(_ batch: UpdateBatch) -> Double {
        let K = configuration.labelCount
        let sums = Locked([Double](repeating: 0, count: batch.sentenceEnds.count))
        forEachSlice(of: batch) { slice, rows, workspace in
            guard let first = slice.first else { return }
            let start = batch.tokens(ofSentence: first).lowerBound
            var sum = 0.0
            for (index, row) in rows.enumerated() {
                guard let label = batch.gold?[start + index] else { continue }
                sum -= log(Double(max(workspace.probabilities[Int(row) * K + Int(label)], 1e-30)))
            }
            sums.withLock { $0[first] = sum }
        }
        return sums.withLock { $0.reduce(0, +) } / Double(max(1, batch.tokenCount))
    }
}
