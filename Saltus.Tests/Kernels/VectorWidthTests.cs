using System.Globalization;
using System.Numerics;

namespace Saltus.Tests.Kernels;

/// <summary>The script that runs the suite at several vector widths says which one it asked for; a renamed switch cannot test one width twice.</summary>
public sealed class VectorWidthTests
{
    private const string Variable = "SALTUS_EXPECT_LANES";

    [Fact]
    public void Vectors_are_as_wide_as_the_script_asked_for()
    {
        string? expected = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(expected))
        {
            Assert.Equal(expected, Vector<float>.Count.ToString(CultureInfo.InvariantCulture));
        }
    }
}
