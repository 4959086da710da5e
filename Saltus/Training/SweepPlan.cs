using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Saltus.Training;

/// <summary>From a sweep's declaration to its SAEs, each with all its knobs.</summary>
public static class SweepPlan
{
    private const int MostMembers = 10_000;
    private const string Source = "sweep";

    /// <summary>Knobs of a run that the sweep sets itself.</summary>
    private static readonly string[] s_ownKnobs =
    [
        "format_version", "method", "width", "l0", "lambda", "seed", "data_seed", "tokens", "model", "site", "layer", "context", "text", "column",
        "activations", "target_site", "target_layer", "targets", "skip",
    ];

    /// <summary>Lists the SAEs.</summary>
    /// <param name="sweep">The declaration.</param>
    /// <returns>One for every combination, methods outermost, seeds innermost.</returns>
    /// <exception cref="InputException">A list is empty, holds a value twice or one that cannot be; a knob is not known; or SAEs would need different batches.</exception>
    public static IReadOnlyList<SweepMember> Members(SweepConfiguration sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        Check(sweep);
        List<SweepMember> members = [];
        foreach (string method in sweep.Methods)
        {
            foreach (int width in sweep.Widths)
            {
                foreach (double? sparsity in Sparsities(sweep))
                {
                    foreach (double? rate in sweep.LearningRates?.Select(value => (double?)value) ?? [null])
                    {
                        members.AddRange(sweep.Seeds.Select(seed => Member(sweep, method, width, sparsity, rate, seed)));
                    }
                }
            }
        }

        foreach (SweepMember member in members)
        {
            CheckShared("batch", member, member.Configuration.Batch, members[0], members[0].Configuration.Batch);
            CheckShared("shuffle_buffer", member, member.Configuration.ShuffleBuffer, members[0], members[0].Configuration.ShuffleBuffer);
        }

        return members;
    }

    /// <summary>Cuts the SAEs into groups that fit a limit of memory; each group is trained in a pass of its own.</summary>
    /// <param name="members">The SAEs.</param>
    /// <param name="width">d.</param>
    /// <param name="limit">Bytes for training, the language model not counted.</param>
    /// <returns>Groups in the order of the members.</returns>
    /// <exception cref="InputException">One SAE alone does not fit.</exception>
    public static IReadOnlyList<IReadOnlyList<SweepMember>> Groups(IReadOnlyList<SweepMember> members, int width, long limit)
    {
        ArgumentNullException.ThrowIfNull(members);
        List<List<SweepMember>> groups = [];
        long left = 0;
        foreach (SweepMember member in members)
        {
            long shared = RunSize.SharedBytes(member.Configuration, width);
            long own = RunSize.MemoryBytes(member.Configuration, width) - shared;
            if (shared + own > limit)
            {
                throw new InputException(
                    $"--memory: expected at least the {shared + own} bytes that training {member.Name} takes, found {limit}; give more, or ask for a smaller width or batch");
            }

            if (groups.Count == 0 || own > left)
            {
                groups.Add([]);
                left = limit - shared;
            }

            groups[^1].Add(member);
            left -= own;
        }

        return groups;
    }

    private static void Check(SweepConfiguration sweep)
    {
        Expect(sweep.FormatVersion == SweepConfiguration.Version, "format_version", sweep.FormatVersion, "1");
        Expect(sweep.L0 is null || sweep.Lambda is null, "l0 and lambda", "both", "one of them");
        CheckList("methods", sweep.Methods, $"some of {string.Join(", ", MethodNames.All)}");
        CheckList("l0", sweep.L0 ?? [1], "target numbers of active latents");
        CheckList("lambda", sweep.Lambda ?? [1], "coefficients of the penalty");
        CheckList("widths", sweep.Widths, "numbers of latents");
        CheckList("learning_rates", sweep.LearningRates ?? [1], "learning rates");
        CheckList("seeds", sweep.Seeds, "seeds");
        Expect(sweep.Seeds.All(seed => seed >= 0), "seeds", string.Join(", ", sweep.Seeds), "whole numbers of at least 0");
        Expect(sweep.Tokens > 0, "tokens", sweep.Tokens, "a positive number of training tokens");
        Expect(sweep.EvalTokens is null or > 0, "eval_tokens", sweep.EvalTokens, "a positive number of held-out tokens");
        long count = (long)sweep.Methods.Count * sweep.Widths.Count * Sparsities(sweep).Count() * (sweep.LearningRates?.Count ?? 1) * sweep.Seeds.Count;
        Expect(count <= MostMembers, "the number of SAEs", count, $"at most {MostMembers}");
        CheckKnobs("settings", sweep.Settings, sweep);
        foreach ((string method, IReadOnlyDictionary<string, JsonElement> knobs) in sweep.MethodSettings)
        {
            Expect(sweep.Methods.Contains(method), "method_settings", method, $"one of the sweep's methods, {string.Join(", ", sweep.Methods)}");
            Expect(knobs is not null, $"method_settings of {method}", "null", "an object with knobs");
            CheckKnobs($"method_settings of {method}", knobs!, sweep);
        }
    }

