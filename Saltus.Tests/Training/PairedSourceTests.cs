using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

public sealed class PairedSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_vector_has_its_own_target_behind_it_whatever_the_order_and_the_batches()
    {
        (string vectors, string targets) = Files(500, 500);
        foreach (long? seed in new long?[] { null, 3 })
        {
            foreach (int capacity in new[] { 1, 64, 333 })
            {
                using PairedSource source = Open(vectors, targets, seed);
                Assert.Equal((5, 500L), (source.Width, source.Length));
                using ActivationBatch batch = new(capacity, source.Width);
                HashSet<float> seen = [];
                for (source.Read(batch); batch.Count > 0; source.Read(batch))
                {
                    for (int row = 0; row < batch.Count; row++)
                    {
                        float number = batch.Vectors.Row(row)[0];
                        Assert.Equal([number, -number, 2 * number, 3 * number, 4 * number], batch.Vectors.Row(row).ToArray());
                        seen.Add(number);
                    }
                }

                Assert.Equal(500, seen.Count);
            }
        }
    }

    [Fact]
    public void What_was_skipped_is_what_would_have_been_read()
    {
        (string vectors, string targets) = Files(500, 500);
        using PairedSource whole = Open(vectors, targets, 3);
        using PairedSource later = Open(vectors, targets, 3);
        using ActivationBatch first = new(170, whole.Width);
        using ActivationBatch second = new(170, whole.Width);
        whole.Read(first);
        whole.Read(first);
        Assert.Equal(170, later.Skip(170));
        later.Read(second);
        Assert.Equal(first.Vectors.Span.ToArray(), second.Vectors.Span.ToArray());
        Assert.Equal(160, later.Skip(1000));
    }

    [Fact]
    public void Fewer_targets_than_vectors_are_refused()
    {
        (string vectors, string targets) = Files(500, 490);
        using PairedSource source = Open(vectors, targets, null);
        using ActivationBatch batch = new(400, source.Width);
        source.Read(batch);
        Assert.Contains("targets: expected as many as vectors", Assert.Throws<InputException>(() => source.Read(batch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_of_another_token_is_refused()
    {
        CountingSource ahead = new(100);
        using ActivationBatch one = new(1, 2);
        ahead.Read(one);
        using PairedSource source = new(new CountingSource(100), ahead);
        using ActivationBatch batch = new(10, source.Width);
        string message = Assert.Throws<InputException>(() => source.Read(batch)).Message;
        Assert.Contains("document 0, position 0", message, StringComparison.Ordinal);
        Assert.Contains("document 0, position 1", message, StringComparison.Ordinal);
    }

    private static PairedSource Open(string vectors, string targets, long? seed) =>
        new(VectorFile.OpenSource(vectors, order: new ReadingOrder { Seed = seed }), VectorFile.OpenSource(targets, order: new ReadingOrder { Seed = seed }));

    private (string Vectors, string Targets) Files(int vectors, int targets)
    {
        using Matrix x = new(vectors, 2);
        using Matrix y = new(targets, 3);
        for (int row = 0; row < Math.Max(vectors, targets); row++)
        {
            ((float[])[row + 1, -row - 1]).CopyTo(x.Row(row));
            if (row < targets)
            {
                ((float[])[2 * (row + 1), 3 * (row + 1), 4 * (row + 1)]).CopyTo(y.Row(row));
            }
        }

        NpyWriter.Write(_folder["x.npy"], x);
        NpyWriter.Write(_folder["y.npy"], y);
        return (_folder["x.npy"], _folder["y.npy"]);
    }
}
