using System.Text.Json;
using System.Text.RegularExpressions;
using Saltus.Tests.Support;
using Saltus.Tests.Training.Twin;
using Saltus.Training;

namespace Saltus.Tests.Training;

public partial class SchedulesAgainstLibrariesTests
{
    // Values of order 1 in float64, by another order of operations.
    private const double Tolerance = 1e-12;

    [Fact]
    public void Schedules_have_the_values_that_other_libraries_use_at_each_step()
    {
        foreach (string path in Fixtures.Roots.Select(root => Path.Combine(root, "training", "schedules.json")).Where(File.Exists))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            Assert.True(document.RootElement.EnumerateObject().Any(), $"{path} holds no schedule");
            foreach (JsonProperty schedule in document.RootElement.EnumerateObject())
            {
                double[] expected = [.. schedule.Value.EnumerateArray().Select(value => value.GetDouble())];
                Func<int, double> ours = Ours(schedule.Name);
                for (int step = 0; step < Comparable(schedule.Name, expected.Length); step++)
                {
                    double difference = Math.Abs(ours(step) - expected[step]);
                    Assert.True(difference <= Tolerance, $"{schedule.Name}: {ours(step):R} at step {step}, expected {expected[step]:R}");
                }
            }
        }
    }

    private static Func<int, double> Ours(string name)
    {
        int warmup = Number(WarmupPattern().Match(name));
        int total = Number(TotalPattern().Match(name));
        int decay = DecayFromPattern().Match(name) is { Success: true } from ? total - Number(from) : Number(DecayPattern().Match(name));
        TwinOptions options = new() { Coefficient = 1, CoefficientWarmup = warmup };
        LearningRateSchedule rise = new(WarmupShape.Linear, warmup);
        LearningRateSchedule whole = new(WarmupShape.Linear, warmup, total, decay);
        LearningRateSchedule fall = new(WarmupShape.Linear, 0, total, decay);
        return name.Split(':')[0] switch
        {
            // SAELens's first step has 1/warm-up already.
            "saelens lr" => step => rise.Factor(step + 1) * fall.Factor(step),
            "dictionary_learning lr" => whole.Factor,
            "saelens coefficient" or "dictionary_learning sparsity" => step => TwinSchedules.Coefficient(options, step),
            _ => throw new InvalidDataException($"no rule for the schedule '{name}'"),
        };
    }

    /// <summary>Steps to compare: of an annealing, which there is none of here, the warm-up.</summary>
    private static int Comparable(string name, int length) => name.Contains("annealing") ? Number(WarmupPattern().Match(name)) : length;

    private static int Number(Match match) => match.Success ? int.Parse(match.Groups[1].ValueSpan) : 0;

    [GeneratedRegex(@"warm-up (\d+)", RegexOptions.None, 1000)]
    private static partial Regex WarmupPattern();

    [GeneratedRegex(@"decay (\d+)", RegexOptions.None, 1000)]
    private static partial Regex DecayPattern();

    [GeneratedRegex(@"decay from (\d+)", RegexOptions.None, 1000)]
    private static partial Regex DecayFromPattern();

    [GeneratedRegex(@"(\d+) steps", RegexOptions.None, 1000)]
    private static partial Regex TotalPattern();
}
