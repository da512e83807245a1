import CUnicodeTables

/// The version of the Unicode Character Database that every table of this module comes from, for example "15.0".
///
/// It is part of what tokens and look-up forms mean, so it belongs into the identity of anything stored. The tables are
/// committed C source, not the Swift runtime's own data: a new toolchain changes nothing.
package enum UnicodeVersion {
    package static let current = "15.0"

    /// What the generated tables say; a test keeps it equal to ``current``.
    package static var ofTables: String {
        withUnsafeBytes(of: nu_unicode_version) { "\($0[0]).\($0[1])" }
    }
}
