import Diagnostics
import Glibc
import Shards

/// The program of a cell, in a process group of its own that ends with it and with us.
struct CellProcess {
    /// What it and those that it waited for took.
    struct Usage: Equatable {
        var wallSeconds = 0.0, processorSeconds = 0.0
        var peakResidentBytes = 0
    }

    enum Ending: Equatable {
        case status(Int32)
        case signal(Int32)
    }

    private let process: pid_t
    private let guardian: ProcessGuard
    private let start = ContinuousClock.now

    /// Time to write a checkpoint after SIGTERM.
    private static let patience = Duration.seconds(10)

    /// - Parameters:
    ///   - environment: Beside our own.
    ///   - output: File of its standard output, begun anew.
    ///   - errors: The same for what it says.
    ///   - lock: A descriptor that it holds as long as it or one that it started lives.
    init(_ words: [String], environment: [String: String], output: String, errors: String, lock: Int32) throws {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let paths: [String] = [output, errors]
        let files = paths.map { path in open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
        defer { for file in files + [nothing] where file >= 0 { close(file) } }
        for (file, path) in zip(files, paths) where file < 0 {
            throw Failure.system(.cannotCreate, "create", path, SystemError(errno))
        }
        (process, guardian) = try ProcessStart.alone {
            guard let pipe = ProcessStart.makePipe() else {
                throw Failure.cannotStartCell(words[0], SystemError(errno))
            }
            let (code, process) = ProcessStart.spawn(
                words[0], words, input: nothing, output: files[0], errors: files[1], kept: lock,
                environment: environment)
            guard code == 0 else {
                _ = (close(pipe.read), close(pipe.write))
                throw Failure.cannotStartCell(words[0], SystemError(code))
            }
            let (guardCode, guardian) = ProcessGuard.start(over: process, pipe: pipe)
            guard guardCode == 0 else {
                kill(-process, SIGKILL)
                throw Failure.cannotStartCell("/bin/sh", SystemError(guardCode))
            }
            return (process, guardian)
        }
    }

    /// Waits for its end; blocks. What is left of its group is killed.
    ///
    /// - Throws: When we are asked to stop; so is it.
    func wait() throws -> (ending: Ending, usage: Usage) {
        defer {
            kill(-process, SIGKILL)
            guardian.dismiss()
        }
        var askedToStop: ContinuousClock.Instant?
        while true {
            var status: Int32 = 0, used = rusage()
            let ended = wait4(process, &status, WNOHANG, &used)
            if ended == process {
                if Interruption.isRequested { throw Failure.interruptedForNow() }
                return (
                    status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F), usage(used)
                )
            }
            if ended < 0 && errno != EINTR { throw Failure.cannotWait(SystemError(errno)) }
            if Interruption.isRequested {
                if askedToStop == nil {
                    kill(-process, SIGTERM)
                    askedToStop = .now
                } else if let asked = askedToStop, ContinuousClock.now - asked > Self.patience {
                    kill(-process, SIGKILL)
                }
            }
            usleep(20_000)
        }
    }

    private func usage(_ used: rusage) -> Usage {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        let wall = (ContinuousClock.now - start).components
        return Usage(
            wallSeconds: Double(wall.seconds) + Double(wall.attoseconds) * 1e-18,
            processorSeconds: seconds(used.ru_utime) + seconds(used.ru_stime),
            peakResidentBytes: used.ru_maxrss * 1024)
    }
}
