package import Distillation
package import Runs
package import Shards
package import Streams
package import Taggers

/// How a student is trained, whatever it learns from.
package struct StudentOptions: Sendable {
    package var output: String
    package var settings: TrainingSettings
    /// Width and buckets of each feature of the stream.
    package var featureWidth = 16
    package var featureBuckets = 1024
    package var hiddenWidth = 96
    package var convolutionCount = 3
    package var checkpointInterval = Duration.seconds(60)
    /// What becomes of what an earlier run left in the output folder.
    package var start = RunFolder.Start()
    package var threads = ComputeThreads.single
    /// Program and options, for the model card.
    package var purpose: String
    /// What the process may hold by the plan, for the record; nil when nobody planned.
    package var memoryBoundBytes: Int?
    /// What the command was told, for the record.
    package var words: [String] = []
    /// Weights to begin with; nil: fresh ones.
    package var initial: Model?
    /// For an objective that needs one.
    package var evaluator: Model?
    package var selection: InstanceSelection?
    package var adversary: (settings: LanguageAdversary.Settings, text: ShardLibrary)?

    package init(output: String, settings: TrainingSettings, purpose: String) {
        self.output = output
        self.settings = settings
        self.purpose = purpose
    }

    /// Begins with the weights of a model, in a network of its form.
    package mutating func goOn(with model: Model) {
        initial = model
        hiddenWidth = model.configuration.hiddenWidth
        convolutionCount = model.configuration.convolutionCount
        if let feature = model.configuration.features.first {
            (featureWidth, featureBuckets) = (feature.width, feature.buckets)
        }
    }
}
