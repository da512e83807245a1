import ArgumentParser
import Diagnostics
import Evaluation
import Pipelines
import Shards

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares two methods, each trained with several seeds, on the same sentences.",
        discussion: """
            EXAMPLE
              for m in direct-{1,2,3} student-{1,2,3}; do
                nerpipe evaluate --model $m test.conll --counts $m.counts
              done
              nerpipe compare --base direct-?.counts --system student-?.counts

            Files are paired in order, one of each seed. Means and standard deviations are over the seeds; the first interval and its two-sided p-value
            are a paired bootstrap over sentences of the mean difference in F1, the same drawn sentences for all seeds: it takes the models as they are.
            The second draws the seeds as well, and says what other seeds would have given; five are few for that, ten are better.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Counts of what is compared with, from 'evaluate --counts'.", valueName: "file"))
    var base: [String]

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Counts of the method, in the same order.", valueName: "file"))
    var system: [String]

    @Option(help: "Replicates of the bootstrap.")
    var bootstrap = 10_000

    @Option(help: "Seed of the bootstrap.")
    var seed: UInt64 = 1

    @Flag(help: "Print a JSON object instead of the lines.")
    var json = false

    func validate() throws {
        try requireAll([("--bootstrap", (1...1_000_000).contains(bootstrap), "from 1 to 1000000")])
        guard base.count == system.count else {
            throw ValidationError(
                "\(base.count) files of --base and \(system.count) of --system; give one of each seed, in the same order"
            )
        }
    }

    func run() throws {
        let bases = try base.map(CountsFile.init), systems = try system.map(CountsFile.init)
        for (path, file) in zip(base + system, bases + systems) {
            guard file.goldDigest == bases[0].goldDigest, file.sentences.count == bases[0].sentences.count else {
                throw Failure.countsOfOtherGold(path, than: base[0])
            }
        }
        do {
            let comparison = try SeedComparison(
                base: bases.map(\.sentences), system: systems.map(\.sentences),
                test: PairedBootstrap(replicates: bootstrap, seed: seed))
            try StandardOutput.write(json ? comparison.jsonObject() + "\n" : comparison.table())
        } catch let error as EvaluationError {
            throw Failure.cannotCompare(base[0], system[0], error)
        }
    }
}
