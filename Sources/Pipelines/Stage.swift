package import ArgumentParser
package import Corpora
package import Shards

/// One link of a pipeline: what comes between the text and the student.
///
/// A stage is a value with its name, its options, the streams it takes, and ``open(_:place:in:)``, which says how the header
/// changes, what must be seen before the first block, what becomes of a block, and what it holds in memory. Its options are
/// declared once, and parsed from the command line and from a definition. A stage is one file in `Stages/` and one line in
/// ``StageList``: that makes its command, and a link that `run` puts wherever its kind fits, as often as the definition says.
package protocol Stage: ParsableArguments, Sendable {
    static var help: StageHelp { get }
    /// The kinds of stream that it takes.
    static var kinds: [StreamHeader.Kind] { get }
    /// The kind of stream that it gives; by default the one that it takes.
    static func kind(after kind: StreamHeader.Kind) -> StreamHeader.Kind
    /// Why the stream must be read more than once, for the message to somebody who has it in a pipe; nil: once is enough.
    var reasonForSurvey: String? { get }
    /// What the student learns from needs the votes of several teachers.
    var needsVotes: Bool { get }
    /// Says what is missing, before hours of work.
    func requireInputs(in context: PipelineContext) throws
    /// Opens what the options name.
    ///
    /// - Parameters:
    ///   - header: Of the stream that comes in, of one of ``kinds``.
    ///   - place: Where that comes from, for messages.
    func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage
    /// The options of a later round, in which the student of the round before is the teacher.
    static func options(_ options: StageOptions, taughtBy student: String) -> StageOptions
}

extension Stage {
    package static func kind(after kind: StreamHeader.Kind) -> StreamHeader.Kind { kind }
    package var reasonForSurvey: String? { nil }
    package var needsVotes: Bool { false }
    package func requireInputs(in context: PipelineContext) throws {}
    package static func options(_ options: StageOptions, taughtBy student: String) -> StageOptions { options }
}

/// How a stage is called and explained.
package struct StageHelp: Sendable {
    package var name: String
    package var abstract: String
    package var discussion: String

    package init(_ name: String, abstract: String, discussion: String) {
        (self.name, self.abstract, self.discussion) = (name, abstract, discussion)
    }
}

/// A stage that knows its stream: tables and models are open, nothing is missing any more.
package struct OpenStage: Sendable {
    /// A pure function of a batch, called by several workers at once; the order of the batches stays.
    package typealias Transform = @Sendable (SentenceBatch, StageCounters) async throws -> SentenceBatch

    package enum Work: Sendable {
        case transform(Transform)
        /// Puts tasks of its own between the stream and what comes out; for what must see the batches one after the other.
        case tasks(@Sendable (_ input: BatchStream, _ header: StreamHeader, PipelineRunner) throws -> BatchStream)
    }

    /// Of what comes out.
    package var header: StreamHeader
    package var work: Work
    /// Sees every batch, in order and one at a time, before the first one is worked on.
    package var survey: Survey?
    /// Which sentences come out depends on what the stages before it computed: a resumed run computes it again.
    package var choosesByContent = false
    /// The sentences that come out are not those that go in: a resumed run must not pass over blocks here.
    package var changesSentences = false
    package var memory = StageMemory()
    /// When all of the stream has passed, and nothing failed.
    package var finish: (@Sendable () throws -> Void)?
    /// Lines about it for `run --dry-run`.
    package var plan: [String] = []

    package init(header: StreamHeader, _ transform: @escaping Transform) {
        (self.header, work) = (header, .transform(transform))
    }

    package init(header: StreamHeader, work: Work) { (self.header, self.work) = (header, work) }

    package struct Survey: Sendable {
        package var observe: @Sendable (SentenceBatch) throws -> Void
        /// The stream is over.
        package var finish: @Sendable () -> Void
    }
}

/// Bytes that a stage holds at most, besides the blocks on their way.
package struct StageMemory: Sendable {
    package var bytesPerThread = 0
    package var bytesHeld = 0

    package init(bytesPerThread: Int = 0, bytesHeld: Int = 0) {
        (self.bytesPerThread, self.bytesHeld) = (bytesPerThread, bytesHeld)
    }
}
