using Saltus.Tensors;

namespace Saltus.Tests.Tensors;

public class RandomSourceTests
{
    [Fact]
    public void The_generator_gives_the_published_sequence_of_xoshiro256_starstar()
    {
        // First outputs for the state 1, 2, 3, 4, as the authors' C code prints them.
        RandomSource source = new(0, "test") { State = new ulong[] { 1, 2, 3, 4 } };
        ulong[] expected = [11520UL, 0UL, 1509978240UL, 1215971899390074240UL];
        Assert.Equal(expected, new[] { source.NextUInt64(), source.NextUInt64(), source.NextUInt64(), source.NextUInt64() });
    }

    [Fact]
    public void Uses_of_one_seed_are_different_streams_and_a_saved_state_goes_on()
    {
        RandomSource a = new(7, "init");
        RandomSource b = new(7, "shuffle");
        Assert.NotEqual(a.NextUInt64(), b.NextUInt64());
        ReadOnlyMemory<ulong> state = a.State;
        ulong next = a.NextUInt64();
        a.State = state;
        Assert.Equal(next, a.NextUInt64());
    }

    [Fact]
    public void Integers_below_a_bound_are_uniform()
    {
        RandomSource source = new(3, "test");
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[source.NextInt(7)]++;
        }

        // Standard deviation of a count is about 93; five of them.
        Assert.All(counts, c => Assert.InRange(c, 9_535, 10_465));
    }
}
