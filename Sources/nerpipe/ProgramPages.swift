import Glibc

/// The machine code of this process, which lies in its file and comes a page, and those beside it, at a time.
enum ProgramPages {
    /// Lets the system take what only starting needed, a third of it, out of this process; what is used comes back when it is.
    static func release() {
        #if os(Linux)
            guard let maps = fopen("/proc/self/maps", "re") else { return }
            defer { fclose(maps) }
            let code: @convention(c) () -> Void = {}
            let here = unsafeBitCast(code, to: UInt.self)
            var line: UnsafeMutablePointer<CChar>?, capacity = 0
            defer { free(line) }
            while getline(&line, &capacity, maps) > 0 {
                guard let line else { return }
                // 0075e000-01f77000 r-xp 0055d000 fe:00 5441762 /usr/bin/nerpipe
                let parts = String(cString: line).split(separator: " ")
                let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                guard ends.count == 2, (ends[0]..<ends[1]).contains(here), parts[1] == "r-xp" else { continue }
                madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
                return
            }
        #endif
    }
}
