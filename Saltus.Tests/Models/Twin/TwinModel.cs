namespace Saltus.Tests.Models.Twin;

/// <summary>
/// The forward pass of models.md in float64, one number after the other, for one sequence: slow and plain. A site may be changed, so that
/// gradients can be taken by central differences.
/// </summary>
internal sealed class TwinModel(TwinSettings s, TwinWeights weights)
{
    /// <summary>Runs a sequence.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="change">Is given the name of each site ("attn_z.1") and its rows, to be changed in place; null for nobody.</param>
    /// <returns>Rows at every site, and "logits".</returns>
    public Dictionary<string, double[][]> Run(int[] tokens, Action<string, double[][]>? change = null)
    {
        Dictionary<string, double[][]> sites = [];
        double[][] Visit(string name, double[][] rows)
        {
            change?.Invoke(name, rows);
            sites[name] = Copy(rows);
            return rows;
        }

        double[][] x = [.. tokens.Select(token => weights.Matrix("embedding")[token].Select(value => value * s.EmbeddingScale).ToArray())];
        if (s.LearnedPositions)
        {
            x = [.. x.Select((row, position) => Sum(row, weights.Matrix("positions")[position]))];
        }

        x = Visit("embed", x);
        for (int layer = 0; layer < s.Layers; layer++)
        {
            int l = layer;
            double[][] N(string role, double[][] rows) => weights.Has($"{role}.{l}") ? Norm(rows, $"{role}.{l}") : Copy(rows);
            x = Visit($"resid_pre.{l}", x);
            double[][] z = Visit($"attn_z.{l}", Attention(l, N("norm1", x)));
            double[][] a = Visit($"attn_out.{l}", N("postnorm1", Linear(z, $"output.{l}")));
            bool isParallel = s.Block is "parallel" or "shared";
            double[][] middle = isParallel ? x : Visit($"resid_mid.{l}", Add(x, a));
            double[][] read = Visit($"mlp_in.{l}", N(s.Block == "shared" ? "norm1" : "norm2", middle));
            double[][] b = Visit($"mlp_out.{l}", N("postnorm2", Mlp(l, read)));
            x = Visit($"resid_post.{l}", Add(isParallel ? Add(x, a) : middle, b));
        }

        double[][] final = Norm(x, "final");
        sites["final_norm"] = final;
        double[][] logits = Linear(final, s.Tied ? "embedding" : "head", s.HeadBias ? "head.bias" : null);
        sites["logits"] = s.LogitCap is { } cap ? [.. logits.Select(row => row.Select(value => cap * Math.Tanh(value / cap)).ToArray())] : logits;
        return sites;
    }

    private static double[][] Copy(double[][] rows) => [.. rows.Select(row => row.ToArray())];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, Sum)];

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private double[][] Linear(double[][] rows, string name, string? bias = null)
    {
        double[][] w = weights.Matrix(name);
        double[]? b = weights.Has(bias ?? $"{name}.bias") ? weights.Vector(bias ?? $"{name}.bias") : null;
        return [.. rows.Select(row => w.Select((output, i) => Dot(row, output) + (b?[i] ?? 0)).ToArray())];
    }

    private double[][] Norm(double[][] rows, string name) => [.. rows.Select(row => Norm(row, name))];

    private double[] Norm(double[] row, string name)
    {
        double[] w = weights.Vector(name);
        double mean = s.IsLayerNorm ? row.Average() : 0;
        double[] centred = [.. row.Select(value => value - mean)];
        double root = Math.Sqrt((Dot(centred, centred) / row.Length) + s.Epsilon);
        return [.. centred.Select((value, i) => (value / root * (w[i] + (s.PlusOne ? 1 : 0))) + (s.IsLayerNorm ? weights.Vector($"{name}.bias")[i] : 0))];
    }

    private double[][] Attention(int l, double[][] rows)
    {
        (int length, int width) = (rows.Length, s.HeadWidth);
        double[][] Project(string role, int heads) => Linear(rows, $"{role}.{l}");
        double[][] q = Project("query", s.Heads);
        double[][] k = Project("key", s.KeyHeads);
        double[][] v = Project("value", s.KeyHeads);
        if (s.QueryKeyNorm == "whole")
        {
            (q, k) = (Norm(q, $"querynorm.{l}"), Norm(k, $"keynorm.{l}"));
        }

        double[] Head(double[][] all, int position, int head, string norm)
        {
            double[] part = all[position][(head * width)..((head + 1) * width)];
            part = s.QueryKeyNorm == "head" ? Norm(part, $"{norm}.{l}") : part;
            return s.Rope[l] is { } rope ? rope.Turn(part, position, length) : part;
        }

        double[][] z = [.. Enumerable.Range(0, length).Select(_ => new double[s.Heads * width])];
        for (int head = 0; head < s.Heads; head++)
        {
            int shared = head * s.KeyHeads / s.Heads;
            double[][] queries = [.. Enumerable.Range(0, length).Select(i => Head(q, i, head, "querynorm"))];
            double[][] keys = [.. Enumerable.Range(0, length).Select(j => Head(k, j, shared, "keynorm"))];
            for (int i = 0; i < length; i++)
            {
                int[] seen = [.. Enumerable.Range(0, i + 1).Where(j => s.Window[l] is not { } window || i - window < j)];
                double[] scores = [.. seen.Select(j => Dot(queries[i], keys[j]) * s.Scale[l])];
                scores = s.ScoreCap is { } cap ? [.. scores.Select(score => cap * Math.Tanh(score / cap))] : scores;
                double largest = scores.Max();
                double[] powers = [.. scores.Select(score => Math.Exp(score - largest))];
                double total = powers.Sum();
                for (int n = 0; n < seen.Length; n++)
                {
                    for (int c = 0; c < width; c++)
                    {
                        z[i][(head * width) + c] += powers[n] / total * v[seen[n]][(shared * width) + c];
                    }
                }
            }
        }

        return z;
    }

    private double[][] Mlp(int l, double[][] rows)
    {
        double[][] up = Linear(rows, $"up.{l}");
        if (!s.Gated)
        {
            return Linear([.. up.Select(row => row.Select(Act).ToArray())], $"down.{l}");
        }

        double[][] gate = Linear(rows, $"gate.{l}");
        return Linear([.. gate.Zip(up, (g, u) => g.Zip(u, (a, b) => Act(a) * b).ToArray())], $"down.{l}");
    }

    private double Act(double x) => s.Activation switch
    {
        "gelu" => x / 2 * (1 + Erf(x / Math.Sqrt(2))),
        "tanh" => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        "silu" => x / (1 + Math.Exp(-x)),
        _ => throw new ArgumentException(s.Activation),
    };

    /// <summary>erf by its series near 0, by the continued fraction of erfc beyond.</summary>
    private static double Erf(double x)
    {
        double magnitude = Math.Abs(x);
        if (magnitude > 2.5)
        {
            double fraction = magnitude;
            for (int n = 80; n > 0; n--)
            {
                fraction = magnitude + (n / 2.0 / fraction);
            }

            return Math.Sign(x) * (1 - (Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction)));
        }

        (double term, double sum) = (x, x);
        for (int n = 1; n < 80; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
