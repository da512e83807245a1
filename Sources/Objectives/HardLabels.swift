import Glibc
import Kernels

/// Cross-entropy with the teacher's most probable label, or with gold labels: `-1 / N sum_t w_t ln p[argmax q]`, in nats per
/// token; of equal maxima the first counts.
package struct HardLabels: Objective {
    package static let name = "hard"
    package static let task: ObjectiveTask? = ObjectiveTask(name: "labels", summary: "labels")

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        var loss = 0.0
        slice.forEachToken { token, share in loss += token.crossEntropyOfLabel(share) }
        return loss
    }
}

extension TokenRow {
    /// `-weight ln p[argmax q]`
    func crossEntropyOfLabel(_ weight: Float) -> Double {
        let label = Kernel.indexOfLargest(count: labelCount, x: q)
        for k in 0..<labelCount { g[k] += (p[k] - (k == label ? 1 : 0)) * weight }
        return -Double(logf(max(p[label], 1e-30))) * Double(weight)
    }
}
