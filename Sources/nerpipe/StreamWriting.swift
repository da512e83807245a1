import Diagnostics
import Pipelines
import Shards

/// Where a command writes its stream: to a file, to standard output, or, as a unit of a work, into the folder of all units.
struct StreamWriting: Sendable {
    private enum Place: Sendable {
        case unit(UnitWork)
        case stream(StreamDestination)
    }

    private let place: Place
    private let compressor: FrameCompressor?

    /// - Parameters:
    ///   - paths: Of the inputs, `-` for standard input.
    ///   - inputs: The same as they were typed.
    init(
        _ output: StreamOutputArguments, _ unit: UnitOutput?, _ shard: WorkUnit?, _ paths: [String], _ inputs: [String],
        _ common: CommonOptions
    ) throws {
        compressor = output.compressor
        if let unit {
            place = .unit(
                try UnitWork(unit, shard ?? .whole, paths, inputs, replaces: output.overwriting.force))
        } else {
            place = .stream(try output.destination(inputs: paths, common))
        }
    }

    /// Does what must come before the output is opened, where there is one already.
    func reserving<Result>(_ body: () throws -> Result) throws -> Result {
        switch place {
        case .unit: try body()
        case .stream(let destination): try destination.reserving(body)
        }
    }

    /// Does the work of the command; a unit remembers why it ended without its stream.
    func noting(_ body: () async throws -> Void) async throws {
        switch place {
        case .unit(let unit): try await unit.noting(body)
        case .stream: try await body()
        }
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
        switch place {
        case .unit(let unit): try await unit.run(header, source, in: context) { try await write(to: $0) }
        case .stream(let destination): try await write(to: destination)
        }
    }
}
