using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Vectors that say their own number: [i, −i], document i / 10, position i % 10, token i + 1000. Gives at most a few rows a read.</summary>
internal sealed class CountingSource(int count, bool knowsLength = true, int mostRows = int.MaxValue) : IActivationSource
{
    private int _next;

    public int Width => 2;

    public long? Length => knowsLength ? count : null;

    public int RowsRead { get; private set; }

    public long Skipped { get; private set; }

    public bool Disposed { get; private set; }

    public static List<int> ReadAll(IActivationSource source, int batchSize)
    {
        List<int> numbers = [];
        using ActivationBatch batch = new(batchSize, source.Width);
        for (source.Read(batch); batch.Count > 0; source.Read(batch))
        {
            numbers.AddRange(Numbers(batch));
        }

        return numbers;
    }

    public static List<int> Numbers(ActivationBatch batch)
    {
        List<int> numbers = [];
        for (int row = 0; row < batch.Count; row++)
        {
            int number = (int)batch.Vectors.Row(row)[0];
            Assert.Equal(-number, (int)batch.Vectors.Row(row)[1]);
            Assert.Equal((number / 10, number % 10, number + 1000), (batch.Documents[row], batch.Positions[row], batch.Tokens[row]));
            numbers.Add(number);
        }

        return numbers;
    }

    public void Read(ActivationBatch batch)
    {
        batch.Count = Math.Min(Math.Min(batch.Capacity, mostRows), count - _next);
        for (int row = 0; row < batch.Count; row++)
        {
            batch.Vectors.Row(row)[0] = _next;
            batch.Vectors.Row(row)[1] = -_next;
            (batch.Documents[row], batch.Positions[row], batch.Tokens[row]) = (_next / 10, _next % 10, _next + 1000);
            _next++;
        }

        RowsRead += batch.Count;
    }

    public long Skip(long asked)
    {
        int skipped = (int)Math.Min(asked, count - _next);
        _next += skipped;
        Skipped += skipped;
        return skipped;
    }

    public void Dispose() => Disposed = true;
}
