package import ArgumentParser
package import Taggers

extension ArithmeticPrecision: ExpressibleByArgument {}

package struct PrecisionArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Arithmetic of the network: 32-bit floats, or products of 16-bit ones, which is faster on a CPU that has them (AVX512_BF16), slower on others, and moves few labels.",
            valueName: "full|reduced"))
    package var precision: ArithmeticPrecision = .full

    package init() {}
}
