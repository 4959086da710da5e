namespace Saltus.Tests.Training.Twin;

internal sealed partial class TwinPass
{
    /// <summary>Arch gated: mean_b Σ_o (y − max(π, 0) W_dec − b_dec)², the decoder held fast if aux_frozen.</summary>
    private double GateTerm()
    {
        DoubleMatrix decoder = _parameters["W_dec"];
        double[] bias = _parameters["b_dec"].Values;
        if (_options.AuxFrozen)
        {
            decoder = _frozen.Decoder ??= decoder.Clone();
            bias = _frozen.DecoderBias ??= [.. bias];
        }

        DoubleMatrix decoded = DoubleMatrix.Product(_gates, decoder);
        decoded.AddToRows(bias);
        DoubleMatrix miss = Difference(decoded, _y);
        DoubleMatrix wanted = Scaled(miss, 2.0 / Rows);
        WantedGates.Add(DoubleMatrix.ProductTransposed(wanted, decoder));
        if (!_options.AuxFrozen)
        {
            Gradients["W_dec"].Add(DoubleMatrix.TransposedProduct(_gates, wanted));
            Gradients["b_dec"].AddToRows(wanted.ColumnSums());
        }

        return SquareSum(miss) / Rows;
    }

    /// <summary>AuxK: the residual e decoded from the largest pre-activations of the dead latents, ê = a W_dec.</summary>
    private double AuxiliaryTerm()
    {
        if (_options.Aux == 0 || DeadCount == 0)
        {
            return 0;
        }

        DoubleMatrix values = _selectionValues ?? PreActivations;
        DoubleMatrix source = _options.AuxRelu ? Relu(values) : values;
        if (!_options.AuxGradEncoder)
        {
            source = _frozen.AuxiliarySource ??= source.Clone();
        }

        DoubleMatrix chosen = ChooseDead(source);
        DoubleMatrix residual = _options.AuxDetach ? _frozen.Residual ??= _error.Clone() : _error;
        DoubleMatrix input = Zeros();
        for (int n = 0; n < input.Values.Length; n++)
        {
            input.Values[n] = chosen.Values[n] * source.Values[n] / (_options.Rescale ? _norms[n % _norms.Length] : 1);
        }

        DoubleMatrix miss = Difference(DoubleMatrix.Product(input, _parameters["W_dec"]), residual);
        double scale = _options.Aux * (_options.AuxScale ? Math.Min((double)DeadCount / _options.AuxiliaryLatents, 1) : 1);
        double weight = scale * AuxiliaryWeight(residual);
        double loss = weight * SquareSum(miss);
        DoubleMatrix wantedMiss = Scaled(miss, 2 * weight);
        if (!_options.AuxDetach)
        {
            // e = y − x̂ enters as the target of ê and, where the loss is divided by its variance, there too.
            _wantedReconstructions[^1].Add(wantedMiss);
            if (_options.AuxNorm == "residual_variance")
            {
                DoubleMatrix centred = Centred(residual);
                _wantedReconstructions[^1].Add(Scaled(centred, 2 * loss / SquareSum(centred)));
            }
        }

        Gradients["W_dec"].Add(DoubleMatrix.TransposedProduct(input, wantedMiss));
        BackwardChosen(chosen, input, DoubleMatrix.ProductTransposed(wantedMiss, _parameters["W_dec"]), values);
        return loss;
    }

    /// <summary>1 at the entries of each row that the auxiliary term uses.</summary>
    private DoubleMatrix ChooseDead(DoubleMatrix source)
    {
        int[] deadLatents = [.. Enumerable.Range(0, Dead.Length).Where(i => Dead[i])];
        DoubleMatrix chosen = Zeros();
        for (int b = 0; b < Rows; b++)
        {
            double[] candidates = [.. deadLatents.Select(i => source[b, i])];
            (int[] kept, double gap) = TwinSelection.Largest(candidates, Math.Min(_options.AuxiliaryLatents, candidates.Length));
            foreach (int index in kept)
            {
                chosen[b, deadLatents[index]] = 1;
            }

            Edge(gap);
        }

        return chosen;
    }

    /// <summary>Every auxiliary loss is this weight times Σ (ê − e)².</summary>
    private double AuxiliaryWeight(DoubleMatrix residual) => _options.AuxNorm switch
    {
        "none" => 1.0 / Rows,
        "mean" => 1.0 / (Rows * _y.Columns),
        "residual_variance" => 1 / SquareSum(Centred(residual)),
        "total_variance" => 1 / SquareSum(Centred(_y)),
        _ => throw new InvalidDataException($"option aux_norm: unknown value '{_options.AuxNorm}'"),
    };

    private void BackwardChosen(DoubleMatrix chosen, DoubleMatrix input, DoubleMatrix wantedInput, DoubleMatrix values)
    {
        for (int n = 0; n < chosen.Values.Length; n++)
        {
            int i = n % _norms.Length;
            double wanted = wantedInput.Values[n] / (_options.Rescale ? _norms[i] : 1);
            if (_options.Rescale)
            {
                _wantedNorms[i] -= wanted * input.Values[n];
            }

            if (_options.AuxGradEncoder && chosen.Values[n] != 0 && (values.Values[n] > 0 || !_options.AuxRelu))
            {
                (_selectionValues is null ? WantedPreActivations : WantedSelectionValues).Values[n] += wanted;
            }
        }
    }

    private static DoubleMatrix Scaled(DoubleMatrix matrix, double scale) => new(matrix.Rows, matrix.Columns, [.. matrix.Values.Select(value => scale * value)]);
}
