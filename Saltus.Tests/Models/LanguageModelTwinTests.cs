using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Models.Twin;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

/// <summary>Models with options drawn at random, against the plain float64 forward pass: activations, and gradients by its central differences.</summary>
public class LanguageModelTwinTests
{
    private const int CasesOfFamily = 5;

    /// <summary>models.md §8: float32 against float64 differs by up to 9e-6 of a tensor's largest value; mistakes by far more.</summary>
    private const double Tolerance = 3e-5;

    /// <summary>Step of a central difference, relative to the site's largest value: its own error is then below 1e-7 of the gradient.</summary>
    private const double Step = 1e-4;

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_site_and_the_logits_agree_with_the_plain_forward_pass(string family) => ForEach(family, (twinCase, twin, model, team) =>
    {
        TokenBatch batch = new(twinCase.Sequences);
        Dictionary<string, float[][]> actual = [];
        List<Tap> taps = [.. Sites(model).Select(site => new Tap(site, (_, m) => actual[Name(site)] = Rows(m)))];
        model.Run(team, batch, new ModelRun { Taps = taps, Logits = (_, _, logits) => actual["logits"] = Rows(logits) });
        Dictionary<string, double[][]>[] expected = [.. twinCase.Sequences.Select(tokens => twin.Run(tokens))];
        foreach ((string name, float[][] rows) in actual)
        {
            double[][] wide = [.. expected.SelectMany(sites => sites[name])];
            double error = Error(rows, wide);
            Assert.True(error <= Tolerance, $"{name}: {error:g3}");
        }
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Gradients_at_every_site_agree_with_central_differences_under_edits(string family) => ForEach(family, (twinCase, twin, model, team) =>
    {
        RandomSource random = new(3, $"gradients {family}");
        TokenBatch batch = new(twinCase.Sequences);
        Site[] sites = [.. Sites(model)];

        // Row 1 of each sequence is replaced there, which stops gradients; row 2 is shifted, which does not.
        Site edited = sites[random.NextInt(sites.Length)];
        double[] constants = [.. Enumerable.Range(0, model.Configuration.WidthAt(edited.Kind)).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        void ChangePlainly(string name, double[][] rows)
        {
            if (name == Name(edited))
            {
                constants.CopyTo(rows[Math.Min(1, rows.Length - 1)], 0);
                if (rows.Length > 2)
                {
                    rows[2] = [.. rows[2].Select(value => value + 0.5)];
                }
            }
        }

        double[][] scalar = [.. Enumerable.Range(0, batch.TokenCount)
            .Select(_ => Enumerable.Range(0, model.Configuration.VocabularySize).Select(_ => random.NextInt(3) - 1.0).ToArray())];
        Dictionary<string, float[][]> actual = [];
        ModelRun run = new() { Edits = [new Edit(edited, (read, m) => Change(read, m, constants))] };
        using GradientTape tape = model.Record(team, batch, new Site(SiteKind.Embed, 0), run);
        model.Backward(
            team, tape,
            (_, rows, _, gradient) =>
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    for (int v = 0; v < gradient.Columns; v++)
                    {
                        gradient.Row(i)[v] = (float)scalar[rows[i]][v];
                    }
                }
            },
            new BackwardRun
            {
                Taps = [.. sites.Select(site => new Tap(site, (_, m) => actual[Name(site)] = Rows(m)))],
                Edits = [new Edit(edited, (read, m) => ClearReplaced(read, m))],
            });

        Dictionary<string, double[][]>[] clean = [.. twinCase.Sequences.Select(tokens => twin.Run(tokens, ChangePlainly))];
        foreach (Site site in sites)
        {
            float[][] gradient = actual[Name(site)];
            double scale = gradient.Max(row => row.Max(value => Math.Abs((double)value)));
            for (int check = 0; check < 4; check++)
            {
                int sequence = random.NextInt(2);
                int position = random.NextInt(batch.Length(sequence));
                int column = random.NextInt(gradient[0].Length);
                double step = Step * clean[sequence][Name(site)].Max(row => row.Max(Math.Abs));
                double Scalar(double change)
                {
                    Dictionary<string, double[][]> result = twin.Run(twinCase.Sequences[sequence], (name, rows) =>
                    {
                        ChangePlainly(name, rows);
                        if (name == Name(site))
                        {
                            rows[position][column] += change;
                        }
                    });
                    return result["logits"].Select((row, t) => row.Zip(scalar[batch.Start(sequence) + t], (a, b) => a * b).Sum()).Sum();
                }

                double expected = (Scalar(step) - Scalar(-step)) / (2 * step);
                double found = gradient[batch.Start(sequence) + position][column];
                Assert.True(
                    Math.Abs(expected - found) <= Tolerance * scale,
                    $"edit at {edited}, gradient at {site}, sequence {sequence}, position {position}, {column}: {found:g6}, expected {expected:g6}, scale {scale:g3}");
            }
        }
    });

    public static TheoryData<string> Families() => [.. TwinCase.Families];

    private static void Change(TokenBatch batch, Matrix activation, double[] constants)
    {
        for (int row = 0; row < activation.Rows; row++)
        {
            (int position, int length) = (batch.PositionOf(row), batch.Length(batch.SequenceOf(row)));
            for (int j = 0; j < constants.Length; j++)
            {
                activation.Row(row)[j] = position == Math.Min(1, length - 1) ? (float)constants[j]
                    : position == 2 ? activation.Row(row)[j] + 0.5f
                    : activation.Row(row)[j];
            }
        }
    }

    private static void ClearReplaced(TokenBatch batch, Matrix gradient)
    {
        for (int row = 0; row < gradient.Rows; row++)
        {
            if (batch.PositionOf(row) == Math.Min(1, batch.Length(batch.SequenceOf(row)) - 1))
            {
                gradient.Row(row).Clear();
            }
        }
    }

    private static void ForEach(string family, Action<TwinCase, TwinModel, LanguageModel, WorkTeam> check)
    {
        using WorkTeam team = new(2);
        for (int seed = 0; seed < CasesOfFamily; seed++)
        {
            using TemporaryFolder folder = new();
            TwinCase twinCase = new(family, seed);
            TwinWeights weights = new(twinCase.Settings, seed);
            File.WriteAllText(folder["config.json"], twinCase.Configuration.ToJsonString());
            weights.Write(folder["model.safetensors"], TwinNames.Of(family));
            try
            {
                using LanguageModel model = LanguageModel.Load(folder.Path);
                Assert.Empty(model.Configuration.Warnings);
                check(twinCase, new TwinModel(twinCase.Settings, weights), model, team);
            }
            catch (Exception exception)
            {
                Assert.Fail($"{family}, seed {seed}: {exception.Message}\n{twinCase.Configuration.ToJsonString()}");
            }
        }
    }

    private static IEnumerable<Site> Sites(LanguageModel model)
    {
        yield return new Site(SiteKind.Embed, 0);
        for (int layer = 0; layer < model.Configuration.Layers; layer++)
        {
            foreach (SiteKind kind in Enum.GetValues<SiteKind>().Where(kind => kind != SiteKind.Embed && (kind != SiteKind.ResidMid || !model.Configuration.IsParallel)))
            {
                yield return new Site(kind, layer);
            }
        }
    }

    private static string Name(Site site) => site.Kind == SiteKind.Embed ? "embed" : $"{site.Name}.{site.Layer}";

    private static float[][] Rows(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(row => matrix.Row(row).ToArray())];

    private static double Error(float[][] actual, double[][] expected)
    {
        double error = 0;
        double scale = 0;
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < actual.Length; row++)
        {
            Assert.Equal(expected[row].Length, actual[row].Length);
            for (int j = 0; j < actual[row].Length; j++)
            {
                double difference = Math.Abs(actual[row][j] - expected[row][j]);
                error = Math.Max(error, double.IsNaN(difference) ? double.PositiveInfinity : difference);
                scale = Math.Max(scale, Math.Abs(expected[row][j]));
            }
        }

        return error / scale;
    }
}
