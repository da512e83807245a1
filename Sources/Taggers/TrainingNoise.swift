import Kernels

/// What is random in a training pass. Tokens of the pass that are alike in everything the input layer reads share what is dropped there.
package struct TrainingNoise: Sendable {
    /// Probability of dropping each input of every linear layer.
    package var dropout: Double
    /// Probability of dropping a token's whole vector; the numbers beside it stay.
    package var vectorDropout: Double
    /// Identity of the pass: the same key gives the same masks.
    package var key: UInt64

    package init(dropout: Double, vectorDropout: Double, key: UInt64) {
        self.dropout = dropout
        self.vectorDropout = vectorDropout
        self.key = key
    }

    /// The mask of the input of a layer: 0 is the input layer, then the convolutions, then the output layer.
    func mask(layer: Int) -> DropoutMask {
        DropoutMask(key: key &+ UInt64(layer + 1) &* 0x9E37_79B9_7F4A_7C15, probability: dropout)
    }
}
