import Corpora
import Evaluation
import Formats
import Shards
import Taggers
package import Teachers
package import Vectors

extension GoldCorpus {
    /// Finds how much each teacher of an ensemble should say: the weights under which the labels of the corpus are most probable.
    ///
    /// - Parameters:
    ///   - embedder: What gives words the inputs that taggers of ours read; nil when nobody needs any.
    ///   - say: Is told what was found.
    /// - Throws: When the ensemble does not know one of the tags.
    package func findWeights(
        of ensemble: TeacherMixture, embedder: Embedder?, language: String, say: (String) -> Void
    ) async throws -> TeacherWeights {
        let tags = try TagSet(names: ensemble.labels, place: ensemble.name)
        var fit = MixtureFit(teacherCount: ensemble.teachers.count)
        let reader = Reader(corpus: self)
        while let batch = try reader.next() {
            let words =
                embedder?.embed(batch.sentences, language: batch.language ?? language).0 ?? batch.sentences
            fit.add(try await ensemble.likelihoods(words, tags: numbers(of: iob2(batch), in: tags)))
        }
        let weights = fit.weights(), equal = weights.map { _ in 1 / Double(weights.count) }
        func text(_ number: Double) -> String { FixedDecimal.text(number, decimals: 4) }
        let cut = fit.offeredCount > fit.wordCount ? ", the first of \(fit.offeredCount)" : ""
        say(
            "weights: \(weights.map(text).joined(separator: " ")), found on \(fit.wordCount) words\(cut); log-likelihood of a word "
                + "\(text(fit.logLikelihood(weights))), with equal weights \(text(fit.logLikelihood(equal)))")
        return TeacherWeights(teachers: ensemble.teachers.flatMap(\.digests), weights: weights, data: place)
    }
}
