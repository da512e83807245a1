import Glibc
import Shards

/// How many processors this process may use, which in a job of Slurm or in a container are fewer than the machine has.
///
/// The smallest of what is online, what the affinity allows (`Cpus_allowed_list` of proc_pid_status(5)), and the quotas
/// of the process's cgroup and those around it, rounded up: `cpu.max` of version 2 (Documentation/admin-guide/cgroup-v2.rst of
/// Linux), `cpu.cfs_quota_us` of version 1 (Documentation/scheduler/sched-bwc.rst).
package struct AvailableProcessors {
    /// What stands before `/proc` and `/sys`; for tests.
    private let root: String

    package init(root: String = "") { self.root = root }

    package var count: Int {
        let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let allowed = affinity ?? online
        let quota = quotas.min().map { Int($0.rounded(.up)) } ?? allowed
        return max(1, min(allowed, quota))
    }

    /// Number of processors in a list like `0-3,8`.
    private var affinity: Int? {
        let field = "Cpus_allowed_list:"
        guard let line = lines(of: "/proc/self/status").first(where: { $0.hasPrefix(field) }) else { return nil }
        var count = 0
        for range in line.dropFirst(field.count).split(separator: ",") {
            let ends = range.split(separator: "-").compactMap { Int($0.filter { !$0.isWhitespace }) }
            guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 20 else { return nil }
            count += last - first + 1
        }
        return count > 0 ? count : nil
    }

    /// Processors' worth of time that the cgroups allow.
    private var quotas: [Double] {
        lines(of: "/proc/self/cgroup").flatMap { line -> [Double] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let (controllers, path) = (fields[1].split(separator: ","), String(fields[2]))
            if controllers.isEmpty { return Self.ancestors(of: path).compactMap { quotaV2("/sys/fs/cgroup" + $0) } }
            guard controllers.contains("cpu") else { return [] }
            return ["cpu", "cpu,cpuacct"].flatMap { mount in
                Self.ancestors(of: path).compactMap { quotaV1("/sys/fs/cgroup/\(mount)" + $0) }
            }
        }
    }

    private func quotaV2(_ folder: String) -> Double? {
        let numbers = lines(of: folder + "/cpu.max").first?.split(separator: " ").map { Double($0) } ?? []
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1] else { return nil }  // or "max"
        return Self.share(quota, period)
    }

    private func quotaV1(_ folder: String) -> Double? {
        guard let quota = lines(of: folder + "/cpu.cfs_quota_us").first.flatMap(Double.init),
            let period = lines(of: folder + "/cpu.cfs_period_us").first.flatMap(Double.init)
        else { return nil }
        return Self.share(quota, period)
    }

    private static func share(_ quota: Double, _ period: Double) -> Double? {
        quota > 0 && period > 0 && (quota / period).isFinite ? quota / period : nil
    }

    /// The folder itself and those above it, up to the root, which in a container is where its own cgroup is mounted.
    private static func ancestors(of path: String) -> [String] {
        var folders: [String] = []
        var folder = path
        while folder.count > 1 {
            folders.append(folder)
            folder = Directory.parent(of: folder)
        }
        return folders + [""]
    }

    private func lines(of path: String) -> [Substring] {
        guard Directory.fileExists(root + path), let bytes = try? Directory.contents(of: root + path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}
