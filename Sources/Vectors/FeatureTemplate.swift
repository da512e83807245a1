import CXXHash
import Diagnostics
import UnicodeText

/// A hashed feature of a token's form; the hash is part of the stream format.
///
/// The hash is XXH3-64 of the feature's bytes, seeded with the number below, of which the low 32 bits are kept.
package enum FeatureTemplate: Equatable, Sendable {
    /// The word's shape (`WordShape`): `Xx`, `dd-d`, ...
    case shape
    /// The lower-cased form.
    case lower
    /// The first or last `n` scalars of the lower-cased form.
    case prefix(Int)
    case suffix(Int)

    /// Parses `shape`, `lower`, `prefix3`, `suffix2`.
    package init(_ name: String) throws {
        switch name {
        case "shape": self = .shape
        case "lower": self = .lower
        default:
            if name.hasPrefix("prefix"), let n = Int(name.dropFirst(6)), (1...9).contains(n) {
                self = .prefix(n)
            } else if name.hasPrefix("suffix"), let n = Int(name.dropFirst(6)), (1...9).contains(n) {
                self = .suffix(n)
            } else {
                throw Failure.unknownFeature(name)
            }
        }
    }

    /// - Parameters:
    ///   - token: The form in the text.
    ///   - form: Its look-up form.
    ///   - scratch: Space that is reused between calls.
    package func hash(token: UnsafeBufferPointer<UInt8>, form: UnsafeBufferPointer<UInt8>, scratch: inout [UInt8])
        -> UInt32
    {
        switch self {
        case .shape:
            scratch.removeAll(keepingCapacity: true)
            WordShape.append(of: token, to: &scratch)
            return scratch.withUnsafeBufferPointer { Self.hash($0, seed: 1) }
        case .lower: return Self.hash(form, seed: 2)
        case .prefix(let n):
            return Self.hash(.init(rebasing: form[ScalarAffix.prefix(of: form, scalarCount: n)]), seed: UInt64(100 + n))
        case .suffix(let n):
            return Self.hash(.init(rebasing: form[ScalarAffix.suffix(of: form, scalarCount: n)]), seed: UInt64(200 + n))
        }
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed))
    }
}
