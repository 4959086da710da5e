using System.Globalization;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>Compares a model with a reference of the kind "lm": one batch, tensors at sites, logits, losses, splices, gradients, a greedy continuation.</summary>
internal sealed partial class SitesReference
{
    /// <summary>The token ids, [sequences, tokens].</summary>
    public const string Tokens = "input_ids";

    private const string LogitsName = "logits";
    private const string SplicePrefix = "splice.";
    private static readonly SiteKind[] s_spliced = [SiteKind.ResidPost, SiteKind.MlpOut, SiteKind.AttnZ];
    private readonly WorkTeam _team;
    private readonly LanguageModel _model;
    private readonly ITensorSource _reference;
    private readonly JsonFields? _meta;
    private readonly TokenBatch _batch;
    private readonly Dictionary<string, TensorComparison> _made = [];

    public SitesReference(WorkTeam team, LanguageModel model, ITensorSource reference, JsonFields? meta)
    {
        _team = team;
        _model = model;
        _reference = reference;
        _meta = meta;
        _batch = new TokenBatch(LanguageModelVerification.ReadTokens(reference, Tokens));
        Note(Tokens, "it is what the model reads");
    }

    /// <summary>Compares all that can be made.</summary>
    public IReadOnlyDictionary<string, TensorComparison> Compare()
    {
        double[] losses = RunClean();
        CompareLosses("loss_per_token", "loss", losses);
        foreach (SiteKind kind in s_spliced)
        {
            CompareSplices(kind);
        }

        CompareGradients();
        GreedyReference.Compare(_team, _model, _reference, _made);
        return _made;
    }

    private void Note(string name, string reason) => _made[name] = TensorComparison.NotCompared(name, reason);

    /// <summary>One run with a tap for each tensor at a site.</summary>
    private double[] RunClean()
    {
        List<Tap> taps = [];
        foreach (TensorInfo tensor in _reference.Tensors)
        {
            if (FindSite(tensor.Name) is { } site)
            {
                _model.Configuration.Check(site);
                taps.Add(new Tap(site, (_, activation) => CompareMatrix(tensor.Name, activation)));
            }
        }

        return RunLogits(
            LogitsName,
            logits => _model.Run(_team, _batch, new ModelRun
            {
                Taps = taps,
                FinalNorm = _reference.Find("final_norm") is null ? null : (_, activation) => CompareMatrix("final_norm", activation),
                Logits = logits,
            }));
    }

    private static Site? FindSite(string name)
    {
        if (name == "embed")
        {
            return new Site(SiteKind.Embed, 0);
        }

        int dot = name.LastIndexOf('.');
        if (dot < 0 || !int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
        {
            return null;
        }

        foreach (SiteKind kind in Enum.GetValues<SiteKind>())
        {
            Site site = new(kind, layer);
            if (kind != SiteKind.Embed && name.AsSpan(0, dot).SequenceEqual(site.Name))
            {
                return site;
            }
        }

        return null;
    }

    /// <summary>Runs with logits, which are compared with a tensor if it is there.</summary>
    private double[] RunLogits(string name, Action<LogitsReader> run)
    {
        double[] losses = new double[_batch.TokenCount];
        ErrorMeter meter = new(name);
        TensorInfo? tensor = _reference.Find(name) is null ? null : Require(name, _model.Configuration.VocabularySize);
        float[] expected = new float[_model.Configuration.VocabularySize];
        run((batch, first, logits) =>
        {
            TokenLosses.Compute(_team, batch, first, logits, losses);
            for (int i = 0; tensor is not null && i < logits.Rows; i++)
            {
                _reference.ReadFloat32(tensor, (long)(first + i) * expected.Length, expected);
                meter.Add(logits.Row(i), expected);
            }
        });
        if (tensor is not null)
        {
            _made[name] = meter.Finish();
        }

        return losses;
    }

    private void CompareMatrix(string name, Matrix activation)
    {
        TensorInfo tensor = Require(name, activation.Columns);
        ErrorMeter meter = new(name);
        float[] expected = new float[activation.Columns];
        for (int row = 0; row < activation.Rows; row++)
        {
            _reference.ReadFloat32(tensor, (long)row * expected.Length, expected);
            meter.Add(activation.Row(row), expected);
        }

        _made[name] = meter.Finish();
    }

    private TensorInfo Require(string name, int width) => _reference.Require(name, _batch.SequenceCount, _batch.Length(0), width);

    private void CompareLosses(string perTokenName, string meanName, double[] losses)
    {
        double[] predicted = [.. losses.Where(loss => !double.IsNaN(loss))];
        if (_reference.Find(perTokenName) is not null)
        {
            ErrorMeter meter = new(perTokenName);
            float[] expected = _reference.ReadFloat32(_reference.Require(perTokenName, _batch.SequenceCount, _batch.Length(0) - 1));
            meter.Add([.. predicted.Select(loss => (float)loss)], expected);
            _made[perTokenName] = meter.Finish();
        }

        if (_reference.Find(meanName) is not null)
        {
            ErrorMeter meter = new(meanName);
            meter.Add(predicted.Average(), _reference.ReadFloat32(_reference.Require(meanName, []))[0]);
            _made[meanName] = meter.Finish();
        }
    }

    private void CompareSplices(SiteKind kind)
    {
        string prefix = $"{SplicePrefix}{new Site(kind, 0).Name}.";
        if (!_reference.Tensors.Any(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return;
        }

        if (_meta is null)
        {
            foreach (TensorInfo tensor in _reference.Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Note(tensor.Name, $"{LanguageModelVerification.MetaName} beside the reference says the layer, and is not there");
            }

            return;
        }

        using ResumePoint point = _model.RunAndKeep(_team, _batch, new Site(kind, _meta.GetInt32("layer")));
        using Matrix replacement = new(point.Activation.Rows, point.Activation.Columns);
        if (_reference.Find(prefix + "value") is not null)
        {
            _reference.ReadFloat32(Require(prefix + "value", replacement.Columns), 0, replacement.Span);
            Note(prefix + "value", "it is what is spliced in");
            RunSpliced(point, replacement, prefix + LogitsName, prefix + "loss");
        }

        replacement.Span.Clear();
        RunSpliced(point, replacement, string.Empty, prefix + "zero_loss");
        FillWithMean(point.Activation, replacement);
        RunSpliced(point, replacement, string.Empty, prefix + "mean_loss");
    }

    private void RunSpliced(ResumePoint point, Matrix replacement, string logitsName, string lossName)
    {
        double[] losses = RunLogits(logitsName, logits => _model.RunFrom(_team, point, replacement, new ModelRun { Logits = logits }));
        CompareLosses(string.Empty, lossName, losses);
    }

    private static void FillWithMean(Matrix activation, Matrix target)
    {
        for (int column = 0; column < activation.Columns; column++)
        {
            double sum = 0;
            for (int row = 0; row < activation.Rows; row++)
            {
                sum += activation.Row(row)[column];
            }

            for (int row = 0; row < activation.Rows; row++)
            {
                target.Row(row)[column] = (float)(sum / activation.Rows);
            }
        }
    }
}
