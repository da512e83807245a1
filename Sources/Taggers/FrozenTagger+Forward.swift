import Corpora
import Kernels

// Legend as in Tagger+Forward.swift.
extension FrozenTagger {
    /// Rows of a block: what is done to a block's products finds them in the first-level cache.
    static let blockRowCount = 96

    /// Computes the entries of tokens that were not in the cache.
    ///
    /// - Parameter slots: `[inputs.count]`: where each goes.
    func computeEntries(
        _ inputs: TokenInputs, slots: [UInt32], vectors: any FrozenVectors, in workspace: InferenceWorkspace
    ) {
        let cache = workspace.cache, H = configuration.hiddenWidth
        for start in stride(from: 0, to: inputs.count, by: Self.blockRowCount) {
            let range = start..<min(inputs.count, start + Self.blockRowCount)
            let x = workspace.input, h = workspace.products, product = h.from(row: Self.blockRowCount)
            inputs.write(range, configuration, layout, parameters: parameters.pointer, vectors: vectors, to: x)
            multiply(range.count, x, [input], into: product, workspace)
            Kernel.rectifyAndNormalize(
                rowCount: range.count, columnCount: H, c: product,
                weights: layout.input.normWeights(parameters.pointer), y: h)
            cache.write(0, of: slots[range], from: h)
            multiply(range.count, h, firstTaps, into: product, workspace) { tap in
                cache.write(1 + tap, of: slots[range], from: product)
            }
        }
    }

    /// Computes logits and probabilities of rows.
    ///
    /// - Parameter slots: `[rows.count]`: the entry of each row.
    func forward(_ rows: SentenceRows, slots: UnsafePointer<UInt32>, in workspace: InferenceWorkspace) {
        let R = rows.count, K = configuration.labelCount
        workspace.reserve(rowCount: R)
        firstConvolution(rowCount: R, slots, in: workspace)
        zero(rows.boundaries, of: workspace.hidden(0))
        for (index, taps) in windows.enumerated() {
            rows.forEachBlock { convolution(index, taps, $0, in: workspace) }
            zero(rows.boundaries, of: workspace.hidden(index + 1))
        }
        let hidden = workspace.hidden(windows.count)
        for start in stride(from: 0, to: R, by: Self.blockRowCount) {
            let count = min(R - start, Self.blockRowCount)
            let logits = RowsPointer(workspace.logits.pointer + start * K, stride: K)
            Kernel.multiply(
                rowCount: count, a: hidden.from(row: start).pointer, aRowStride: hidden.stride, b: output,
                c: logits.pointer, cStride: K)
            Kernel.softmax(
                rowCount: count, columnCount: K, logits: logits, bias: parameters.pointer + layout.outputBias,
                probabilities: RowsPointer(workspace.probabilities.pointer + start * K, stride: K))
        }
    }

    /// Hidden state 0, but for the first and the last row: from the entries alone.
    private func firstConvolution(
        rowCount R: Int, _ slots: UnsafePointer<UInt32>, in workspace: InferenceWorkspace
    ) {
        let H = configuration.hiddenWidth, z = workspace.products
        for start in stride(from: 0, to: R - 2, by: Self.blockRowCount) {
            let count = min(R - 2 - start, Self.blockRowCount)
            let hidden = workspace.hidden(0).from(row: 1 + start)
            workspace.cache.lookUp(rowCount: count, columnCount: H, slots: slots + start, z: z, hidden: hidden)
            guard let layer = layout.convolutions.first else { continue }
            Kernel.rectifyAndNormalize(
                rowCount: count, columnCount: H, c: z, weights: layer.normWeights(parameters.pointer),
                residual: hidden, y: hidden)
        }
    }

    /// Rows of hidden state `index + 1` from hidden state `index`.
    private func convolution(
        _ index: Int, _ taps: [FrozenMatrix], _ tiles: WindowTiles, in workspace: InferenceWorkspace
    ) {
        let H = configuration.hiddenWidth, products = workspace.products, stride = products.stride
        let x = workspace.hidden(index), windows = workspace.windows, quantized = workspace.quantized
        switch precision {
        case .full: WindowConvolution.inputs(tiles, columnCount: H, x: x, v: windows)
        case .reduced: quantized.quantizeWindows(tiles, columnCount: H, x: x)
        }
        for (number, matrix) in taps.enumerated() {
            let rows = tiles.rows(ofComponent: number), product = products.from(row: rows.lowerBound)
            switch matrix {
            case .full(let matrix):
                Kernel.multiply(
                    rowCount: rows.count, a: windows.from(row: rows.lowerBound).pointer, aRowStride: stride, b: matrix,
                    c: product.pointer, cStride: stride)
            case .reduced(let matrix):
                quantized.multiply(first: rows.lowerBound, rowCount: rows.count, b: matrix, c: product)
            }
        }
        let rows = tiles.outputRows
        // Row 0 of what is written would lie so far before the block.
        let y = RowsPointer(workspace.outputs.pointer - rows.lowerBound * stride, stride: stride)
        WindowConvolution.outputs(tiles, columnCount: H, m: products, y: y)
        Kernel.rectifyAndNormalize(
            rowCount: rows.count, columnCount: H, c: workspace.outputs,
            weights: layout.convolutions[index + 1].normWeights(parameters.pointer),
            residual: x.from(row: rows.lowerBound), y: workspace.hidden(index + 1).from(row: rows.lowerBound))
    }

    /// `C = A B` for one matrix after the other.
    ///
    /// - Parameter finish: What is done with the product of each.
    private func multiply(
        _ rowCount: Int, _ a: RowsPointer, _ matrices: [FrozenMatrix], into c: RowsPointer,
        _ workspace: InferenceWorkspace, finish: (_ number: Int) -> Void = { _ in }
    ) {
        for (number, matrix) in matrices.enumerated() {
            switch matrix {
            case .full(let b):
                Kernel.multiply(
                    rowCount: rowCount, a: a.pointer, aRowStride: a.stride, b: b, c: c.pointer, cStride: c.stride)
            case .reduced(let b):
                if number == 0 { workspace.quantized.quantize(rowCount: rowCount, x: a, for: b) }
                workspace.quantized.multiply(rowCount: rowCount, b: b, c: c)
            }
            finish(number)
        }
    }

    private func zero(_ rows: [Int32], of matrix: RowsPointer) {
        for row in rows {
            matrix.from(row: Int(row)).pointer.update(repeating: 0, count: configuration.hiddenWidth)
        }
    }
}
