using Saltus.Cli.Bench;

namespace Saltus.Benchmarks.Torch;

/// <summary>The command line.</summary>
internal sealed record TorchOptions
{
    /// <summary>The name of what compares the peers' steps with recorded runs of the peers.</summary>
    public const string Check = "check";

    /// <summary>Gets whether smaller batches are measured.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Gets whether the result is one JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>Gets a Markdown file to write sections into; null for none.</summary>
    public string? Output { get; init; }

    /// <summary>Gets the names asked for; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Gets the command line as someone would repeat it.</summary>
    public string Command =>
        string.Join(' ', ["dotnet run --project Saltus.Benchmarks.Torch -c Release --", .. Only.Select(name => $"--only {name}"), .. IsQuick ? ["--quick"] : Array.Empty<string>()]);

    /// <summary>Whether a part of the run was asked for.</summary>
    public bool Includes(string name) => Only.Count == 0 || Only.Contains(name, StringComparer.Ordinal);

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="names">What may stand behind <c>--only</c>.</param>
    /// <returns>The options; null where the command line cannot be followed.</returns>
    public static TorchOptions? Parse(string[] arguments, IReadOnlyList<string> names)
    {
        TorchOptions options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { IsQuick = true };
                    break;
                case "--json":
                    options = options with { IsJson = true };
                    break;
                case "--only" when value is not null && names.Contains(value, StringComparer.Ordinal):
                    options = options with { Only = [.. options.Only, value] };
                    i++;
                    break;
                case "--out" when value is not null:
                    BenchFile.Check(value);
                    options = options with { Output = value };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
