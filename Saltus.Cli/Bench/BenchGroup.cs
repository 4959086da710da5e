namespace Saltus.Cli.Bench;

/// <summary>Cases that belong together: a table of the result, a name behind <c>--only</c>.</summary>
/// <param name="Name">What users type.</param>
/// <param name="Title">What it measures, for people.</param>
/// <param name="Pairs">Makes the cases one after the other; what it made is freed when the next is asked for.</param>
/// <param name="IsLong">Whether a quick run leaves it out unless it is asked for.</param>
internal sealed record BenchGroup(string Name, string Title, Func<BenchSettings, IEnumerable<BenchPair>> Pairs, bool IsLong = false);
