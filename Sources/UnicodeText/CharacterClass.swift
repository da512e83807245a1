import CUnicodeTables

/// Coarse class of a scalar, from its general category: what shapes and the case statistics of words need.
///
/// Letters of scripts that have case in Unicode and not in running text are without case here: Georgian Mkhedruli
/// (its Mtavruli stay capitals: they are a style of whole words) and Cherokee.
///
/// The raw values are those of the generated tables.
package enum CharacterClass: UInt8, Sendable {
    /// Lu and Lt.
    case upper = 0
    /// Ll.
    case lower = 1
    /// Lm and Lo, Georgian Mkhedruli and Cherokee: letters without case.
    case otherLetter = 2
    /// Nd.
    case digit = 3
    /// Nl and No.
    case otherNumber = 4
    /// Mn, Mc and Me.
    case mark = 5
    /// White_Space (which includes the control characters tab to carriage return).
    case space = 6
    /// P*.
    case punctuation = 7
    /// S*.
    case symbol = 8
    /// Everything else: control, format, surrogate, private use, unassigned.
    case other = 9

    /// The class of `scalar`; a value that is no scalar is `.other`.
    @inline(__always)
    package init(_ scalar: UInt32) {
        self.init(properties: nu_properties(scalar))
    }

    /// The class in a property word of the generated tables.
    @inline(__always)
    package init(properties: UInt16) {
        self = CharacterClass(rawValue: UInt8(truncatingIfNeeded: properties &>> 5 & 15)) ?? .other
    }

    /// Whether it is any letter.
    package var isLetter: Bool { rawValue < 3 }
}
