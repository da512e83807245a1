import Foundation
import Testing

@testable import Pipelines

/// Temperatures at which scores are what they say.
struct CalibrationTests {
    /// Scores of logits that are `scale` times too large are put right by a temperature of about that.
    @Test(arguments: [Float(0.5), 1, 2, 4])
    func overconfidenceIsUndone(_ scale: Float) {
        var fit = CalibrationFit()
        for number in 0..<4000 {
            // True logits from -3 to 3, and as many right ones as they say.
            let logit = Float(number % 61) / 10 - 3
            let truth = 1 / (1 + exp(-logit))
            let isRight = Float((number * 7919) % 4000) / 4000 < truth
            fit.add(sentence: number / 3, isRight: isRight) { 1 / (1 + exp(-logit * scale / $0)) }
        }
        #expect(abs(fit.temperature / scale - 1) < 0.15, "\(fit.temperature)")
        #expect(fit.errors.after < 0.03, "\(fit.errors)")
        if scale != 1 { #expect(fit.errors.after < fit.errors.before) }
    }
}
