using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public sealed class LanguageModelVerificationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("saltus-reference-").FullName;
    private readonly WorkTeam _team = new(1);

    public void Dispose()
    {
        _team.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_wrong_value_is_found_and_the_rest_is_within()
    {
        string path = Rewrite((name, values) => values[5] += name == "mlp_out.1" ? 0.1f : 0, copyMeta: true);
        IReadOnlyList<TensorComparison> comparisons = Compare(path);
        TensorComparison wrong = Assert.Single(comparisons, comparison => comparison.Status == ComparisonStatus.Beyond);
        Assert.Equal("mlp_out.1", wrong.Name);
        Assert.InRange(wrong.MaxError, 0.09, 0.11);
        Assert.True(comparisons.Count(comparison => comparison.Status == ComparisonStatus.Within) > 20);
    }

    [Fact]
    public void Splices_are_not_compared_without_the_layer_that_meta_json_tells()
    {
        IReadOnlyList<TensorComparison> comparisons = Compare(Rewrite((_, _) => { }, copyMeta: false));
        Assert.All(
            comparisons.Where(comparison => comparison.Name.StartsWith("splice.", StringComparison.Ordinal)),
            comparison => Assert.Contains("meta.json", comparison.Note, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tensor_that_nothing_makes_is_said_to_be_not_compared()
    {
        string path = Rewrite((_, _) => { }, copyMeta: true, writer => writer.Add("attn_pattern.0", new float[4]));
        TensorComparison comparison = Compare(path).Single(entry => entry.Name == "attn_pattern.0");
        Assert.Equal(ComparisonStatus.NotCompared, comparison.Status);
    }

    [Fact]
    public void A_file_that_is_no_reference_and_one_of_another_model_are_refused()
    {
        string path = Path.Combine(_folder, "other.safetensors");
        new SafetensorsWriter().Add("x", new float[2]).Write(path);
        Assert.Equal(ModelError.UnknownReference, Assert.Throws<ModelException>(() => Compare(path)).Error);
        Assert.ThrowsAny<InputException>(() => Compare(Path.Combine(Path.GetDirectoryName(Source())!, "gemma2", "golden.safetensors")));
    }

    [Fact]
    public void Passages_are_compared_row_by_row()
    {
        string path = WritePassage(1);
        IReadOnlyList<TensorComparison> comparisons = Compare(path);
        string[] within = [.. comparisons.Where(comparison => comparison.Status == ComparisonStatus.Within).Select(comparison => comparison.Name)];
        Assert.Equal(
            ["passage0.final_norm", "passage0.loss_per_token", "passage0.resid_post.1", "passage0.top10.ids", "passage0.top10.values"], within);
        Assert.True(comparisons.Single(comparison => comparison.Name == "passage0.top10.ids").Scale > 20, "few ids were compared");

        // A small row that is wrong is found although another row is a thousand times larger.
        comparisons = Compare(WritePassage(1.001f));
        Assert.Equal("passage0.resid_post.1", Assert.Single(comparisons, comparison => comparison.Status == ComparisonStatus.Beyond).Name);
    }

    private static string Source() => Fixtures.Cases("lm", path => Path.GetFileName(path) == "llama")[0];

    private IReadOnlyList<TensorComparison> Compare(string path)
    {
        using LanguageModel model = LanguageModel.Load(Source());
        return LanguageModelVerification.Compare(_team, model, path);
    }

    private string Rewrite(Action<string, float[]> change, bool copyMeta, Action<SafetensorsWriter>? more = null)
    {
        string path = Path.Combine(_folder, "golden.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Source(), "golden.safetensors"));
        SafetensorsWriter writer = new();
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (tensor.Dtype == TensorDtype.I64)
            {
                writer.AddInt64(tensor.Name, [.. tensor.Shape], file.ReadInt64(tensor.Name));
                continue;
            }

            float[] values = file.ReadFloat32(tensor);
            if (values.Length > 5)
            {
                change(tensor.Name, values);
            }

            writer.Add(tensor.Name, TensorDtype.F32, [.. tensor.Shape], (first, destination) => values.AsSpan((int)first, destination.Length).CopyTo(destination));
        }

        more?.Invoke(writer);
        writer.Write(path);
        if (copyMeta)
        {
            File.Copy(Path.Combine(Source(), "meta.json"), Path.Combine(_folder, "meta.json"));
        }

        return path;
    }

    private string WritePassage(float stretchOfRow3)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Source(), "golden.safetensors"));
        const int Length = 40;
        using Matrix logits = file.ReadMatrix("logits");
        long[] ids = new long[Length * 10];
        using Matrix best = new(Length, 10);
        for (int row = 0; row < Length; row++)
        {
            float[] values = logits.Row(row).ToArray();
            int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(id => values[id]).Take(10)];
            for (int rank = 0; rank < 10; rank++)
            {
                ids[(row * 10) + rank] = order[rank];
                best.Row(row)[rank] = values[order[rank]];
            }
        }

        using Matrix residual = FirstSequence(file, "resid_post.1", Length);
        foreach (ref float value in residual.Row(3))
        {
            value *= stretchOfRow3;
        }

        using Matrix norm = FirstSequence(file, "final_norm", Length);
        string path = Path.Combine(_folder, $"passages{stretchOfRow3}.safetensors");
        new SafetensorsWriter()
            .AddInt64("passage0.input_ids", [Length], file.ReadInt64("input_ids").AsMemory(0, Length))
            .Add("passage0.loss_per_token", file.ReadFloat32("loss_per_token").AsMemory(0, Length - 1))
            .Add("passage0.resid_post.1", residual)
            .Add("passage0.final_norm", norm)
            .Add("passage0.top10.values", best)
            .AddInt64("passage0.top10.ids", [Length, 10], ids)
            .Write(path);
        return path;
    }

    private static Matrix FirstSequence(SafetensorsFile file, string name, int length)
    {
        using Matrix all = file.ReadMatrix(name);
        return Matrix.FromRows(length, all.Columns, all.RowRange(0, length));
    }
}
