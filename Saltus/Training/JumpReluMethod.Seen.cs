namespace Saltus.Training;

/// <content>
/// What the step function counts. Where it sees the activation (dictionary_learning, the BatchTopK repository) or a rectified pre-activation, the 0 of a
/// silent vector is above a threshold below 0: such a latent counts on every vector, whatever its activation.
/// </content>
public sealed partial class JumpReluMethod
{
    private int[] _seenOfRow = [];
    private int _alwaysSeen;
    private double _seenL0;

    private void CountSeen(StepContext context)
    {
        _seenL0 = context.L0;
        _alwaysSeen = 0;
        if (!_options.StepSeesActivation && !_options.ReluPreActivation)
        {
            return;
        }

        foreach (float theta in _theta)
        {
            _alwaysSeen += theta < 0 ? 1 : 0;
        }

        if (_alwaysSeen == 0)
        {
            return;
        }

        if (_seenOfRow.Length < context.Rows)
        {
            _seenOfRow = new int[context.Rows];
        }

        ReadOnlySpan<int> latents = context.Candidates.Latent;
        ReadOnlySpan<int> starts = context.Candidates.RowStart;
        long all = 0;
        for (int row = 0; row < context.Rows; row++)
        {
            int seen = _alwaysSeen;
            for (int at = starts[row]; at < starts[row + 1]; at++)
            {
                seen += context.Activation[at] != 0 && _theta[latents[at]] >= 0 ? 1 : 0;
            }

            _seenOfRow[row] = seen;
            all += seen;
        }

        _seenL0 = (double)all / context.Rows;
    }

    private int SeenOfRow(StepContext context, int row) => _alwaysSeen > 0 ? _seenOfRow[row] : context.RowActive[row];

    private int SeenOfLatent(StepContext context, int latent) => _alwaysSeen > 0 && _theta[latent] < 0 ? context.Rows : context.LatentActive[latent];
}
