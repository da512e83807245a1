import Diagnostics
import Glibc
import Kernels
import LanguageCodes
import Shards

/// The machine, and how things are named.
package enum PlaceCheck {
    /// Processors, instruction set, memory, open files.
    package static func machine(jobs: Int) -> [Finding] {
        let available = AvailableProcessors().count
        var findings = [
            Finding(
                jobs > available ? .warning : .good, "machine",
                "\(available) processors for this process, kernels \(KernelPath.current.rawValue)",
                advice: jobs > available ? "--jobs \(jobs) are more, and gain nothing" : "")
        ]
        let pages = sysconf(Int32(_SC_PHYS_PAGES)), pageBytes = sysconf(Int32(_SC_PAGESIZE))
        if pages > 0, pageBytes > 0 {
            let total = pages * pageBytes >> 20
            findings.append(
                Finding(
                    total < 2048 ? .warning : .good, "machine", "\(total) MiB of memory",
                    advice: total < 2048 ? "training vectors takes some 2 GiB; --alignment-memory lowers it" : ""))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < 256 {
            findings.append(
                Finding(
                    .warning, "machine", "only \(limit.rlim_cur) files may be open",
                    advice: "raise it with 'ulimit -n 1024'"))
        }
        // Where a thread cannot be made for want of addresses, libdispatch tries again every second, without end.
        if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 30 {
            findings.append(
                Finding(
                    .warning, "machine",
                    "addresses are limited to \(limit.rlim_cur >> 20) MiB (ulimit -v), of which threads reserve most",
                    advice:
                        "a command may wait forever; limit memory with a cgroup instead (systemd-run -p MemoryMax=...)")
            )
        }
        return findings
    }

    package static func disk(_ estimate: DistillEstimate) -> Finding {
        let isShort = (estimate.freeBytes ?? .max) < estimate.diskBytes
        return Finding(
            isShort ? .error : .good, "disk", "the run takes \(estimate.text)",
            advice: isShort ? "free some, or name another place with -o" : "")
    }

    /// Codes that name no language.
    package static func languages(_ codes: [String]) -> [Finding] {
        Set(codes).sorted().compactMap { code in
            guard LanguageCode(code) == nil else { return nil }
            return Finding(
                .warning, "languages", "'\(code)' is no language code (ISO 639 or BCP 47)",
                advice: "use 'sw', 'swa' or the like; a name that is none is only found as it stands")
        }
            + (LanguageCode.differentlyWritten(in: codes).map {
                [
                    Finding(
                        .error, "languages", "'\($0.0)' and '\($0.1)' are one language", advice: "write it in one way")
                ]
            } ?? [])
    }
}
