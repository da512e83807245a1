internal import CKernels

extension Kernel {
    /// One center of skip-gram with negative sampling (Mikolov et al. 2013, "Distributed representations of words and
    /// phrases", section 2.2), its vector being the mean of several input rows (Bojanowski et al. 2017, section 3.2).
    ///
    /// The outputs are met in order, each moved before the next is looked at; the input rows move once, at the end.
    ///
    /// - Parameters:
    ///   - dimension: Floats of a row, a multiple of 16.
    ///   - inputTable: Rows of words and sub-words.
    ///   - inputs: Rows of the center, at least one.
    ///   - outputTable: Rows of context words; apart from `inputTable`.
    ///   - outputs: Rows of contexts, positive and negative ones.
    ///   - rates: Learning rate of each output; below zero, its size is the rate of a negative one.
    ///   - scratch: `2 * dimension` floats.
    /// - Returns: The loss: the sum of `-log` of the probabilities of all labels, each before its row moved.
    /// - Precondition: All row numbers lie in their tables; this is not checked here.
    package static func trainSkipGram(
        dimension: Int, inputTable: UnsafeMutablePointer<Float>, inputs: UnsafeBufferPointer<UInt32>,
        outputTable: UnsafeMutablePointer<Float>, outputs: UnsafeBufferPointer<UInt32>,
        rates: UnsafeBufferPointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) -> Float {
        precondition(
            dimension > 0 && dimension % 16 == 0 && rates.count == outputs.count && !inputs.isEmpty,
            "trainSkipGram: dimension \(dimension), \(outputs.count) outputs, \(rates.count) rates, \(inputs.count) inputs"
        )
        guard let output = outputs.baseAddress, let rate = rates.baseAddress, let input = inputs.baseAddress else {
            return 0
        }
        return nk_skipgram(
            dimension, inputTable, input, inputs.count, outputTable, output, rate, outputs.count, scratch)
    }
}
