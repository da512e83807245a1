package import Kernels

/// The gradient of the loss of some sentences by every parameter of a tagger.
///
/// That of a window convolution's taps is kept as the gradient of the transformed ones until several slices of an
/// update are added up: ``sum(_:_:layout:into:)`` brings it back. `H` hidden width.
package final class TaggerGradient: Sendable {
    /// Of all parameters, in their layout; the places of the taps are empty.
    let parameters: FloatBuffer
    /// `[6, H, H]` of each convolution: the transformed taps.
    let windows: [FloatBuffer]

    package init(_ layout: ParameterLayout) {
        parameters = FloatBuffer(count: layout.count)
        windows = layout.convolutions.map {
            FloatBuffer(count: WindowConvolution.componentCount * $0.outputWidth * $0.outputWidth)
        }
    }

    /// A part of the parameters that can be summed by itself.
    package struct Part: Sendable {
        /// The tensor, by its place in the layout.
        package var tensor: Int
        /// Elements of the tensor; of taps, elements of one tap.
        var elements: Range<Int>
        /// The convolution whose taps they are.
        var convolution: Int?

        /// Ranges of parameters of the part.
        package func ranges(_ layout: ParameterLayout) -> [Range<Int>] {
            let tensor = layout.tensors[tensor]
            guard convolution != nil else {
                return [tensor.offset + elements.lowerBound..<tensor.offset + elements.upperBound]
            }
            return (0..<3).map { tap in
                let start = tensor.offset + tap * (tensor.count / 3)
                return start + elements.lowerBound..<start + elements.upperBound
            }
        }
    }

    /// All parameters in parts of a few thousand, always the same ones: small enough to share among threads, large enough
    /// to be worth it.
    package static func parts(_ layout: ParameterLayout) -> [Part] {
        let partCount = 4096
        return layout.tensors.indices.flatMap { index in
            let tensor = layout.tensors[index]
            let convolution = layout.convolutions.firstIndex { $0.weight == tensor.offset }
            let count = convolution == nil ? tensor.count : tensor.count / 3
            return stride(from: 0, to: count, by: partCount).map {
                Part(tensor: index, elements: $0..<min($0 + partCount, count), convolution: convolution)
            }
        }
    }

    /// Writes the sum of the slices' gradients of a part, in the order of the slices.
    ///
    /// - Parameter sum: As many floats as there are parameters; only those of the part are touched.
    /// - Returns: The sum of squares of what was written.
    package static func sum(
        _ slices: ArraySlice<TaggerGradient>, _ part: Part, layout: ParameterLayout, into sum: FloatBuffer
    ) -> Double {
        let offset = layout.tensors[part.tensor].offset
        if let convolution = part.convolution {
            let tap = layout.tensors[part.tensor].count / 3, count = part.elements.count
            withUnsafeTemporaryAllocation(
                of: Float.self, capacity: WindowConvolution.componentCount * count
            ) { buffer in
                guard let total = buffer.baseAddress else { return }
                for component in 0..<WindowConvolution.componentCount {
                    add(slices, count: count, into: total + component * count) {
                        $0.windows[convolution].pointer + component * tap + part.elements.lowerBound
                    }
                }
                WindowConvolution.tapGradients(
                    count: count, transformed: total, taps: sum.pointer + offset + part.elements.lowerBound,
                    tapStride: tap)
            }
        } else {
            add(slices, count: part.elements.count, into: sum.pointer + offset + part.elements.lowerBound) {
                $0.parameters.pointer + offset + part.elements.lowerBound
            }
        }
        return part.ranges(layout).reduce(0) {
            $0 + Kernel.sumOfSquares(count: $1.count, x: sum.pointer + $1.lowerBound)
        }
    }

    private static func add(
        _ slices: ArraySlice<TaggerGradient>, count: Int, into sum: UnsafeMutablePointer<Float>,
        _ source: (TaggerGradient) -> UnsafeMutablePointer<Float>
    ) {
        for (index, slice) in slices.enumerated() {
            if index == 0 {
                sum.update(from: source(slice), count: count)
            } else {
                Kernel.add(count: count, x: source(slice), y: sum)
            }
        }
    }
}
