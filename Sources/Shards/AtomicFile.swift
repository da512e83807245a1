import Diagnostics
import Glibc

/// A file that appears under its final name only when it is complete.
///
/// Bytes go to `PATH.tmp`, which is locked, so that two processes never write the same; ``commit()`` syncs it, renames it
/// and syncs the directory. A file that is not committed is removed. What exists and is no regular file, such as `/dev/null` or a named pipe, is written into and never
/// replaced.
package final class AtomicFile {
    package let path: String
    /// nil when the bytes go straight into a device or pipe.
    private let temporaryPath: String?
    private var descriptor: Int32
    private let rule: OutputRule
    package private(set) var byteCount = 0

    /// - Throws: Also ``OutputRule/CompleteAlready``.
    package init(_ path: String, _ rule: OutputRule = OutputRule()) throws {
        self.path = path
        self.rule = rule
        guard !Directory.exists(path) else {
            throw Failure.outputIsFolder(path)
        }
        if Directory.isSpecialFile(path) {
            temporaryPath = nil
            descriptor = try Self.open(path, path, O_WRONLY)
        } else {
            try rule.requireFree(path)
            temporaryPath = path + ".tmp"
            descriptor = try Self.openAlone(path + ".tmp", path, wait: rule.wait)
            // Whoever had the lock may have finished the file.
            try rule.requireFree(path)
        }
    }

    private static func open(_ temporaryPath: String, _ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = Glibc.open(temporaryPath, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure.cannotCreate(path, SystemError(errno))
        }
        return descriptor
    }

    /// Makes and locks the temporary file, and removes what a killed process left under its name. Never is a file taken over: somebody whose
    /// lock was lost may still write into it.
    private static func openAlone(_ temporaryPath: String, _ path: String, wait: Duration) throws -> Int32 {
        while true {
            // No link is followed: in a folder that others may write, it would lead anywhere.
            var descriptor = Glibc.open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
            let isNew = descriptor >= 0
            if !isNew, errno != EEXIST { throw Failure.cannotCreate(path, SystemError(errno)) }
            if !isNew {
                descriptor = Glibc.open(temporaryPath, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
                if descriptor < 0, errno == ENOENT { continue }
                guard descriptor >= 0 else { throw Failure.cannotCreate(path, SystemError(errno)) }
            }
            do {
                try FileLock.take(descriptor, path, wait: wait)
            } catch {
                close(descriptor)
                throw error
            }
            // Between the opening and the locking another process may have finished the file.
            if Self.leads(temporaryPath, to: descriptor) {
                if isNew { return descriptor }
                var status = stat()
                guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                    close(descriptor)
                    throw Failure.cannotUse(temporaryPath, nil)
                }
                unlink(temporaryPath)
            }
            close(descriptor)
        }
    }

    /// Whether a name is that of an open file.
    private static func leads(_ path: String, to descriptor: Int32) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    deinit { discard() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try StandardOutput.writeAll(bytes, to: descriptor, name: path)
        byteCount += bytes.count
    }

    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Replaces bytes already written; for headers whose content is known only at the end.
    package func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        guard pwrite(descriptor, bytes.baseAddress, bytes.count, offset) == bytes.count else {
            throw Failure.system(.inputOutput, "write", path, SystemError(errno))
        }
    }

    package func commit() throws {
        guard let temporaryPath else { return discard() }
        if let identity = rule.identity { RunMark.set(identity, on: descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure.system(.inputOutput, "sync", path, SystemError(errno)) }
        // Another process may have taken us for dead, where the system gave our lock up before we were.
        guard Self.leads(temporaryPath, to: descriptor) else { throw Failure.outputIsBeingWritten(path) }
        guard rename(temporaryPath, path) == 0 else {
            throw Failure.system(.cannotCreate, "give the finished file its name", path, SystemError(errno))
        }
        close(descriptor)
        descriptor = -1
        Directory.sync(Directory.parent(of: path))
    }

    private func discard() {
        guard descriptor >= 0 else { return }
        // Before the lock is given up, otherwise it might be the file of the next process.
        if let temporaryPath, Self.leads(temporaryPath, to: descriptor) { unlink(temporaryPath) }
        close(descriptor)
        descriptor = -1
    }

    /// Writes a whole file at once.
    package static func write(_ bytes: [UInt8], to path: String, _ rule: OutputRule = OutputRule()) throws {
        let file = try AtomicFile(path, rule)
        try file.write(bytes)
        try file.commit()
    }

    package static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }
}

/// Standard output: data only, written until done.
package enum StandardOutput {
    /// The reader of our output is gone. Not an error: `nerpipe ... | head` ends well.
    package struct ReaderGone: Error { package init() {} }

    package static func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writeAll(bytes, to: STDOUT_FILENO, name: "<stdout>")
    }

    package static func write(_ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try write($0) }
    }

    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether the output goes into a pipe of this machine, where compression would cost more than it saves.
    package static var isPipe: Bool {
        var status = stat()
        return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, name: String) throws {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count >= 0 {
                done += count
            } else if errno == EPIPE && descriptor == STDOUT_FILENO {
                throw ReaderGone()
            } else if errno != EINTR {
                throw Failure.cannotWrite(name, SystemError(errno))
            }
        }
    }
}
