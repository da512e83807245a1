import Diagnostics
import Glibc
import Shards

/// A program that runs beside us, with pipes to its standard input, output and error, in a process group of its own.
///
/// The whole group ends with it, and with us: however we end, SIGKILL included, the program sees the end of its input,
/// and a guard (`ProcessGuard`) kills two seconds later what is left of the group.
///
/// Started with `posix_spawn`. swift-subprocess 1.0.2 was tried: it links statically and costs 1.3 MB and no time to
/// speak of, but it has no death signal of the parent either (so a guard all the same), its pipes are asynchronous
/// sequences inside a closure, and a conversation with a deadline wants to wait for three pipes and a wish of ours at
/// once, which is one `poll`; so it would have been two packages more, and not less code.
///
/// Used by one thread at a time.
final class ChildProcess {
    /// Its standard input; does not block. -1 when closed.
    private(set) var input: Int32
    /// Its standard output and error; do not block.
    let output: Int32
    let errors: Int32
    private let process: pid_t
    private let guardian: ProcessGuard
    /// How it ended, once that is known.
    private(set) var ending: Ending?

    enum Ending: Equatable {
        case status(Int32)
        case signal(Int32)
        /// It would not end, and was killed.
        case killed

        var description: String {
            switch self {
            case .status(127): "ended with status 127: the shell did not find the command"
            // As the shell says it of a program.
            case .status(let status) where (129...192).contains(status): "was ended by signal \(status - 128)"
            case .status(let status): "ended with status \(status)"
            case .signal(let number): "was ended by signal \(number)"
            case .killed: "did not end by itself and was killed"
            }
        }
    }

    /// - Parameter command: For `/bin/sh -c`.
    init(command: String) throws {
        let started = try ProcessStart.alone { () throws -> ([Int32], pid_t, ProcessGuard) in
            var pipes: [(read: Int32, write: Int32)] = []
            do {
                for _ in 0..<4 {
                    guard let ends = ProcessStart.makePipe() else { throw Failure.noPipe(errno) }
                    pipes.append(ends)
                }
                let process = try Self.spawn(
                    ["sh", "-c", command], input: pipes[0].read, output: pipes[1].write, errors: pipes[2].write)
                // Its ends are closed with it.
                let last = pipes.removeLast()
                let (code, guardian) = ProcessGuard.start(over: process, pipe: last)
                guard code == 0 else {
                    kill(-process, SIGKILL)
                    throw Failure.cannotStartShell(code)
                }
                for end in [pipes[0].read, pipes[1].write, pipes[2].write] { close(end) }
                return ([pipes[0].write, pipes[1].read, pipes[2].read], process, guardian)
            } catch {
                for pipe in pipes { _ = (close(pipe.read), close(pipe.write)) }
                throw error
            }
        }
        (input, output, errors) = (started.0[0], started.0[1], started.0[2])
        process = started.1
        guardian = started.2
        for end in [input, output, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        end(patience: .zero)
        close(output)
        close(errors)
    }

    func closeInput() {
        guard input >= 0 else { return }
        close(input)
        input = -1
    }

    /// Closes its input, gives it `patience` to end by itself, then one second after SIGTERM; kills what is left of its
    /// group, and waits for it.
    ///
    /// What it writes meanwhile is not read: a program that ends well has nothing left to say.
    @discardableResult
    func end(patience: Duration) -> Ending {
        if let ending { return ending }
        closeInput()
        var ending = waitForEnd(patience)
        if ending == nil {
            kill(-process, SIGTERM)
            ending = waitForEnd(patience == .zero ? .zero : .seconds(1)).map { _ in .killed }
        }
        // Also what the program started, and left behind.
        kill(-process, SIGKILL)
        if ending == nil {
            _ = waitForEnd(.seconds(1 << 20))
            ending = .killed
        }
        guardian.dismiss()
        self.ending = ending
        return ending ?? .killed
    }

    /// For tests of a program: kills it without a word.
    func killNow() { kill(-process, SIGKILL) }

    private func waitForEnd(_ patience: Duration) -> Ending? {
        let deadline = ContinuousClock.now + patience
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F) }
            if ended < 0 && errno != EINTR { return .killed }
            if ContinuousClock.now >= deadline { return nil }
            usleep(1000)
        }
    }

    private static func spawn(_ words: [String], input: Int32, output: Int32? = nil, errors: Int32? = nil) throws
        -> pid_t
    {
        let (code, process) = ProcessStart.spawn("/bin/sh", words, input: input, output: output, errors: errors)
        guard code == 0 else { throw Failure.cannotStartShell(code) }
        return process
    }
}
