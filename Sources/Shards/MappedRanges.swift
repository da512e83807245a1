import Glibc
import Locks

/// The mapped files of the process, for the message when one of them cannot be read any more.
///
/// A page of a file that became shorter, or whose disk failed, ends the reader with SIGBUS; that is then said in words,
/// with the exit status of an input error.
enum MappedRanges {
    private struct Entry {
        var start: UInt = 0, end: UInt = 0
        /// What is written, a C string.
        var message: UnsafeMutablePointer<CChar>?
    }

    /// More files are never mapped at once; those beyond would die without the message.
    private static let capacity = 256
    // Written under the lock, read by the signal handler, which may not wait for one: an entry is complete before its
    // end is set, and its message lives until the place is used again.
    nonisolated(unsafe) private static let entries = {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        entries.initialize(repeating: Entry(), count: capacity)
        return entries
    }()
    /// How many files are mapped now; its lock is that of the entries.
    private static let count = Locked(0)
    private static let installed: Void = {
        _ = entries
        var action = sigaction()
        action.sa_flags = SA_SIGINFO
        action.__sigaction_handler.sa_sigaction = { number, information, _ in
            let address = UInt(bitPattern: information?.pointee._sifields._sigfault.si_addr)
            for slot in 0..<MappedRanges.capacity {
                let entry = MappedRanges.entries[slot]
                guard address >= entry.start, address < entry.end, let message = entry.message else { continue }
                _ = Glibc.write(STDERR_FILENO, message, strlen(message))
                _exit(74)
            }
            signal(number, SIG_DFL)  // not ours: happens again, with the usual end
        }
        sigaction(SIGBUS, &action, nil)
    }()

    static func add(_ bytes: UnsafeRawBufferPointer, _ path: String) -> Int? {
        guard bytes.count > 0 else { return nil }
        _ = installed
        let start = UInt(bitPattern: bytes.baseAddress)
        return count.withLock { count in
            guard count < capacity, let slot = (0..<capacity).first(where: { entries[$0].end == 0 }) else { return nil }
            if let old = entries[slot].message { free(old) }
            entries[slot].message = strdup(
                "nerpipe: \(path): became shorter, or unreadable, while it was in use; put it back as it was and run the "
                    + "same command again\n")
            entries[slot].start = start
            entries[slot].end = start + UInt(bytes.count)
            count += 1
            return slot
        }
    }

    static func remove(_ slot: Int?) {
        guard let slot else { return }
        count.withLock {
            entries[slot].end = 0
            $0 -= 1
        }
    }
}
