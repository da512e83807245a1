import ArgumentParser
import Diagnostics
import Formats
import Pipelines
import Shards
import Vectors

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at everything that a tagger shall be made from, before hours are spent.",
        discussion: """
            EXAMPLE
              nerpipe doctor 'news/*.txt.zst' --lang sw --source en=en/train.conll \\
                --vectors multi.vectors --gold sw.conll

            The options are those of 'distill'. Each finding has what to do about it: 'error' is what a run would fail of, or what makes its result mean nothing; then the \
            exit status is 1.
            """)

    @OptionGroup var arguments: MaterialArguments

    @Option(name: .joinable("o"), help: "Folder that shall be made, for the space that is left there.")
    var output = "."

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "doctor")
        let materials = try arguments.materials(output: output)
        let found = Findings()
        try await session.run { try await look(at: materials, session, found) }
        let findings = found.all
        if json {
            struct Report: Encodable { let findings: [Finding], errors, warnings: Int }
            let report = Report(
                findings: findings, errors: findings.count { $0.severity == .error },
                warnings: findings.count { $0.severity == .warning })
            try StandardOutput.write(String(decoding: JSON.encodePretty(report), as: UTF8.self))
        } else {
            try StandardOutput.write(findings.map { $0.line + "\n" }.joined())
        }
        let errors = findings.count { $0.severity == .error }
        if errors > 0 { throw Failure.doctorFound(errors) }
    }

    /// What was found so far. One task after the other adds to it.
    private final class Findings: @unchecked Sendable { var all: [Finding] = [] }

    private func look(at materials: DistillMaterials, _ session: Session, _ found: Findings) async throws {
        do {
            try materials.validate()
        } catch let failure as Failure {
            found.all.append(Finding(.error, "inputs", failure.message))
        }
        let readable = materials.readable
        found.all += PlaceCheck.languages([materials.language] + materials.sourceLanguages)
        found.all += LabelCheck(readable, reading: ReadingNotes { session.log($0) }).findings()
        let table = try readable.vectors.first.flatMap { $0.contains("=") ? nil : try VectorTable(path: $0) }
        found.all += try await TextCheck(
            "text", paths: readable.text, language: materials.language, gold: readable.gold, table: table
        ).findings(in: session.context)
        for language in materials.sourceLanguages {
            let paths = readable.sources.filter { $0.name == language }.map(\.path)
            guard !paths.isEmpty else { continue }
            found.all += try await TextCheck(
                "source \(language)", paths: paths, language: language, gold: [], table: table
            )
            .findings(in: session.context)
        }
        found.all += PlaceCheck.machine(jobs: common.jobCount)
        found.all.append(PlaceCheck.disk(DistillEstimate(readable, jobs: common.jobCount)))
        for missing in DistillChoices(materials).missing { found.all.append(Finding(.note, "would help", missing)) }
    }
}
