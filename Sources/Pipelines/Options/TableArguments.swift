package import ArgumentParser

/// Where the vector table of a stream is, for stages that need it again.
package struct TableArguments: ParsableArguments, Sendable {
    @Option(help: "Vector table, when it is not where the stream says.")
    package var vectors: String?

    package init() {}
}
