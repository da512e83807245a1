package import ArgumentParser
package import Taggers

extension ArithmeticPrecision: ExpressibleByArgument {}

package struct PrecisionArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Arithmetic of the network: 32-bit floats, or products of 8-bit whole numbers, which is faster, most of all on a CPU with AVX-VNNI or AVX512_VNNI, and moves few labels.",
            valueName: "full|reduced"))
    package var precision: ArithmeticPrecision = .full

    package init() {}
}
