/// The version of nerpipe, as it stands in the headers of streams.
package enum Version {
    package static let number = "0.1.0"
    package static let producer = "nerpipe \(number)"
}
