using Saltus.Training;

namespace Saltus.Tests.Training;

public class ShuffleBufferTests
{
    private static readonly (int Count, int Capacity)[] s_sizes = [(0, 4), (1, 1), (1, 8), (2, 2), (7, 1), (10, 3), (50, 7), (50, 50), (50, 51), (100, 64), (5000, 300), (3000, 2999)];

    [Fact]
    public void Every_vector_comes_out_exactly_once_with_its_origin()
    {
        foreach ((int count, int capacity) in s_sizes)
        {
            foreach (bool knows in new[] { true, false })
            {
                using ShuffleBuffer buffer = new(new CountingSource(count, knows, mostRows: 5), capacity, seed: 1);
                List<int> numbers = CountingSource.ReadAll(buffer, batchSize: 11);
                Assert.True(Enumerable.Range(0, count).SequenceEqual(numbers.Order()), $"{count} vectors, {capacity} slots, length known {knows}");
            }
        }
    }

    [Fact]
    public void The_order_depends_on_the_seed_and_on_nothing_else()
    {
        List<int> Order(long seed, int batch, bool knows, int most)
        {
            using ShuffleBuffer buffer = new(new CountingSource(5000, knows, most), 300, seed);
            return CountingSource.ReadAll(buffer, batch);
        }

        List<int> expected = Order(3, 64, knows: true, most: int.MaxValue);
        Assert.Equal(expected, Order(3, 1, knows: true, most: 7));
        Assert.Equal(expected, Order(3, 999, knows: false, most: 1));
        Assert.NotEqual(expected, Order(4, 64, knows: true, most: int.MaxValue));
    }

    [Fact]
    public void A_stream_that_fits_is_the_same_permutation_whether_its_length_is_known_or_not()
    {
        foreach (int capacity in new[] { 40, 41, 1000 })
        {
            using ShuffleBuffer known = new(new CountingSource(40, knowsLength: true), capacity, seed: 2);
            using ShuffleBuffer unknown = new(new CountingSource(40, knowsLength: false), capacity, seed: 2);
            Assert.Equal(CountingSource.ReadAll(known, 7), CountingSource.ReadAll(unknown, 7));
        }
    }

    [Fact]
    public void A_stream_that_fits_is_permuted_uniformly()
    {
        // Each of four vectors at each of four places: 1,000 of 4,000 expected, standard deviation 27; five of them.
        int[,] counts = new int[4, 4];
        for (int seed = 0; seed < 4000; seed++)
        {
            using ShuffleBuffer buffer = new(new CountingSource(4), 8, seed);
            List<int> numbers = CountingSource.ReadAll(buffer, 4);
            for (int place = 0; place < 4; place++)
            {
                counts[numbers[place], place]++;
            }
        }

        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 863, 1137));
    }

    [Fact]
    public void Vectors_mix_over_more_than_one_buffer()
    {
        using ShuffleBuffer buffer = new(new CountingSource(100_000), 1000, seed: 9);
        List<int> numbers = CountingSource.ReadAll(buffer, 500);
        int farthest = numbers.Select((number, place) => Math.Abs(number - place)).Max();
        Assert.InRange(farthest, 2000, 20_000);
    }

    [Fact]
    public void Skipping_is_reading_and_reads_only_what_the_buffer_holds_then()
    {
        foreach ((int count, int capacity) in s_sizes)
        {
            using ShuffleBuffer whole = new(new CountingSource(count), capacity, seed: 6);
            List<int> expected = CountingSource.ReadAll(whole, 13);
            foreach (int skip in new[] { 0, 1, capacity / 2, capacity, capacity + 1, count / 2, count - 1, count, count + 5 }.Where(n => n >= 0).Distinct())
            {
                foreach (bool knows in new[] { true, false })
                {
                    using ShuffleBuffer buffer = new(new CountingSource(count, knows), capacity, seed: 6);
                    long skipped = buffer.Skip(skip);
                    string where = $"{count} vectors, {capacity} slots, {skip} skipped, length known {knows}";
                    Assert.True(Math.Min(skip, count) == skipped, where);
                    Assert.True(expected.Skip(skip).SequenceEqual(CountingSource.ReadAll(buffer, 8)), where);
                }
            }
        }

        CountingSource source = new(100_000);
        using ShuffleBuffer far = new(source, 500, seed: 6);
        far.Skip(90_000);
        Assert.True(source.Skipped > 70_000, $"{source.Skipped} skipped");
    }

    [Fact]
    public void Skipping_twice_or_after_reading_goes_on_where_reading_would()
    {
        using ShuffleBuffer whole = new(new CountingSource(1000), 64, seed: 6);
        List<int> expected = CountingSource.ReadAll(whole, 13);
        using ShuffleBuffer buffer = new(new CountingSource(1000), 64, seed: 6);
        using ActivationBatch batch = new(10, 2);
        buffer.Skip(100);
        buffer.Read(batch);
        Assert.Equal(expected[100..110], CountingSource.Numbers(batch));
        buffer.Skip(2000 / 7);
        buffer.Read(batch);
        Assert.Equal(expected[395..405], CountingSource.Numbers(batch));
    }

    [Fact]
    public void The_scale_comes_from_vectors_that_stay_in_the_buffer()
    {
        using ShuffleBuffer plain = new(new CountingSource(100), 40, seed: 5);
        using ShuffleBuffer buffer = new(new CountingSource(100), 40, seed: 5);
        NormScale scale = buffer.EstimateNormScale(30);
        Assert.Equal(NormScale.Estimate(new CountingSource(30), 1000).Scale, scale.Scale);
        Assert.Equal(30, scale.Vectors);
        Assert.Equal(40, buffer.EstimateNormScale(1000).Vectors);
        Assert.Equal(CountingSource.ReadAll(plain, 7), CountingSource.ReadAll(buffer, 7));
        Assert.Throws<InputException>(() => new ShuffleBuffer(new CountingSource(0), 4, 1).EstimateNormScale(1));
    }

    [Fact]
    public void Memory_is_bounded_by_the_source_and_the_source_is_disposed_with_the_buffer()
    {
        CountingSource source = new(100);
        Assert.Equal(2 * 100 * 24, ShuffleBuffer.MemoryBytes(source, 1_000_000));
        Assert.Equal((1_000_000 + 1024) * 24L, ShuffleBuffer.MemoryBytes(new CountingSource(1, knowsLength: false), 1_000_000));
        new ShuffleBuffer(source, 10, 1).Dispose();
        Assert.True(source.Disposed);
    }
}
