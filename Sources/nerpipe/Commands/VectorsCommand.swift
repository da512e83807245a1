import ArgumentParser

struct VectorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vectors", abstract: "Makes and shows tables of multilingual word vectors.",
        subcommands: [
            VectorsImportCommand.self, VectorsTrainCommand.self, VectorsEncodeCommand.self, VectorsAlignCommand.self,
            VectorsDictionaryCommand.self, VectorsEvaluateCommand.self, VectorsInfoCommand.self,
            VectorsNearestCommand.self,
            VectorsCoverageCommand.self, VectorsPlotCommand.self,
        ])
}
