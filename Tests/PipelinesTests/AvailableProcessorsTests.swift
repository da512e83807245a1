import Foundation
import NERPipeTesting
import Pipelines
import Shards
import Testing

struct AvailableProcessorsTests {
    struct Machine: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Files under `/proc` and `/sys`.
        var files: [String: String]
        var count: Int
    }

    private static let eight = "Name:\tx\nCpus_allowed_list:\t0-3,8-10,12\n"

    @Test(arguments: [
        Machine(testDescription: "affinity", files: ["/proc/self/status": eight], count: 8),
        Machine(
            testDescription: "one processor", files: ["/proc/self/status": "Cpus_allowed_list:\t5\n"], count: 1),
        Machine(
            testDescription: "version 2, quota of the cgroup, rounded up",
            files: [
                "/proc/self/status": eight, "/proc/self/cgroup": "0::/system.slice/a.service\n",
                "/sys/fs/cgroup/system.slice/a.service/cpu.max": "250000 100000\n",
                "/sys/fs/cgroup/system.slice/cpu.max": "max 100000\n",
            ], count: 3),
        Machine(
            testDescription: "version 2, quota of a cgroup around it",
            files: [
                "/proc/self/status": eight, "/proc/self/cgroup": "0::/slurm/job_1/step_0\n",
                "/sys/fs/cgroup/slurm/job_1/cpu.max": "100000 100000\n",
            ], count: 1),
        Machine(
            testDescription: "version 2 in a container, without a name of its own",
            files: [
                "/proc/self/status": eight, "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n",
            ], count: 1),
        Machine(
            testDescription: "version 1, where the container sees its own cgroup at the root",
            files: [
                "/proc/self/status": eight, "/proc/self/cgroup": "5:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "400000\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            ], count: 4),
        Machine(
            testDescription: "version 1 without a quota",
            files: [
                "/proc/self/status": eight, "/proc/self/cgroup": "3:cpu:/\n",
                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            ], count: 8),
        Machine(
            testDescription: "a quota above the affinity, and nonsense",
            files: [
                "/proc/self/status": "Cpus_allowed_list:\t0-1\n", "/proc/self/cgroup": "0::/a\nx\n1:cpu\n",
                "/sys/fs/cgroup/a/cpu.max": "900000 100000\n", "/sys/fs/cgroup/cpu.max": "0 0\n",
            ], count: 2),
    ])
    func smallestOfAllLimits(machine: Machine) throws {
        let folder = ScratchFolder()
        for (path, text) in machine.files {
            try Directory.make(Directory.parent(of: folder["root"] + path))
            try AtomicFile.write(text, to: folder["root"] + path)
        }
        #expect(AvailableProcessors(root: folder["root"]).count == machine.count)
    }

    @Test func thisMachineHasSome() { #expect(AvailableProcessors().count >= 1) }
}
