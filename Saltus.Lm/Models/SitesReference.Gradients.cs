using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <content>
/// Gradients: <c>grad.{site}</c> is that of Σ_b logits[b, last, a_b] − logits[b, last, c_b] at the layer of meta.json, which also names the tokens.
/// </content>
internal sealed partial class SitesReference
{
    private const string GradientPrefix = "grad.";

    private void CompareGradients()
    {
        string[] names = [.. _reference.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith(GradientPrefix, StringComparison.Ordinal))];
        if (names.Length == 0)
        {
            return;
        }

        if (_meta?.FindObject("logit_diff") is not { } difference)
        {
            foreach (string name in names)
            {
                Note(name, $"{LanguageModelVerification.MetaName} beside the reference names the tokens of the logit difference, and does not");
            }

            return;
        }

        int layer = _meta.GetInt32("layer");
        List<Tap> taps = [];
        foreach (SiteKind kind in Enum.GetValues<SiteKind>().Where(kind => kind != SiteKind.Embed))
        {
            Site site = new(kind, layer);
            string name = GradientPrefix + site.Name;
            if (names.Contains(name))
            {
                _model.Configuration.Check(site);
                taps.Add(new Tap(site, (_, gradient) => CompareMatrix(name, gradient)));
            }
        }

        if (taps.Count == 0)
        {
            return;
        }

        int[] plus = ReadTokens(difference, "a");
        int[] minus = ReadTokens(difference, "c");
        using GradientTape tape = _model.Record(_team, _batch, taps.MinBy(tap => ModelExecution.Stage(tap.Site))!.Site);
        _model.Backward(_team, tape, Difference, new BackwardRun
        {
            Taps = taps,
            Rows = [.. Enumerable.Range(0, _batch.SequenceCount).Select(sequence => _batch.Start(sequence) + _batch.Length(sequence) - 1)],
        });

        void Difference(TokenBatch batch, ReadOnlySpan<int> rows, Matrix logits, Matrix gradient)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                int sequence = batch.SequenceOf(rows[i]);
                gradient.Row(i)[plus[sequence]] += 1;
                gradient.Row(i)[minus[sequence]] -= 1;
            }
        }
    }

    /// <summary>Token ids of meta.json, one a sequence.</summary>
    private int[] ReadTokens(JsonFields fields, string key)
    {
        int[] tokens = [.. fields.GetInt32s(key)];
        return tokens.Length == _batch.SequenceCount && tokens.All(token => token >= 0 && token < _model.Configuration.VocabularySize)
            ? tokens
            : throw new ModelException(
                ModelError.UnknownReference,
                $"'{fields.Source}': logit_diff.{key}: expected {_batch.SequenceCount} token ids below {_model.Configuration.VocabularySize}");
    }
}
