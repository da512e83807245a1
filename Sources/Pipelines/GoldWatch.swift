package import Corpora
package import Evaluation
import Locks

/// Looks at an evaluation sentence by sentence: which entities were learnt from, and what another tagger says of the same sentences.
///
/// Memory: the entities of one tagger on all sentences of the gold labels, which are read twice.
package final class GoldWatch: Sendable {
    private struct State: Sendable {
        var seen: SeenEntities?
        /// Of the system, by sentence.
        var found: [[TypedSpan]] = []
        var agreement = Agreement()
    }

    private let labels: LabelFilter
    private let state: Locked<State>

    /// - Parameter known: Words of entities that were learnt from; nil when nobody asks.
    package init(labels: LabelFilter, known: Set<String>?) {
        self.labels = labels
        state = Locked(State(seen: known.map(SeenEntities.init)))
    }

    package var seen: SeenEntities? { state.withLock { $0.seen } }
    package var agreement: Agreement { state.withLock { $0.agreement } }

    /// Takes what the system that is evaluated says.
    package func addSystem(_ batch: GoldCorpus.Batch, _ tags: [String]) {
        forEachSentence(batch, tags) { state, words, gold, found in
            state.seen?.add(words: words, gold: gold, predicted: found)
            state.found.append(found)
        }
    }

    /// Takes what the other one says, of the same sentences in the same order.
    package func addReference(_ batch: GoldCorpus.Batch, _ tags: [String]) {
        forEachSentence(batch, tags) { state, words, gold, found in
            let system = state.found[state.agreement.sentenceCount]
            state.agreement.add(words: words, gold: gold, system: system, reference: found)
        }
    }

    private func forEachSentence(
        _ batch: GoldCorpus.Batch, _ tags: [String],
        _ body: (inout State, _ words: [String], _ gold: [TypedSpan], _ found: [TypedSpan]) -> Void
    ) {
        for sentence in 0..<batch.sentences.sentenceCount {
            let tokens = batch.sentences.tokens(ofSentence: sentence)
            let gold = TypedSpan.spans(ofIOB2: labels.iob2(batch.tags[tokens]))
            let found = TypedSpan.spans(ofIOB2: labels.iob2(tags[tokens]))
            let words = tokens.map { batch.sentences.tokenText($0) }
            state.withLock { body(&$0, words, gold, found) }
        }
    }
}

extension GoldCorpus {
    /// The words of all entities, with a space between them.
    package func entityTexts() throws -> Set<String> {
        var texts: Set<String> = []
        let reader = Reader(corpus: self)
        while let batch = try reader.next() {
            for sentence in 0..<batch.sentences.sentenceCount {
                let tokens = batch.sentences.tokens(ofSentence: sentence)
                let words = tokens.map { batch.sentences.tokenText($0) }
                for span in TypedSpan.spans(ofIOB2: labels.iob2(batch.tags[tokens])) { texts.insert(span.text(words)) }
            }
        }
        return texts
    }
}
