import CXXHash
import CZstd

/// The libraries that this program was linked with, as they call themselves.
package enum LibraryVersions {
    package static var zstd: String { String(cString: ZSTD_versionString()) }

    package static var xxHash: String {
        let number = XXH_versionNumber()  // 10000 for the release, 100 for the minor version
        return "\(number / 10000).\(number / 100 % 100).\(number % 100)"
    }
}