    private static void Expect(bool holds, string key, object? found, string expected)
    {
        if (!holds)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{Source}: {key}: expected {expected}, found {found}"));
        }
    }

    private static void CheckList<T>(string key, IReadOnlyList<T>? values, string expected)
    {
        Expect(values is { Count: > 0 }, key, "none", $"a list of {expected}");
        Expect(values!.All(value => value is not null), key, "null", $"a list of {expected}");
        T? twice = values!.GroupBy(value => value).Where(group => group.Count() > 1).Select(group => group.Key).FirstOrDefault();
        Expect(values!.Distinct().Count() == values!.Count, key, $"{twice} twice", "each value once");
    }

    private static void CheckKnobs(string where, IReadOnlyDictionary<string, JsonElement> knobs, SweepConfiguration sweep)
    {
        foreach (string knob in knobs.Keys)
        {
            Expect(!s_ownKnobs.Contains(knob), where, knob, "knobs that the sweep's own keys do not set, such as batch or recipe");
            Expect(knob != "learning_rate" || sweep.LearningRates is null, where, knob, "learning rates in one place: leave it out, or leave out learning_rates");
        }
    }

    private static void CheckShared(string key, SweepMember member, int? value, SweepMember first, int? firstValue)
    {
        if (value != firstValue)
        {
            throw new InputException(
                $"{key}: expected the same for every SAE of a sweep, as they share their batches, found {firstValue} for {first.Name} and {value} for {member.Name}; set it in settings");
        }
    }

    private static IEnumerable<double?> Sparsities(SweepConfiguration sweep) => (sweep.L0 ?? sweep.Lambda)?.Select(value => (double?)value) ?? [null];

    private static SweepMember Member(SweepConfiguration sweep, string method, int width, double? sparsity, double? rate, long seed)
    {
        RunConfiguration knobs = Knobs(sweep, method);
        long dataSeed = sweep.DataSeed ?? sweep.Seeds[0];
        RunConfiguration run = Recipe.Complete(knobs with
        {
            Method = method,
            Width = width,
            L0 = sweep.L0 is null ? null : sparsity,
            Lambda = sweep.Lambda is null ? null : sparsity,
            LearningRate = rate ?? knobs.LearningRate,
            Tokens = sweep.Tokens,
            Seed = seed,
            DataSeed = dataSeed == seed ? null : dataSeed,
            Model = sweep.Activations is null ? sweep.Model : null,
            Site = sweep.Activations is null ? sweep.Site : null,
            Layer = sweep.Activations is null ? sweep.Layer : null,
            Context = sweep.Activations is null ? sweep.Context : null,
            Text = sweep.Text,
            Column = sweep.Text is null ? null : sweep.Column,
            Activations = sweep.Activations,
        });
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{method}{(sweep.L0 is not null ? $"-l0-{sparsity}" : sweep.Lambda is not null ? $"-lambda-{sparsity}" : string.Empty)}-m{width}{(rate is null ? string.Empty : $"-lr-{rate}")}-s{seed}");
        return new SweepMember(name, run);
    }

    /// <summary>The settings of all and of the method, read as a run's own: an unknown knob is refused there by name.</summary>
    private static RunConfiguration Knobs(SweepConfiguration sweep, string method)
    {
        RunConfiguration defaults = new() { Width = 1, Tokens = 1 };
        Dictionary<string, JsonElement> knobs = new(sweep.Settings, StringComparer.Ordinal);
        foreach ((string key, JsonElement value) in sweep.MethodSettings.GetValueOrDefault(method) ?? new Dictionary<string, JsonElement>())
        {
            knobs[key] = value;
        }

        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format_version", defaults.FormatVersion);
            writer.WriteNumber("width", defaults.Width);
            writer.WriteNumber("tokens", defaults.Tokens);
            if (!knobs.ContainsKey("recipe"))
            {
                writer.WriteString("recipe", defaults.Recipe);
            }

            foreach ((string key, JsonElement value) in knobs)
            {
                writer.WritePropertyName(key);
                // As it stands in the file: half of a surrogate pair is text that the run's reader refuses, and nothing can write.
                writer.WriteRawValue(value.GetRawText());
            }

            writer.WriteEndObject();
        }

        return RunConfigurationJson.Parse(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length), $"{Source}: settings of {method}");
    }
}
