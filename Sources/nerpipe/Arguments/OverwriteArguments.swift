import ArgumentParser
import Shards

/// What becomes of an output that is there already; the same for every command that makes a file.
struct OverwriteArguments: ParsableArguments {
    @Flag(
        help:
            "Replace an output that is there. Without it the finished output of this same command, options and inputs is left as it is (status 0), and any other file is refused (73)."
    )
    var force = false

    /// The rule for the output of this run.
    ///
    /// - Parameters:
    ///   - path: The output; a name that promises what nerpipe does not write is refused.
    ///   - compresses: Whether a name that ends in `.zst` makes it compressed; what is mapped cannot be.
    ///   - inputs: What the run reads, `-` for standard input, besides what its options name.
    ///   - words: What decides the result and is not on the command line.
    func rule(
        for path: String, compresses: Bool = true, inputs: [String] = [], naming words: [String] = [], wait: Double = 0
    ) throws -> OutputRule {
        try OutputRule.requireWritableForm(path, compresses: compresses)
        var rule = OutputRule(replaces: force, identity: CommandIdentity.ofThisCommand(inputs: inputs, naming: words))
        rule.wait = .seconds(wait)
        return rule
    }
}
