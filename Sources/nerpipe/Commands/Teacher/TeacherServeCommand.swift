import ArgumentParser
import Corpora
import Diagnostics
import Kernels
import Pipelines
import Shards
import Taggers
import TeacherPrograms
import Teachers
import Vectors

struct TeacherServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Makes a model a program that is a teacher.",
        discussion: """
            EXAMPLE
              nerpipe score --teacher-command 'nerpipe teacher serve teachers/en' \\
                embedded.zst -o scored.zst

            Reads questions from standard input and writes answers to standard output (docs/teacher-protocol.md). It gives the scores \
            that 'score --teacher' gives, of text that was embedded with the table of the model.
            """)

    @Argument(help: "Model directory.")
    var model: String

    @Option(help: "Language of the text; und: as the model's own.")
    var lang = "und"

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @OptionGroup var arithmetic: PrecisionArguments

    func run() async throws {
        let folder = try ModelFolder(path: model)
        let configuration = folder.model.configuration
        let table = try TableFinder.open(configuration.vectors, override: vectors, neededBy: model)
        let teacher = try folder.teacher(vectors: table, arithmetic.precision)
        let embedder = try Embedder(table: table, for: configuration)
        let language = try embedder.requireKnown(
            try TextLanguage.of(lang, models: [configuration], table: table) { StandardError.write("\($0)\n") })
        var hello = ProgramHello(
            wire: .safetensors, name: "nerpipe \(model)", digest: teacher.digest, answers: .probabilities,
            labels: teacher.labels, scheme: .iob2)
        hello.pooling = "word"
        var server = try TeacherServer.onStandardStreams()
        try await server.run(hello) { question in
            let batch = embedder.embed(question.batch, language: language).0
            let scores = teacher.score(batch).probabilities
            return TeacherAnswer(scores: .probabilities(scores.array))
        }
    }
}
