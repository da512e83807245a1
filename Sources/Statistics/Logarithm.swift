import Glibc

/// For modules that compute nothing else.
package enum Logarithm {
    package static func natural(_ value: Double) -> Double { log(value) }
}
