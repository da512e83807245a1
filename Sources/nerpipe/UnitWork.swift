import Diagnostics
import Pipelines
import Shards

/// A unit of a work whose output lies in the folder of all units.
struct UnitWork: Sendable {
    private let place: UnitOutput
    private let unit: WorkUnit
    private let words: [String]
    private let replaces: Bool
    private let paths: [String]

    /// - Parameters:
    ///   - paths: Of the inputs, `-` for standard input.
    ///   - inputs: The same as they were typed.
    ///   - replaces: Whether it is done again, whatever is there.
    init(_ place: UnitOutput, _ unit: WorkUnit, _ paths: [String], _ inputs: [String], replaces: Bool) throws {
        (self.place, self.unit, self.paths, self.replaces) = (place, unit, paths, replaces)
        words = CommandIdentity.wordsOfUnit(inputs: inputs)
        if let pipe = paths.first(where: Directory.isReadOnce) { throw Failure.unitOfPipe(pipe) }
    }

    /// Does what there is to do; the unit remembers why it ended without an output.
    func noting(_ body: () async throws -> Void) async throws { try await place.notes.noting(body) }

    /// Does the unit, unless it is done.
    ///
    /// - Parameters:
    ///   - header: Of what comes out.
    ///   - further: What decides the result and is neither in the words of the command nor in the header.
    ///   - work: Writes it.
    func run(
        _ header: StreamHeader, _ source: PipelineSource, in context: PipelineContext, naming further: [String] = [],
        _ work: (StreamDestination) async throws -> Void
    ) async throws {
        guard let inputs = source.inputs else { throw Failure.unitOfPipe(paths[0]) }
        try await place.run(
            UnitPlan(unit: unit, words: words + further, header: header, inputs: inputs), replaces: replaces,
            wait: context.wait, progress: context.progress, work)
    }
}
