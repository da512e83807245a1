package import Corpora
import Diagnostics
import Glibc
import Kernels
package import Shards
import Taggers

/// Several teachers as one: the weighted mean of their distributions, `sum_k alpha_k q_k(x)` (Wu et al., ACL 2020,
/// section 3.2; with equal weights section 3.2.1's average).
///
/// Labels are joined by name, in the order of the first teacher. One teacher of weight 1 gives the bytes that it gives
/// alone.
package struct TeacherMixture: Teacher {
    package let labels: [String]
    package let digests: [String]
    package let weights: [Double]
    package let teachers: [any Teacher]
    /// Gives every sentence weights of its own, from vectors that it needs for that.
    private let bySentence: (similarity: SourceSimilarity, feature: SentenceFeature)?
    /// `[teachers][K]`: the place of each teacher's label in ``labels``.
    private let places: [[Int]]

    /// - Parameters:
    ///   - weights: Of the teachers, in order; scaled to sum 1. Empty: the same for all.
    ///   - similarity: Gives every sentence weights of its own; `weights` are then those of the target as a whole.
    ///   - feature: What the similarity was found by.
    package init(
        _ teachers: [any Teacher], weights: [Double] = [],
        bySentence: (similarity: SourceSimilarity, feature: SentenceFeature)? = nil
    ) throws {
        guard let first = teachers.first else { throw Failure.noTeacher() }
        let given = weights.isEmpty ? Array(repeating: 1, count: teachers.count) : weights
        guard teachers.count <= 255 else {
            throw Failure.tooManyTeachers(teachers.count)
        }
        guard given.count == teachers.count else {
            throw Failure.wrongWeightCount(given.count, teachers: teachers.count)
        }
        let sum = given.reduce(0, +)
        guard given.allSatisfy({ $0 >= 0 && $0.isFinite }), sum > 0, sum.isFinite else {
            throw Failure.unusableWeights(given)
        }
        self.teachers = teachers
        self.weights = given.map { $0 / sum }
        labels = first.labels
        digests = teachers.flatMap(\.digests) + (bySentence.map { ["by-sentence-\($0.similarity.digest)"] } ?? [])
        self.bySentence = bySentence
        places = try teachers.map { teacher in
            let places = teacher.labels.map { label in first.labels.firstIndex(of: label) }
            guard teacher.labels.count == first.labels.count, !places.contains(nil) else {
                throw Failure.labelsOfTeachersDiffer(teacher, first)
            }
            return places.compactMap { $0 }
        }
    }

    package var name: String { teachers[0].name }
    package var bytesPerThread: Int { teachers.reduce(0) { $0 + $1.bytesPerThread } }

    package func requireFit(_ header: StreamHeader, stream: String) throws {
        for teacher in teachers { try teacher.requireFit(header, stream: stream) }
    }

    package func score(_ batch: SentenceBatch) async throws -> TeacherScores {
        teachers.count == 1 ? try await teachers[0].score(batch) : try await mean(batch)
    }

    /// The most probable well-formed tag number of every token: the teachers as an ensemble, with nobody learning from
    /// them.
    ///
    /// - Parameter watch: Sees what each teacher in turn says, with the places of its labels among ``labels``.
    package func tag(_ batch: SentenceBatch, tags: TagSet, watch: Watch = { _, _ in }) async throws -> [UInt8] {
        let K = labels.count, logits = try await mean(batch, watch: watch).probabilities
        // A label that nobody thinks possible is still possible.
        for index in 0..<logits.count { logits.pointer[index] = log(max(logits.pointer[index], .leastNormalMagnitude)) }
        var decoder = ViterbiDecoder(tags)
        var numbers: [UInt8] = []
        for sentence in 0..<batch.sentenceCount {
            let tokens = batch.tokens(ofSentence: sentence)
            decoder.decode(
                tokenCount: tokens.count, logits: logits.pointer + tokens.lowerBound * K, stride: K, into: &numbers)
        }
        return numbers
    }

    package typealias Watch = (_ scores: TeacherScores, _ places: [Int]) -> Void

    /// The weighted mean of the distributions, and what each teacher finds the most probable.
    private func mean(_ batch: SentenceBatch, watch: Watch = { _, _ in }) async throws -> TeacherScores {
        let K = labels.count, weights = sentenceWeights(batch)
        var mean = TeacherScores(labelCount: K, probabilities: FloatBuffer(count: batch.tokenCount * K))
        for (number, teacher) in teachers.enumerated() {
            let scores = try await teacher.score(batch), places = places[number]
            watch(scores, places)
            var choices = [UInt8](repeating: 0, count: batch.tokenCount)
            for sentence in 0..<batch.sentenceCount {
                let weight = Float(weights[sentence][number])
                for token in batch.tokens(ofSentence: sentence) {
                    let out = mean.probabilities.pointer + token * K
                    let q = scores.probabilities.pointer + token * K
                    var best = 0
                    for label in 0..<K {
                        out[places[label]] += weight * q[label]
                        if q[label] > q[best] { best = label }
                    }
                    choices[token] = UInt8(places[best])
                }
            }
            mean.choices.append(choices)
            mean.unscored = Set(mean.unscored).union(scores.unscored).sorted()
            mean.notes.merge(scores.notes, uniquingKeysWith: +)
        }
        return mean
    }

    /// `[S][K]`
    private func sentenceWeights(_ batch: SentenceBatch) -> [[Double]] {
        guard let (similarity, feature) = bySentence else {
            return Array(repeating: weights, count: batch.sentenceCount)
        }
        let features = feature.features(of: batch)
        return features.withUnsafeBufferPointer { features in
            (0..<batch.sentenceCount).map { sentence in
                guard let base = features.baseAddress else { return weights }
                return similarity.weights(ofSentence: base + sentence * feature.dimension)
            }
        }
    }
}
