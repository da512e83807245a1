import Diagnostics
import Glibc
import Logging
import Pipelines
import Shards
import Streams

/// What a command has around its work: messages, the progress display, the metrics file.
struct Session: Sendable {
    let progress: ProgressMeter
    private let metrics: MetricsFile?
    /// nil where progress is not live.
    private let line: SharedProgressLine?
    private let logger: Logger
    private let options: CommonOptions

    /// What the command was told that has this one done, as a phase of its own.
    @TaskLocal static var ofChain: CommonOptions?

    /// - Parameters:
    ///   - unit: Says how it stands when the metrics do.
    ///   - shard: Of a unit whose output is a file of its own.
    ///   - ofRound: The same as `unit` for a unit of a round.
    init(
        _ own: CommonOptions, command: String, unit: UnitOutput? = nil, shard: WorkUnit? = nil,
        notes ofRound: UnitNotes? = nil
    ) {
        let options = Self.ofChain.map(own.within) ?? own
        self.options = options
        let format = options.logFormat
        var logger = Logger(label: command) { label in StandardErrorLog(label: label, format: format) }
        logger.logLevel = options.quiet ? .error : options.verbose ? .debug : .info
        self.logger = logger
        let metrics = options.metrics.map(MetricsFile.init), notes = unit?.notes ?? ofRound
        let progress = ProgressMeter(command: command) { record in
            metrics?.append(record)
            notes?.beat(record)
        }
        (self.metrics, self.progress) = (metrics, progress)
        line = StandardError.isTerminal && Self.showsProgress(options) ? .ofThisTerminal : nil
        context = PipelineContext(
            threads: ComputeThreads(count: options.jobCount), progress: progress, wait: .seconds(options.wait),
            words: CommandIdentity.arguments, unitName: unit?.name ?? UnitOutput.name(of: shard ?? .whole)
        ) { [logger] in
            logger.info("\($0)")
        }
    }

    func log(_ message: String) { logger.info("\(message)") }
    func warn(_ message: String) { logger.warning("warning: \(message)") }

    /// What the stages of the command share.
    let context: PipelineContext

    /// All that compute for the command.
    var threads: ComputeThreads { context.threads }

    /// Runs the work on the computing threads, with progress and metrics beside it.
    ///
    /// - Parameter next: The command that goes on with what is made; said when the work was long.
    func run(next: String? = nil, _ work: sending @escaping () async throws -> Void) async throws {
        try metrics?.begin()
        let reporter = Task { await report() }
        defer { reporter.cancel() }
        do {
            try await withTaskExecutorPreference(threads) { try await work() }
        } catch let gone as StandardOutput.ReaderGone {
            finish(withNotes: false)  // `| head` is a normal end, and wants no more of us
            throw gone
        } catch {
            finish()
            throw error
        }
        finish()
        if let next, progress.elapsed > Self.longWork { logger.info("next: \(next)") }
    }

    /// Who waited wants to know what it came to; a short run says enough.
    private static let longWork = Duration.seconds(10)

    private func finish(withNotes: Bool = true) {
        if line?.end() == true { StandardError.write("\u{1B}[2K\r") }
        for note in withNotes ? progress.notes : [] { logger.info("\(note)") }
        for warning in withNotes ? progress.warnings : [] { logger.warning("warning: \(warning)") }
        if let summary = progress.summary {
            if progress.elapsed > Self.longWork { logger.info("\(summary)") } else { logger.debug("\(summary)") }
        }
        progress.record()
    }

    private static func showsProgress(_ options: CommonOptions) -> Bool {
        switch options.progress {
        case .always: true
        case .never: false
        case .auto: !options.quiet && options.logFormat == .text
        }
    }

    private func report() async {
        let isShown = Self.showsProgress(options)
        var tick = 0, progressLine = ProgressLine()
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            if Task.isCancelled { return }
            tick += 1
            if let line {
                let parts = progressLine.parts(progress.snapshot)
                if let text = line.text(parts, width: StandardError.columns), !text.isEmpty {
                    StandardError.write("\u{1B}[2K\r\(text)")
                }
            } else if isShown, tick % 30 == 0 || options.progress == .always && tick % 5 == 0 {
                log(progressLine.text(progress.snapshot))
            }
            if tick % 10 == 0 { progress.record() }
        }
    }
}

/// Messages on stderr as plain lines or JSON.
private struct StandardErrorLog: LogHandler {
    let label: String
    let format: LogFormat
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        switch format {
        case .text:
            StandardError.write(
                (StandardError.isTerminal ? "\u{1B}[2K\r" : "") + "nerpipe \(label): \(event.message)\n")
        case .json:
            StandardError.writeJSON(level: event.level.rawValue, command: label, message: event.message.description)
        }
    }
}
