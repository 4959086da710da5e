using System.Globalization;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Compares a model with a reference of the kind "passages": for each passage losses and the ten best logits of every token, for some
/// also residuals. Residuals and logits are compared row by row: the first position can be hundreds of times larger than the rest.
/// </summary>
internal sealed class PassagesReference(WorkTeam team, LanguageModel model, ITensorSource reference)
{
    /// <summary>What quantised weights leave of honest agreement, in nats.</summary>
    private const double LossTolerance = 1e-4;

    private readonly Dictionary<string, TensorComparison> _made = [];

    /// <summary>The token ids of a passage, [tokens].</summary>
    public static string TokensOf(int passage) => $"passage{passage.ToString(CultureInfo.InvariantCulture)}.input_ids";

    /// <summary>Compares all that can be made.</summary>
    public IReadOnlyDictionary<string, TensorComparison> Compare()
    {
        for (int passage = 0; reference.Find(TokensOf(passage)) is not null; passage++)
        {
            ComparePassage($"passage{passage.ToString(CultureInfo.InvariantCulture)}.", TokensOf(passage));
        }

        GreedyReference.Compare(team, model, reference, _made);
        return _made;
    }

    private void ComparePassage(string prefix, string tokensName)
    {
        TokenBatch batch = new(LanguageModelVerification.ReadTokens(reference, tokensName));
        _made[tokensName] = TensorComparison.NotCompared(tokensName, "it is what the model reads");
        List<Tap> taps = [];
        string residuals = $"{prefix}resid_post.";
        foreach (TensorInfo tensor in reference.Tensors.Where(tensor => tensor.Name.StartsWith(residuals, StringComparison.Ordinal)))
        {
            if (int.TryParse(tensor.Name.AsSpan(residuals.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
            {
                taps.Add(new Tap(new Site(SiteKind.ResidPost, layer), (_, activation) => CompareRows(tensor.Name, activation)));
            }
        }

        double[] losses = new double[batch.TokenCount];
        TopLogits? top = reference.Find(prefix + "top10.values") is null ? null : new TopLogits(reference, prefix, batch.TokenCount);
        model.Run(team, batch, new ModelRun
        {
            Taps = taps,
            FinalNorm = reference.Find(prefix + "final_norm") is null ? null : (_, activation) => CompareRows(prefix + "final_norm", activation),
            Logits = (_, first, logits) =>
            {
                TokenLosses.Compute(team, batch, first, logits, losses);
                top?.Add(first, logits);
            },
        });
        foreach (TensorComparison comparison in top?.Finish() ?? [])
        {
            _made[comparison.Name] = comparison;
        }

        if (reference.Find(prefix + "loss_per_token") is not null)
        {
            ErrorMeter meter = new(prefix + "loss_per_token");
            float[] expected = reference.ReadFloat32(reference.Require(prefix + "loss_per_token", batch.TokenCount - 1));
            meter.Add([.. losses.Where(loss => !double.IsNaN(loss)).Select(loss => (float)loss)], expected);
            _made[prefix + "loss_per_token"] = meter.Finish(LossTolerance);
        }
    }

    private void CompareRows(string name, Matrix activation)
    {
        TensorInfo tensor = reference.Require(name, activation.Rows, activation.Columns);
        ErrorMeter meter = new(name, isByRow: true);
        float[] expected = new float[activation.Columns];
        for (int row = 0; row < activation.Rows; row++)
        {
            reference.ReadFloat32(tensor, (long)row * expected.Length, expected);
            meter.Add(activation.Row(row), expected);
        }

        _made[name] = meter.Finish();
    }
}
