import Diagnostics
import Pipelines
import Shards

/// Where a command writes its stream: to a file, to standard output, or, as a unit of a work, into the folder of all units.
struct StreamWriting: Sendable {
    private let place: UnitOutput?
    private let unit: WorkUnit
    /// nil for a unit in a folder.
    private let destination: StreamDestination?
    private let compressor: FrameCompressor?
    private let paths: [String]
    private let words: [String]
    private let replaces: Bool

    /// - Parameters:
    ///   - paths: Of the inputs, `-` for standard input.
    ///   - inputs: The same as they were typed.
    init(
        _ output: StreamOutputArguments, _ place: UnitOutput?, _ unit: WorkUnit?, _ paths: [String], _ inputs: [String],
        _ common: CommonOptions
    ) throws {
        (self.place, self.paths) = (place, paths)
        self.unit = unit ?? .whole
        destination = place == nil ? try output.destination(inputs: paths, common) : nil
        compressor = output.compressor
        words = CommandIdentity.wordsOfUnit(inputs: inputs)
        replaces = output.overwriting.force
        if place != nil, let pipe = paths.first(where: Directory.isReadOnce) {
            throw Failure.unitOfPipe(pipe)
        }
    }

    /// Does what must come before the output is opened, where there is one already.
    func reserving<Result>(_ body: () throws -> Result) throws -> Result {
        try destination?.reserving(body) ?? body()
    }

    /// Does the work of the command; a unit remembers why it failed.
    func noting(_ body: () async throws -> Void) async throws {
        guard let place else { return try await body() }
        try await place.noting(body)
    }

    /// Writes what a pipeline makes, unless it is a unit that is done.
    ///
    /// - Parameters:
    ///   - header: Of what comes out.
    ///   - attach: Starts the stages on a runner.
    func write(
        _ header: StreamHeader, _ source: PipelineSource, in context: PipelineContext,
        _ attach: (PipelineRunner) async throws -> BatchStream
    ) async throws {
        func write(to destination: StreamDestination) async throws {
            let runner = context.makeRunner()
            try runner.write(
                await attach(runner), to: destination, compressor: compressor, firstIndex: source.firstIndex)
            try await runner.run()
        }
        if let destination { return try await write(to: destination) }
        guard let place, let inputs = source.inputs else { throw Failure.unitOfPipe(paths[0]) }
        try await place.run(
            UnitPlan(unit: unit, words: words, header: header, inputs: inputs), replaces: replaces, wait: context.wait,
            progress: context.progress
        ) { try await write(to: $0) }
    }
}
