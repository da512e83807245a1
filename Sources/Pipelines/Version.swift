import Kernels
import Shards

/// The version of nerpipe, as it stands in the headers of streams.
package enum Version {
    package static let number = "0.1.0"
    package static let producer = "nerpipe \(number)"

    /// The version, and what else decides how files are read and numbers come out: one line each.
    package static var report: String {
        """
        \(producer)
        libzstd \(LibraryVersions.zstd)
        xxHash \(LibraryVersions.xxHash)
        kernels \(KernelPath.current.rawValue)
        """
    }
}
