using System.Security.Cryptography;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public class LanguageModelGoldenTests
{
    /// <summary>Tensors that are inputs.</summary>
    private static readonly string[] s_notCompared = ["input_ids", "greedy.prompt"];

    [Fact]
    public void Every_tensor_of_every_case_is_within_the_bound_in_both_spellings_of_the_configuration()
    {
        using WorkTeam team = new(2);
        List<string> failures = [];
        foreach (string folder in Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors"))))
        {
            foreach (string configuration in Directory.EnumerateFiles(folder, "config*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
            {
                using LanguageModel model = LanguageModel.Load(folder, configuration);
                failures.AddRange(model.Configuration.Warnings.Select(warning => $"{folder}: {warning}"));
                failures.AddRange(Compare(team, model, Path.Combine(folder, "golden.safetensors")).Select(line => $"{folder} {configuration}: {line}"));
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Every_model_beside_the_fixtures_agrees_with_its_own_golden()
    {
        using WorkTeam team = new(2);
        List<string> failures = [];
        foreach (string folder in ModelFolders())
        {
            JsonFields golden = JsonFields.Read(Path.Combine(folder, "golden.json"));
            string kind = golden.GetString("kind");
            string file = Path.Combine(folder, golden.GetString("file"));
            if (kind is not ("lm" or "passages"))
            {
                failures.Add($"{folder}: a golden of the kind '{kind}' is not known");
            }
            else if (!File.Exists(file))
            {
                TestContext.Current.SendDiagnosticMessage($"{file} is not here: its golden numbers are not compared");
            }
            else
            {
                using (FileStream stream = File.OpenRead(file))
                {
                    Assert.Equal(golden.GetString("sha256"), Convert.ToHexStringLower(SHA256.HashData(stream)));
                }

                using LanguageModel model = LanguageModel.Load(Path.GetExtension(file) == ".gguf" ? file : folder);
                failures.AddRange(Compare(team, model, Path.Combine(folder, "golden.safetensors")).Select(line => $"{folder}: {line}"));
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static List<string> ModelFolders()
    {
        List<string> folders = [];
        foreach (string root in Fixtures.Roots.Skip(1).Select(root => Path.Combine(root, "..")).Prepend(Fixtures.Repository))
        {
            string models = Path.Combine(root, "models");
            if (Directory.Exists(models))
            {
                folders.AddRange(Directory.EnumerateDirectories(models).Where(path => File.Exists(Path.Combine(path, "golden.json"))).Order(StringComparer.Ordinal));
            }
        }

        Assert.NotEmpty(folders);
        return folders;
    }

    private static IEnumerable<string> Compare(WorkTeam team, LanguageModel model, string reference)
    {
        IReadOnlyList<TensorComparison> comparisons = LanguageModelVerification.Compare(team, model, reference);
        Assert.Contains(comparisons, comparison => comparison is { Name: "logits" or "passage0.loss_per_token", Status: ComparisonStatus.Within });
        foreach (TensorComparison comparison in comparisons)
        {
            if (comparison.Status == ComparisonStatus.Beyond)
            {
                yield return $"{comparison.Name}: {comparison.MaxError:g3} > {comparison.Tolerance:g3} (largest value {comparison.Scale:g3})";
            }
            else if (comparison.Status == ComparisonStatus.NotCompared && !IsInput(comparison.Name))
            {
                yield return $"{comparison.Name}: {comparison.Note}";
            }
        }
    }

    private static bool IsInput(string name) =>
        Array.Exists(s_notCompared, start => name.StartsWith(start, StringComparison.Ordinal)) || name.EndsWith(".value", StringComparison.Ordinal) || name.EndsWith(".input_ids", StringComparison.Ordinal);
}
