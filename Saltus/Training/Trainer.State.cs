namespace Saltus.Training;

/// <content>What a checkpoint holds of the trainer.</content>
public sealed partial class Trainer
{
    /// <summary>Puts everything that the next step depends on onto the list, the method's part included.</summary>
    /// <param name="state">The list.</param>
    internal void AddState(TrainingState state)
    {
        state.AddCount("steps", () => Steps, steps => Steps = checked((int)steps));
        state.AddCount("tokens", () => Tokens, tokens => Tokens = tokens);
        state.Add("encoder_weights", Parameters.EncoderWeights);
        state.Add("encoder_bias", Parameters.EncoderBias);
        state.Add("decoder_weights", Parameters.DecoderWeights);
        state.Add("decoder_bias", Parameters.DecoderBias);
        state.Add("skip_weights", Parameters.SkipWeights);
        for (int extra = 0; extra < _method.ExtraNames.Count; extra++)
        {
            state.Add(_method.ExtraNames[extra], Parameters.Extras[extra]);
        }

        state.Add("silence", _silence.Since);
        _moments.AddState(state);
        if (_resampling is not null)
        {
            state.Add("resampling.random", _resampling);
            state.AddCount("resampling.last", () => _resampledAt, at => _resampledAt = (int)at);
        }

        _auxiliary?.AddState(state);
        _method.AddState(state);
    }
}
