internal import CKernels

/// An instruction set for which the kernels have a version of their own.
///
/// The best one of this CPU is chosen at the first call, unless the environment variable `NERPIPE_KERNELS` names an
/// available one. Results differ between paths in the last bits (other summation orders, no fused multiply-add in
/// `plain` on x86-64); within one path they depend on nothing but the inputs.
package enum KernelPath: String, CaseIterable, Sendable {
    /// SSE2 on x86-64, NEON on AArch64: runs everywhere.
    case plain
    /// AVX2, FMA and F16C.
    case avx2
    /// The 16-lane code of ``avx512`` on AVX2, for tests on a CPU without AVX-512; never chosen by itself.
    case avx2wide
    /// AVX-512 F, BW, DQ and VL.
    case avx512

    /// The paths that this CPU can run.
    package static var available: [KernelPath] {
        allCases.filter { nk_path_available($0.rawValue) != 0 }
    }

    /// The path in force on this thread.
    package static var current: KernelPath {
        KernelPath(rawValue: String(cString: nk_path_name())) ?? .plain
    }

    /// Chooses the path for the whole process; `nil` returns to the automatic choice.
    ///
    /// - Returns: `false`, and nothing changes, when this CPU cannot run the path.
    /// - Note: Call it before work starts: threads inside a kernel finish it on the old path.
    @discardableResult
    package static func select(_ path: KernelPath?) -> Bool {
        nk_select_path(path?.rawValue) == 0
    }

    /// Runs `body` with this path on the calling thread, whatever the process uses; for tests and measurements.
    ///
    /// - Precondition: The path is available, and calls are not nested.
    package func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        precondition(nk_select_thread_path(rawValue) == 0, "kernel path \(rawValue) is not available on this CPU")
        defer { nk_select_thread_path(nil) }
        return try body()
    }

    /// Runs `body` on the calling thread without the instructions that some CPUs of a path have and others have not
    /// (AVX-VNNI, AVX512_VNNI, AVX512_BF16): as those others, with the same bits. `NERPIPE_EXTENSIONS=none` is the same for a process.
    ///
    /// - Precondition: Calls are not nested.
    package static func withoutExtensions<Result>(_ body: () throws -> Result) rethrows -> Result {
        nk_allow_thread_extensions(0)
        defer { nk_allow_thread_extensions(1) }
        return try body()
    }
}
