using System.Text.Json;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>A row of <c>baseline.json</c>: what another tool's trainer recovers, and with which settings.</summary>
internal sealed record RecoverRecord(string Peer, RunConfiguration Run, double L0, double Fvu, double Mmcs, double Recovered)
{
    private const string FileName = "baseline.json";

    /// <summary>Reads the rows on some data that a recipe repeats.</summary>
    public static IReadOnlyList<RecoverRecord> ReadAll(string folder, string variant)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new InputException($"--baseline: expected {FileName} in '{folder}', found none; leave out --baseline");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.EnumerateArray().Where(row => Text(row, "variant") == variant && Repeats(Text(row, "peer"))).Select(Read)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputException($"'{path}': expected a list of recorded runs, found something else: {exception.Message}", exception);
        }
    }

    private static string RecipeOf(string peer) => peer.Replace("dictionary_learning", "dictionary-learning", StringComparison.Ordinal);

    private static bool Repeats(string peer) => Recipe.Names.Contains(RecipeOf(peer), StringComparer.Ordinal);

    private static RecoverRecord Read(JsonElement row)
    {
        string peer = Text(row, "peer");
        int steps = (int)Number(row, "steps")!.Value;
        RunConfiguration run = new()
        {
            Recipe = RecipeOf(peer),
            Width = (int)Number(row, "latents")!.Value,
            Tokens = (long)steps * RecoverCommand.BatchRows,
            Batch = RecoverCommand.BatchRows,
            LearningRate = Number(row, "lr"),
            DecayShare = 0.2,
            L0 = Number(row, "k") ?? Number(row, "target_l0"),
            Lambda = Number(row, "l0_coefficient") ?? Number(row, "l1_coefficient") ?? Number(row, "sparsity_penalty"),
        };
        bool hasPenalty = run.Lambda is not null;
        bool warmsUp = Number(row, "target_l0") is not null;
        run = run with
        {
            // baseline.py: coefficients rise over a quarter, dictionary_learning's learning rate over 50 steps; dead after 200 steps.
            LambdaWarmupShare = hasPenalty ? 0.25 : null,
            WarmupShare = warmsUp ? 50.0 / steps : 0,
            DeadAfter = 200,
            Bandwidth = Number(row, "bandwidth"),
        };
        return new RecoverRecord(
            peer, Recipe.Complete(run), Number(row, "l0")!.Value, Number(row, "fvu")!.Value, Number(row, "mmcs")!.Value, Number(row, "recovered")!.Value);
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? string.Empty;

    private static double? Number(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : null;
}
