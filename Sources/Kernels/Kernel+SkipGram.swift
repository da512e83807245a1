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
    ///   - outputs: Groups of one positive row and the negative ones drawn for it.
    ///   - groupSize: Rows of a group.
    ///   - rate: Learning rate.
    ///   - scratch: `2 * dimension` floats.
    /// - Returns: The loss: the sum of `-log` of the probabilities of all labels, each before its row moved.
    /// - Precondition: All row numbers lie in their tables; this is not checked here.
    package static func trainSkipGram(
        dimension: Int, inputTable: UnsafeMutablePointer<Float>, inputs: UnsafeBufferPointer<UInt32>,
        outputTable: UnsafeMutablePointer<Float>, outputs: UnsafeBufferPointer<UInt32>, groupSize: Int, rate: Float,
        scratch: UnsafeMutablePointer<Float>
    ) -> Float {
        precondition(
            dimension > 0 && dimension % 16 == 0 && groupSize > 0 && !inputs.isEmpty,
            "trainSkipGram: dimension \(dimension), groups of \(groupSize), \(inputs.count) inputs")
        guard let output = outputs.baseAddress, let input = inputs.baseAddress else { return 0 }
        return nk_skipgram(
            dimension, inputTable, input, inputs.count, outputTable, output, outputs.count, groupSize, rate, scratch)
    }
}
