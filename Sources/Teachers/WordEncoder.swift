package import Corpora
package import Kernels
package import Shards

/// A network that has states of words, by which words and sentences are compared.
///
/// It works in this process: states are hundreds of numbers for each word, and whoever compares them walks through a text more than once.
package protocol WordEncoder: Sendable {
    /// For messages.
    var name: String { get }
    /// Identity of what decides the states.
    var digest: String { get }
    /// Numbers of a state.
    var stateWidth: Int { get }
    /// Refuses a stream it cannot read.
    func requireFit(_ header: StreamHeader, stream: String) throws
    /// Hands on the sentences of a batch that have tokens, in order; what is handed on is valid during the call.
    func forEachSentence(of batch: SentenceBatch, _ body: (EncodedSentence) -> Void)
}

package struct EncodedSentence {
    /// In the batch.
    package let number: Int
    /// Of the batch; at least one.
    package let tokens: Range<Int>
    /// `[tokens.count, stateWidth]`
    package let states: RowsPointer
}
