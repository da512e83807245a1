import Kernels

struct LayerNorm: Sendable {
    let gamma: FloatBuffer
    let beta: FloatBuffer
}

/// One layer: attention over its sentence, then two products of each row, each with a residual and a norm behind it.
struct EncoderLayer: Sendable {
    /// Queries, keys and values side by side, `[H, 3 H]`; the queries are scaled by `1 / sqrt(head width)` here already.
    let projections: DenseLayer
    let attentionOutput: DenseLayer
    let attentionNorm: LayerNorm
    /// `[H, I]`, followed by GELU.
    let inner: DenseLayer
    let output: DenseLayer
    let outputNorm: LayerNorm
}
