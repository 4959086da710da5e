using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;

namespace Saltus.Tests.Interpretation;

public class ImportanceUniformityTests
{
    [Fact]
    public void Places_are_spread_evenly_over_counted_positions_that_a_token_follows()
    {
        TokenWindow[] windows = [Window(0, 5), Window(1, 2), Window(2, 30)];
        IReadOnlyList<UniformityPlace> all = ImportanceUniformity.Spread(windows, 1000);
        Assert.Equal(3 + 0 + 28, all.Count);
        Assert.All(all, place => Assert.True(place.Window.Counted[place.Position] && place.Position + 1 < place.Window.Length));
        Assert.Equal(all.Count, all.Distinct().Count());
        IReadOnlyList<UniformityPlace> few = ImportanceUniformity.Spread(windows, 3);
        Assert.Equal([(2, 3), (2, 13), (2, 23)], few.Select(place => (place.Window.Document, place.Position)));
        Assert.Empty(ImportanceUniformity.Spread(windows, 0));
        Assert.Empty(ImportanceUniformity.Spread([Window(0, 2)], 5));
    }

    [Fact]
    public void Equal_shares_are_uniform_and_no_latent_is_no_number()
    {
        Assert.Equal(1, new UniformitySample(7, Math.Log(7)).Uniformity, 12);
        Assert.Equal(1.0 / 7, new UniformitySample(7, 0).Uniformity, 12);
        Assert.True(double.IsNaN(new UniformitySample(0, 0).Uniformity));
    }

    private static TokenWindow Window(int document, int length) =>
        new(document, 0, new int[length], hasBos: true, [.. Enumerable.Range(0, length).Select(position => position > 0)]);
}
